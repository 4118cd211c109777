"""The vocabulary of a pack: the core's facts, its own, and the judgements that its readings leave to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from policy_engine.documents.forms import FactForm, ReadingForm
from policy_engine.documents.procedure_forms import ParticularForm
from policy_engine.documents.reader import Word
from policy_engine.documents.rule_checks import bare_constants, knowledge
from policy_engine.documents.scope import RESERVED, Names, entry_names, good_id, subject_names
from policy_engine.errors import Problem, problem
from policy_engine.expression import tree
from policy_engine.expression.check import check
from policy_engine.expression.lex import ExpressionText
from policy_engine.expression.names import nearest
from policy_engine.expression.parse import parse
from policy_engine.expression.types import BOOLEAN, DATE, NEVER, TEXT, CodeType, ListType, NumberType, Option, Type
from policy_engine.model.core import CORE
from policy_engine.model.label import Label
from policy_engine.model.vocabulary import SUBJECTS, Fact, RecordForm, Vocabulary
from policy_engine.values import Unit

__all__ = ["link_vocabulary", "type_of", "unit_of"]


def link_vocabulary(
    additions: Mapping[Word, Mapping[Word, FactForm]], readings: Mapping[Word, ReadingForm]
) -> tuple[Vocabulary, list[Problem]]:
    """The whole vocabulary, every derived fact typed."""
    problems: list[Problem] = []
    facts: dict[str, list[Fact]] = {}
    for word, forms in additions.items():
        known = [form.id for form in CORE.forms]
        if word.text not in known:
            near = nearest(word.text, known)
            problems.append(problem("form.unknown_key", word.span, key=word, near=near))
            continue
        for id_, form in forms.items():
            if id_.text in _HEADER or id_.text in RESERVED:
                problems.append(problem("link.name_taken", id_.span, id=id_, kind="engine"))
            elif not good_id(id_.text):
                problems.append(problem("link.bad_id", id_.span, id=id_))
            if (form.applies is None) != (form.otherwise is None):
                key = "otherwise" if form.otherwise is None else "applies"
                problems.append(problem("form.missing_key", id_.span, key=key))
                continue
            if CORE.form(word.text).find(id_.text) is not None:
                problems.append(problem("link.name_taken", id_.span, id=id_, kind="fact"))
            else:
                facts.setdefault(word.text, []).append(_fact(id_, form, problems))
    for word, reading in readings.items():
        if any(option.is_.text == "judgement" for option in reading.options.values()):
            term = Label(zh=reading.reads.words.text if reading.reads.words else word.text, en=word.text)
            whose = reading.about in ("household", "member")
            judgement = Fact(word.text, term, BOOLEAN, question=reading.question, personal=whose, judgement=True)
            facts.setdefault(reading.about, []).append(judgement)
    vocabulary = CORE.extended(facts) if facts else CORE
    texts = {(word.text, id_.text): form for word, forms in additions.items() for id_, form in forms.items()}
    return _derived(vocabulary, texts, problems), problems


_HEADER = ("format", "subject", "as_of", "value")
"""Keys of a facts file that no fact may have."""


def unit_of(word: Word | None, problems: list[Problem]) -> Type:
    """The number type of a declared unit; an unknown unit is reported, and nothing more follows from it."""
    try:
        return NumberType(Unit.parse(word.text if word else ""))
    except ValueError:
        assert word is not None
        problems.append(problem("link.unknown_unit", word.span, found=word))
        return NEVER


def type_of(id_: Word, form: FactForm | ParticularForm, problems: list[Problem]) -> Type:
    """The type that a form declares; a code list is named by its id."""
    simple: dict[str, Type] = {"boolean": BOOLEAN, "text": TEXT, "date": DATE}
    item = form.type.removeprefix("list of ")
    if item == "number":
        type_: Type = unit_of(form.unit, problems)
    elif item == "code":
        options = tuple(Option(word.text, label.zh, label.en) for word, label in form.options.items())
        type_ = CodeType(id_.text, options)
        if len(options) < 2:
            problems.append(problem("form.missing_key", id_.span, key="options"))
    else:
        type_ = simple[item]
    return ListType(type_) if form.type.startswith("list of ") else type_


def _fact(id_: Word, form: FactForm, problems: list[Problem]) -> Fact:
    return Fact(
        id=id_.text,
        label=form.label,
        type=type_of(id_, form, problems),
        question=form.ask,
        personal=form.personal,
        changeable=form.changeable,
        judgement=form.judgement,
        events=form.events,
        derived=form.derived.text if form.derived else "",
        applies=form.applies.text if form.applies else "",
        otherwise=form.otherwise.text if form.otherwise else "",
    )


def _derived(vocabulary: Vocabulary, texts: Mapping[tuple[str, str], FactForm], problems: list[Problem]) -> Vocabulary:
    found = Vocabulary(tuple(_derived_form(form, vocabulary, texts, problems) for form in vocabulary.forms))
    circular = _circular(found)
    for (_, id_), form in texts.items():
        if id_ in circular and form.derived is not None:
            problems.append(problem("link.cycle", form.derived.span(0, len(form.derived.text)), cycle=f"{id_} → {id_}"))
    return vocabulary if circular else found


def _circular(vocabulary: Vocabulary) -> set[str]:
    """Facts that derive from themselves."""
    edges: dict[str, set[str]] = {}
    for form in vocabulary.forms:
        for fact in form:
            nodes = [node for node in (fact.derived_by, fact.applies_when, fact.otherwise_is) if node is not None]
            names = {part.id for node in nodes for part in tree.walk(node) if isinstance(part, tree.Name)}
            entries = {part.entry for node in nodes for part in tree.walk(node) if isinstance(part, tree.Path)}
            edges[fact.id] = edges.get(fact.id, set()) | names | entries
    return {fact for fact in edges if fact in _reach(fact, edges)}


def _reach(fact: str, edges: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = list(edges[fact])
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += edges.get(name, ())
    return found


def _derived_form(
    form: RecordForm, vocabulary: Vocabulary, texts: Mapping[tuple[str, str], FactForm], problems: list[Problem]
) -> RecordForm:
    if not any(fact.derived or fact.applies for fact in form):
        return form
    names = _names(form, vocabulary)
    facts = tuple(_with_logic(fact, names, texts.get((form.id, fact.id)), problems) for fact in form)
    return replace(form, facts=facts)


def _names(form: RecordForm, vocabulary: Vocabulary) -> Names:
    """What a derived fact may name: its neighbours in the record, and the household's facts."""
    if form.id in SUBJECTS:
        return subject_names(form)
    return subject_names(vocabulary.form("household")).joined(entry_names(form))


def _with_logic(fact: Fact, names: Names, form: FactForm | None, problems: list[Problem]) -> Fact:
    """The fact with its expressions typed; those of the pack are held to the rules for expressions of a pack."""
    changes: dict[str, Any] = {}
    for part, wanted, target in (
        ("derived", fact.type, "derived_by"),
        ("applies", BOOLEAN, "applies_when"),
        ("otherwise", fact.type, "otherwise_is"),
    ):
        text = getattr(fact, part)
        if not text:
            continue
        node, found = parse(getattr(form, part) if form is not None else ExpressionText.of(text, f"<{fact.id}>"))
        if node is not None:
            node, found = check(node, names, wanted)
            changes[target] = node
            if form is not None:
                problems += [*bare_constants(node), *knowledge(node)]
        problems += found
    return replace(fact, **changes) if changes else fact
