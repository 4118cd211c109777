"""Areas put together from the households that were handed in, for decisions that count households.

An area that was handed in with its place and without a list of households has those that lie there. Nobody says that these
are all: the list is known in part. What is certain of them counts; that there are no more is never said. An area whose own
facts list its households is taken at its word.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from policy_engine.decision.history import History, lists_in
from policy_engine.decision.reactions import watched
from policy_engine.documents.requirements import edges
from policy_engine.expression import tree
from policy_engine.model.facts import Evidence, FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.reaction import Becomes
from policy_engine.model.scenario import Settings
from policy_engine.model.vocabulary import YEARS
from policy_engine.monitoring.submission import KIND, Submission, folded, read_submission
from policy_engine.record.entry import Entered
from policy_engine.record.ledger import Ledger
from policy_engine.values import Record

__all__ = [
    "PLACES",
    "area_along",
    "area_on",
    "areas_in",
    "counted",
    "counting",
    "households_in",
    "households_of",
    "may_lie_in",
    "near",
    "sets_off",
]

_LIST = "households"
PLACES = ("province", "prefecture", "county", "town")


def counting(pack: Pack) -> tuple[str, ...]:
    """The decisions about areas that monitoring follows and that look at the households of the area."""
    return tuple(id_ for id_ in watched(pack, "area") if _LIST in _named(pack, [id_]))


def sets_off(pack: Pack) -> bool:
    """Does a reaction about areas rest on a count of their households?"""
    triggers = {reaction.when.decision for reaction in pack.reactions.values() if isinstance(reaction.when, Becomes)}
    return not triggers.isdisjoint(counting(pack))


def counted(pack: Pack) -> tuple[str, ...]:
    """These decisions, each after those about areas that it requires."""
    found = [
        id_
        for decision in counting(pack)
        for id_ in (*edges(pack.decision(decision)), decision)
        if id_ in pack.decisions and pack.decision(id_).about == "area"
    ]
    return tuple(dict.fromkeys(found))


# ---- what the ledger has


def areas_in(ledger: Ledger, pack: Pack) -> list[Submission]:
    """What was handed in about areas."""
    return [read_submission(content, pack, entry.seq) for entry, content in _handed_in(ledger, pack, "area")]


def households_in(ledger: Ledger, pack: Pack, codes: Container[str]) -> list[Submission]:
    """What was handed in about the households with these codes."""
    found = _handed_in(ledger, pack, "household")
    return [read_submission(content, pack, entry.seq) for entry, content in found if entry.subject in codes]


def households_of(ledger: Ledger, pack: Pack, areas: Sequence[Submission]) -> list[Submission]:
    """What was handed in about the households that were ever said to lie in one of these areas."""
    if not _said(areas):
        return []
    said: dict[str, set[tuple[str, str]]] = {}
    for entry, content in _handed_in(ledger, pack, "household"):
        said.setdefault(entry.subject, set()).update(_places(content["facts"]["facts"]))
    return households_in(ledger, pack, {code for code, places in said.items() if _near(places, areas)})


def near(households: Iterable[Submission], area: Sequence[Submission]) -> list[Submission]:
    """Those of the households that were ever said to lie in an area."""
    by_code: dict[str, list[Submission]] = {}
    for one in households:
        by_code.setdefault(one.facts.id, []).append(one)
    return [one for mine in by_code.values() if _near(set().union(*_said(mine).values()), area) for one in mine]


def _near(household: set[tuple[str, str]], areas: Sequence[Submission]) -> bool:
    return any(_meet(area, household) for area in _said(areas).values())


def _said(submissions: Iterable[Submission]) -> dict[str, set[tuple[str, str]]]:
    """What was ever said of the place of each subject that has one."""
    found: dict[str, set[tuple[str, str]]] = {}
    for one in submissions:
        found.setdefault(one.facts.id, set()).update(_places(one.facts.root))
    return {code: places for code, places in found.items() if places}


def _meet(area: set[tuple[str, str]], household: set[tuple[str, str]]) -> bool:
    """For each level that the area has said, did the household say one of the same?"""
    return {name for name, _ in area} <= {name for name, _ in area & household}


def _places(root: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((name, root[name]) for name in PLACES if isinstance(root.get(name), str))


def _handed_in(ledger: Ledger, pack: Pack, kind: str) -> Iterator[tuple[Entered, dict[str, Any]]]:
    mark = f'"subject":"{kind}"'  # bodies are canonical: what lacks this is about something else, and need not be read
    for entry in ledger.entries(kind=KIND):
        if mark in entry.body:
            content = entry.content()
            if content["pack"] == pack.id and content["facts"]["subject"] == kind:
                yield entry, content


# ---- an area from day to day


def may_lie_in(household: Facts, area: Facts) -> bool:
    """Does what is said of the household's place not speak against the area?"""
    return all(household.root.get(name, area.root[name]) == area.root[name] for name in PLACES if name in area.root)


@dataclass(frozen=True, slots=True)
class _Life:
    """What is known of a household, on each day on which something changed that the area's decisions look at."""

    days: tuple[datetime.date, ...]
    known: tuple[Facts, ...]

    def on(self, day: datetime.date) -> Facts | None:
        at = bisect_right(self.days, day)
        return self.known[at - 1] if at else None


def area_along(
    pack: Pack,
    own: Sequence[Submission],
    households: Iterable[Submission],
    settings: Settings,
    *,
    until: datetime.date,
    last: int = 0,
) -> list[tuple[datetime.date, Facts]]:
    """What is known of an area on each day on which something changed, up to a day; with `last` so many days and no more.

    It begins with the first day that the area's own facts describe.
    """
    history = folded(pack, own, settings)
    lives = _lives(pack, households, settings)
    days = history.days()
    days = sorted({*days, *(day for life in lives for day in life.days if day > days[0])})
    days = [day for day in days if day <= until][-last:]
    return [(day, _with_households(history.facts(day), day, lives)) for day in days]


def area_on(
    pack: Pack, own: Sequence[Submission], households: Iterable[Submission], settings: Settings, day: datetime.date
) -> Facts:
    """What is known of an area on a day."""
    return _with_households(folded(pack, own, settings).facts(day), day, _lives(pack, households, settings))


def _lives(pack: Pack, households: Iterable[Submission], settings: Settings) -> list[_Life]:
    """Of every household, in the order of their codes."""
    by_code: dict[str, list[Submission]] = {}
    for one in households:
        by_code.setdefault(one.facts.id, []).append(one)
    names = _names(pack)
    return [_life(folded(pack, by_code[code], settings), names) for code in sorted(by_code)]


def _life(history: History, names: frozenset[str]) -> _Life:
    days: list[datetime.date] = []
    known: list[Facts] = []
    for day in history.days():
        facts = history.facts(day)
        root = FactRecord({name: item for name, item in facts.root.items() if name in names}, "household", "")
        if known and known[-1].root == root:
            known[-1] = replace(facts, root=root)  # said again: it was so on the days between, too
        else:
            days.append(day)
            known.append(replace(facts, root=root))
    return _Life(tuple(days), tuple(known))


def _names(pack: Pack) -> frozenset[str]:
    """The facts of a household that decisions about areas may look at."""
    return _named(pack, watched(pack, "area")) | {*PLACES, "household_id"}


def _named(pack: Pack, decisions: Iterable[str]) -> frozenset[str]:
    """Every name that these decisions come to, through decisions, readings and facts that are derived; rather too many."""
    found: set[str] = set()
    waiting = [*decisions]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            nodes = (node for root in _expressions(pack, name) for node in tree.walk(root))
            waiting += (
                node.entry if isinstance(node, tree.Path) else node.id for node in nodes if isinstance(node, _NAMES)
            )
            waiting += _by_year(pack) if name in YEARS else ()
    return frozenset(found)


_NAMES = (tree.Name, tree.Path)


def _by_year(pack: Pack) -> Iterator[str]:
    return (fact.id for form in pack.vocabulary.forms for fact in form if fact.by_year)


def _expressions(pack: Pack, name: str) -> Iterator[tree.Node]:
    if name in pack.decisions:
        logic = pack.decision(name).logic
        yield from [logic] if isinstance(logic, tree.Node) else (rule.when for rule in logic.rules)
    if name in pack.readings:
        yield from (option.expression for option in pack.reading(name).options if option.expression is not None)
    for fact in (fact for form in pack.vocabulary.forms for fact in form if fact.id == name):
        yield from filter(None, (fact.derived_by, fact.applies_when, fact.otherwise_is))


def _with_households(area: Facts, day: datetime.date, lives: Iterable[_Life]) -> Facts:
    if _LIST in area.root or not any(name in area.root for name in PLACES):
        return area
    found = [facts for life in lives if (facts := life.on(day)) is not None and _lies_in(facts, area)]
    evidence: dict[str, Evidence] = {**area.evidence, _LIST: Evidence(complete_to=datetime.date.min)}
    records = []
    for number, facts in enumerate(found, 1):
        path = f"{_LIST}[{number}]"
        records.append(_moved(facts.root, path))
        evidence |= {f"{path}.{inner}": said for inner, said in _evidence(facts).items()}
    return replace(area, root=FactRecord({**area.root, _LIST: tuple(records)}, "area", ""), evidence=Record(evidence))


def _lies_in(household: Facts, area: Facts) -> bool:
    """Is the household known to lie there? Of one whose place is not known nothing is said."""
    return all(household.root.get(name) == area.root[name] for name in PLACES if name in area.root)


def _evidence(facts: Facts) -> dict[str, Evidence]:
    """The evidence of a household's facts; its lists are complete as far as they were when it was last spoken of."""
    found = {
        path: said for path, said in facts.evidence.items() if path.partition(".")[0].partition("[")[0] in facts.root
    }
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
