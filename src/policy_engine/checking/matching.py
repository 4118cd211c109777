"""Which parts of two packs answer to each other: parts by id, clauses by text and number, dated values by day."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, TypeAlias

from policy_engine.model.citation import Clause
from policy_engine.model.parameter import DatedValue

__all__ = ["Days", "by_days", "clause_pairs", "lost_and_new", "pairs", "renumbered"]

Days: TypeAlias = tuple[datetime.date | None, datetime.date | None]
"""From a day to a day, both included; None is open."""


def pairs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Every id of both, those of the old one first, with what each has under it, or None."""
    for id_ in dict.fromkeys((*old, *new)):
        yield id_, old.get(id_), new.get(id_)


def renumbered(old: Mapping[str, Clause], new: Mapping[str, Clause]) -> dict[str, str]:
    """Clauses whose text stands once, and unchanged, under another number: old number to new."""
    hashes = [Counter(clause.sha256 for clause in clauses.values()) for clauses in (old, new)]
    numbers = {clause.sha256: number for number, clause in new.items()}
    return {
        number: numbers[clause.sha256]
        for number, clause in old.items()
        if clause.sha256 and all(counted[clause.sha256] == 1 for counted in hashes) and numbers[clause.sha256] != number
    }


def clause_pairs(old: Mapping[str, Clause], new: Mapping[str, Clause]) -> Iterator[tuple[Clause | None, Clause | None]]:
    """Clauses of one text together, then those of one number that have something in common; the rest stand alone."""
    moved = renumbered(old, new)
    found = set(moved.values())
    for number, clause in old.items():
        to = moved.get(number, "" if number in found else number)
        other = new.get(to)
        if other is not None and (number in moved or _alike(clause, other)):
            found.add(to)
            yield clause, other
        else:
            yield clause, None
    yield from ((None, clause) for number, clause in new.items() if number not in found)


def _alike(one: Clause, other: Clause) -> bool:
    """May two clauses of one number be one clause? Not where neither the subject nor any sentence is the same."""
    told_apart = one.sentences and other.sentences and not set(one.sentences) & set(other.sentences)
    return one.about == other.about or not told_apart


def lost_and_new(one: Clause, other: Clause) -> tuple[int, int]:
    """How many sentences of a clause are gone, and how many are new."""
    old, new = Counter(one.sentences), Counter(other.sentences)
    return (old - new).total(), (new - old).total()


def by_days(old: tuple[DatedValue, ...], new: tuple[DatedValue, ...]) -> Iterator[tuple[Days, Any, Any]]:
    """The stretches of days on which the values differ, with both values; None where none is given."""
    stretches: list[tuple[int, int, Any, Any]] = []
    for start, stop in pairwise(sorted(_bounds((*old, *new)))):
        before, after = _on(old, start), _on(new, start)
        if stretches and stretches[-1][2:] == (before, after):
            stretches[-1] = (stretches[-1][0], stop, before, after)
        else:
            stretches.append((start, stop, before, after))
    for start, stop, before, after in stretches:
        if before != after:
            yield (_day(start, _FIRST), _day(stop - 1, _END - 1)), before, after


_FIRST = datetime.date.min.toordinal()
_END = datetime.date.max.toordinal() + 1


def _bounds(values: tuple[DatedValue, ...]) -> set[int]:
    """The days, by number, on which some value begins or has just ended."""
    begins = {value.from_.toordinal() for value in values if value.from_ is not None}
    return {_FIRST, _END} | begins | {value.to.toordinal() + 1 for value in values if value.to is not None}


def _on(values: tuple[DatedValue, ...], day: int) -> Any:
    return next((value.value for value in values if value.holds_on(datetime.date.fromordinal(day))), None)


def _day(number: int, open_: int) -> datetime.date | None:
    return None if number == open_ else datetime.date.fromordinal(number)
