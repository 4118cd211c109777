"""The clauses of a document and the places it is for."""

from __future__ import annotations

from collections.abc import Mapping

from policy_engine.documents.forms import ClauseForm
from policy_engine.documents.reader import Word, kind_of
from policy_engine.documents.yaml import ListNode, MapNode, Scalar
from policy_engine.errors import Problem, problem
from policy_engine.expression.names import nearest
from policy_engine.model.citation import Clause, SentenceHash
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.values import Record

__all__ = ["link_clauses", "link_places"]


def link_places(
    area: MapNode, vocabulary: Vocabulary, problems: list[Problem]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For each named fact of a household, the values that lie inside the area."""
    known = {fact.id for fact in vocabulary.form("household")}
    places: list[tuple[str, tuple[str, ...]]] = []
    for key, (word, node) in area.entries.items():
        if key not in known:
            problems.append(problem("form.unknown_key", word.span, key=key, near=nearest(key, known)))
        items = node.items if isinstance(node, ListNode) else (node,)
        named = tuple(item.text for item in items if isinstance(item, Scalar) and not item.is_null)
        if len(named) < max(len(items), 1):
            problems.append(problem("form.wrong_kind", node.span, found=kind_of(node), wanted="text"))
        places.append((key, named))
    return tuple(places)


def link_clauses(clauses: Mapping[Word, ClauseForm], problems: list[Problem]) -> Record:
    """The clauses by number, with the hashes of their sentences."""
    return Record((word.text, _clause(word, form, problems)) for word, form in clauses.items())


def _clause(word: Word, form: ClauseForm, problems: list[Problem]) -> Clause:
    hashes: list[SentenceHash] = []
    for sentence in form.sentences:
        try:
            hashes.append(SentenceHash.read(sentence.text))
        except ValueError:
            problems.append(problem("link.bad_hash", sentence.span, found=sentence))
    sha256 = form.sha256.text if form.sha256 else ""
    return Clause(word.text, form.about, sha256, form.set_aside or "", tuple(hashes))
