"""A pack against the official text of its document: which clauses stand unchanged, which have changed, moved or gone.

The pack has no text, only the length and hash of every sentence. The given text is brought into the normal form, and every
stretch of it whose length and hash are those of a sentence is found, however its lines are wrapped; what is left over lies
between. No heading or numbering mark is needed to find a clause.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policy_engine.checking.accounting import citations
from policy_engine.checking.normal import Normalised, normal, sentence_hash
from policy_engine.model.citation import Clause, SentenceHash
from policy_engine.model.pack import Pack

__all__ = ["Alignment", "ClauseMatch", "Stretch", "TextMatch", "align", "match", "match_text"]

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
class Stretch:
    """A stretch of the text, in its normal form."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place(Stretch):
    """A sentence of a clause, found in the text: the clause and the sentence by their positions."""

    clause: int
    position: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the sentences of a pack's clauses stand in a text.

    `claimed` are stretches that stand where a clause has lost sentences; `added` those that belong to no clause.
    """

    text: Normalised
    clauses: tuple[Clause, ...]
    places: tuple[Place, ...]
    claimed: Mapping[int, tuple[Stretch, ...]]
    added: tuple[Stretch, ...]

    def of(self, clause: int) -> tuple[Place, ...]:
        """The sentences found of a clause, in the order of the text."""
        return tuple(place for place in self.places if place.clause == clause)

    def form(self, stretch: Stretch) -> str:
        return self.text.form[stretch.start : stretch.end]


def align(pack: Pack, text: str) -> Alignment:
    """Find the pack's clauses in a text (plain or Markdown, however wrapped)."""
    given = Normalised.of(_HEADING_MARKS.sub("", _FRONT_MATTER.sub("", text)))
    clauses: tuple[Clause, ...] = tuple(pack.clauses.values())
    places = _aligned(_find(given.form, clauses), clauses)
    claimed: dict[int, tuple[Stretch, ...]] = {}
    added: list[Stretch] = []
    for before, after, stretch in _gaps(given.form, places):
        owner = _owner(before, after, places, clauses)
        if owner is None:
            added.append(stretch)
        else:
            claimed[owner] = (*claimed.get(owner, ()), stretch)
    return Alignment(given, clauses, tuple(places), claimed, tuple(added))


def match_text(pack: Pack, text: str) -> TextMatch:
    """Compare a text (plain or Markdown, however wrapped) with the pack's clauses."""
    return match(pack, align(pack, text))


def match(pack: Pack, found: Alignment) -> TextMatch:
    """What became of each clause in an aligned text."""
    moved = _moved(found.places)
    words = citations(pack)
    matches = []
    for index, clause in enumerate(found.clauses):
        own = found.of(index)
        new = tuple(map(found.form, found.claimed.get(index, ())))
        here = "".join([*map(found.form, own), *new])
        gone = tuple(word for word in words.get(clause.number, ()) if normal(word) not in here)
        status = _status(clause, len(own), new, moved=index in moved)
        matches.append(ClauseMatch(clause.number, status, len(own), len(clause.sentences), new, gone))
    return TextMatch(tuple(matches), tuple(map(found.form, found.added)))


def _find(stream: str, clauses: Sequence[Clause]) -> dict[SentenceHash, list[int]]:
    """Where each sentence of the pack stands in the text."""
    wanted = {sentence for clause in clauses for sentence in clause.sentences}
    found: dict[SentenceHash, list[int]] = {}
    for length in sorted({sentence.length for sentence in wanted}):
        for start in range(len(stream) - length + 1):
            sentence = sentence_hash(stream[start : start + length])
            if sentence in wanted:
                found.setdefault(sentence, []).append(start)
    return found


def _aligned(found: dict[SentenceHash, list[int]], clauses: Sequence[Clause]) -> list[Place]:
    """One place for each sentence: the next one behind the sentence before, else the first; ordered by place."""
    places: list[Place] = []
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
            places.append(Place(start, start + sentence.length, index, number))
            position = start + sentence.length if start >= position else position
    return sorted(places, key=lambda place: place.start)


def _moved(places: Iterable[Place]) -> set[int]:
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


def _gaps(stream: str, places: list[Place]) -> Iterator[tuple[Place | None, Place | None, Stretch]]:
    """What stands between found sentences and reads like text: not a heading, a number or a title."""
    end = 0
    before: Place | None = None
    for place in [*places, None]:
        start = len(stream) if place is None else place.start
        if start > end and any(ending in stream[end:start] for ending in _ENDINGS):
            yield before, place, Stretch(end, start)
        if place is not None:
            before, end = place, max(end, place.end)


def _owner(before: Place | None, after: Place | None, places: list[Place], clauses: Sequence[Clause]) -> int | None:
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
