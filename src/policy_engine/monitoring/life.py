"""What is known of a subject from day to day; of an area together with the households that were handed in.

An area that was handed in with its place and without a list of households has those that lie there. Nobody says that these
are all: the list is known in part. What is certain of them counts; that there are no more is never said. An area whose own
facts list its households is taken at its word.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from policy_engine.decision.history import lists_in
from policy_engine.model.facts import Evidence, FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.paths import parts
from policy_engine.model.scenario import Settings
from policy_engine.monitoring.areas import HOUSEHOLDS, PLACES, looked_at
from policy_engine.monitoring.submission import Submission, folded
from policy_engine.values import Record

__all__ = ["Life", "area_on", "lived"]

Days = tuple[tuple[datetime.date, Facts], ...]
"""Each day on which something changed, and what is known of it."""


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of a subject from day to day: its own facts, and the lives of the households it is put together from."""

    own: Days
    households: tuple[Life, ...] = ()

    def days(self) -> list[datetime.date]:
        """The days on which something changed, from the first on that the own facts describe."""
        theirs = {day for life in self.households for day, _ in life.own if self.own and day > self.own[0][0]}
        return sorted(theirs.union(day for day, _ in self.own))

    def on(self, day: datetime.date) -> Facts | None:
        """What is known of a day; None before the first."""
        at = bisect_right(self.own, day, key=itemgetter(0))
        if not at:
            return None
        facts = self.own[at - 1][1]
        return _with_households(facts, day, self.households) if self.households else facts


def lived(pack: Pack, own: Iterable[Submission], households: Iterable[Submission], settings: Settings) -> Life:
    """The life of a subject by what was handed in about it and about its households; each folded once."""
    return Life(_along(pack, own, settings), _lives(pack, households, settings))


def area_on(
    pack: Pack, own: Iterable[Submission], households: Iterable[Submission], settings: Settings, day: datetime.date
) -> Facts:
    """What is known of an area on a day, with a list of its households even where none was handed in."""
    return _with_households(folded(pack, own, settings).facts(day), day, _lives(pack, households, settings))


def _along(pack: Pack, own: Iterable[Submission], settings: Settings) -> Days:
    return tuple(folded(pack, own, settings).along(datetime.date.max))


def _lives(pack: Pack, households: Iterable[Submission], settings: Settings) -> tuple[Life, ...]:
    """Of every household, in the order of their codes."""
    by_code: dict[str, list[Submission]] = {}
    for one in households:
        by_code.setdefault(one.facts.id, []).append(one)
    names = looked_at(pack) if by_code else frozenset()
    return tuple(Life(tuple(_changes(_along(pack, by_code[code], settings), names))) for code in sorted(by_code))


def _changes(along: Days, names: frozenset[str]) -> Iterator[tuple[datetime.date, Facts]]:
    """A household with some of its facts, on each day on which one of these changed.

    What is said again was so on the days between, too: the facts are those of the last day on which they were said.
    """
    only = [(day, replace(facts, root=_only(facts.root, names))) for day, facts in along]
    for _, same in groupby(only, key=lambda one: one[1].root):
        (day, facts), *again = same
        yield day, again[-1][1] if again else facts


def _only(root: FactRecord, names: frozenset[str]) -> FactRecord:
    return FactRecord({name: item for name, item in root.items() if name in names}, root.form, root.path)


def _with_households(area: Facts, day: datetime.date, lives: Iterable[Life]) -> Facts:
    """The facts of an area with those of the households that lie there; as they are where it lists its own or has no place."""
    if HOUSEHOLDS in area.root or not any(name in area.root for name in PLACES):
        return area
    found = [facts for life in lives if (facts := life.on(day)) is not None and _lies_in(facts, area)]
    evidence: dict[str, Evidence] = {**area.evidence, HOUSEHOLDS: Evidence(complete_to=datetime.date.min)}
    records = []
    for number, facts in enumerate(found, 1):
        path = f"{HOUSEHOLDS}[{number}]"
        records.append(_moved(facts.root, path))
        evidence |= {f"{path}.{inner}": said for inner, said in _evidence(facts).items()}
    root = FactRecord({**area.root, HOUSEHOLDS: tuple(records)}, area.subject, "")
    return replace(area, root=root, evidence=Record(evidence))


def _lies_in(household: Facts, area: Facts) -> bool:
    """Is the household known to lie there? Of one whose place is not known nothing is said."""
    return all(household.root.get(name) == area.root[name] for name in PLACES if name in area.root)


def _evidence(facts: Facts) -> dict[str, Evidence]:
    """The evidence of a household's facts; its lists are complete as far as they were when it was last spoken of."""
    found = {path: said for path, said in facts.evidence.items() if next(parts(path))[0] in facts.root}
    for path in lists_in(facts.root):
        said = found.get(path, Evidence())
        found[path] = replace(said, complete_to=said.complete_to or facts.as_of)
    return found


def _moved(value: Any, path: str) -> Any:
    """Records under another path, with all that is in them."""
    if isinstance(value, FactRecord):
        inner = {name: _moved(item, f"{path}.{name}") for name, item in value.items()}
        return FactRecord(inner, value.form, path)
    if isinstance(value, Record):
        return Record({name: _moved(item, f"{path}.{name}") for name, item in value.items()})
    if isinstance(value, tuple):
        return tuple(_moved(item, f"{path}[{number}]") for number, item in enumerate(value, 1))
    return value
