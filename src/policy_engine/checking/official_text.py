"""A pack against the official text of its document: which clauses stand unchanged, which have changed, moved or gone.

The pack has no text, only the length and hash of every sentence. The given text is brought into the normal form, and every
stretch of it whose length and hash are those of a sentence is found, however its lines are wrapped; what is left over lies
between. No heading or numbering mark is needed to find a clause.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from policy_engine.checking.accounting import citations
from policy_engine.checking.normal import normal, sentence_hash
from policy_engine.model.citation import Clause, SentenceHash
from policy_engine.model.pack import Pack

__all__ = ["ClauseMatch", "TextMatch", "match_text"]

_FRONT_MATTER = re.compile(r"\A\ufeff?---\n.*?\n---\n", re.DOTALL)
_HEADING_MARKS = re.compile(r"^#+\s.*$|^\s*\[[0-9A-Z.]+\].*$", re.MULTILINE)
_ENDINGS = ".;!?"


@dataclass(frozen=True, slots=True)
class ClauseMatch:
    """What became of a clause: unchanged, changed, moved, missing.

    `new` are stretches of the text that stand where its lost sentences stood; `vanished` the cited words no longer there.
    """

    number: str
    status: str
    found: int
    sentences: int
    new: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextMatch:
    """The whole comparison; `added` are stretches that belong to no clause of the pack."""

    clauses: tuple[ClauseMatch, ...]
    added: tuple[str, ...]

    @property
    def unchanged(self) -> bool:
        return not self.added and all(clause.status == "unchanged" for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence of a clause, found in the text."""

    start: int
    end: int
    clause: int
    position: int


def match_text(pack: Pack, text: str) -> TextMatch:
    """Compare a text (plain or Markdown, however wrapped) with the pack's clauses."""
    stream = normal(_HEADING_MARKS.sub("", _FRONT_MATTER.sub("", text)))
    clauses: list[Clause] = list(pack.clauses.values())
    places = _aligned(_find(stream, clauses), clauses)
    moved = _moved(places)
    gaps = list(_gaps(stream, places))
    claimed: dict[int, list[str]] = {}
    added: list[str] = []
    for before, after, stretch in gaps:
        owner = _owner(before, after, places, clauses)
        if owner is None:
            added.append(stretch)
        else:
            claimed.setdefault(owner, []).append(stretch)
    words = citations(pack)
    matches = []
    for index, clause in enumerate(clauses):
        own = [place for place in places if place.clause == index]
        new = tuple(claimed.get(index, ()))
        here = "".join([*(stream[place.start : place.end] for place in own), *new])
        gone = tuple(word for word in words.get(clause.number, ()) if normal(word) not in here)
        status = _status(clause, len(own), new, moved=index in moved)
        matches.append(ClauseMatch(clause.number, status, len(own), len(clause.sentences), new, gone))
    return TextMatch(tuple(matches), tuple(added))


def _find(stream: str, clauses: list[Clause]) -> dict[SentenceHash, list[int]]:
    """Where each sentence of the pack stands in the text."""
    wanted = {sentence for clause in clauses for sentence in clause.sentences}
    found: dict[SentenceHash, list[int]] = {}
    for length in sorted({sentence.length for sentence in wanted}):
        for start in range(len(stream) - length + 1):
            sentence = sentence_hash(stream[start : start + length])
            if sentence in wanted:
                found.setdefault(sentence, []).append(start)
    return found


def _aligned(found: dict[SentenceHash, list[int]], clauses: list[Clause]) -> list[_Place]:
    """One place for each sentence: the next one behind the sentence before, else the first; ordered by place."""
    places: list[_Place] = []
    taken: set[int] = set()
    position = 0
    for index, clause in enumerate(clauses):
        for number, sentence in enumerate(clause.sentences):
            starts = [start for start in found.get(sentence, []) if start not in taken]
            if not starts:
                continue
            at = bisect_right(starts, position - 1)
            start = starts[at] if at < len(starts) else starts[0]
            taken.add(start)
            places.append(_Place(start, start + sentence.length, index, number))
            position = start + sentence.length if start >= position else position
    return sorted(places, key=lambda place: place.start)


def _moved(places: list[_Place]) -> set[int]:
    """The fewest clauses that must be taken out for the rest to stand in the pack's order."""
    order: list[int] = []
    for place in places:
        if place.clause not in order:
            order.append(place.clause)
    best: list[list[int]] = []
    for number, clause in enumerate(order):
        before = [run for run in best[:number] if run[-1] < clause]
        best.append([*max(before, key=len, default=[]), clause])
    kept = max(best, key=len, default=[])
    return set(order) - set(kept)


def _gaps(stream: str, places: list[_Place]) -> Iterator[tuple[_Place | None, _Place | None, str]]:
    """What stands between found sentences and reads like text: not a heading, a number or a title."""
    end = 0
    before: _Place | None = None
    for place in [*places, None]:
        start = len(stream) if place is None else place.start
        stretch = stream[end:start]
        if start > end and any(ending in stretch for ending in _ENDINGS):
            yield before, place, stretch
        if place is not None:
            before, end = place, max(end, place.end)


def _owner(before: _Place | None, after: _Place | None, places: list[_Place], clauses: list[Clause]) -> int | None:
    """The clause that lost sentences where this stretch stands; None where it is new between clauses."""
    found = {(place.clause, place.position) for place in places}
    if before is not None and after is not None and before.clause == after.clause:
        return before.clause
    first = before.clause if before is not None else 0
    last = after.clause if after is not None else len(clauses) - 1
    for index in range(first, last + 1) if first <= last else (first,):
        lost = [n for n in range(len(clauses[index].sentences)) if (index, n) not in found]
        if lost:
            return index
    return None


def _status(clause: Clause, found: int, new: tuple[str, ...], *, moved: bool) -> str:
    if not found and not new:
        return "missing"
    if found < len(clause.sentences) or new:
        return "changed"
    return "moved" if moved else "unchanged"
