"""Which decisions count the households of an area, and which households were handed in that may lie in it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from policy_engine.decision.reactions import watched
from policy_engine.documents.requirements import edges
from policy_engine.errors import LedgerError
from policy_engine.expression import tree
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.reaction import Becomes
from policy_engine.model.vocabulary import YEARS
from policy_engine.monitoring.state import MALFORMED, content_of
from policy_engine.monitoring.submission import KIND, Submission, read_submission
from policy_engine.record.entry import Entered
from policy_engine.record.ledger import Ledger
from policy_engine.record.unreadable import Warn, refuse, unreadable

__all__ = [
    "HOUSEHOLDS",
    "PLACES",
    "areas_in",
    "counted",
    "counting",
    "households_in",
    "households_of",
    "looked_at",
    "may_lie_in",
    "near",
    "sets_off",
]

HOUSEHOLDS = "households"
"""The list of an area's households among the facts about it."""

PLACES = ("province", "prefecture", "county", "town")


def counting(pack: Pack) -> tuple[str, ...]:
    """The decisions about areas that monitoring follows and that look at the households of the area."""
    return tuple(id_ for id_ in watched(pack, "area") if HOUSEHOLDS in _named(pack, [id_]))


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


def looked_at(pack: Pack) -> frozenset[str]:
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


# ---- what the ledger has


def areas_in(ledger: Ledger, pack: Pack, warn: Warn = refuse) -> list[Submission]:
    """What was handed in about areas."""
    return _read(_handed_in(ledger, pack, "area", warn), pack, warn)


def households_in(ledger: Ledger, pack: Pack, codes: Container[str], warn: Warn = refuse) -> list[Submission]:
    """What was handed in about the households with these codes."""
    return _read((one for one in _handed_in(ledger, pack, "household", warn) if one.entry.subject in codes), pack, warn)


def households_of(ledger: Ledger, pack: Pack, areas: Sequence[Submission], warn: Warn = refuse) -> list[Submission]:
    """What was handed in about the households that were ever said to lie in one of these areas."""
    if not _said(areas):
        return []
    said: dict[str, set[tuple[str, str]]] = {}
    for one in _handed_in(ledger, pack, "household", warn):
        said.setdefault(one.entry.subject, set()).update(one.places)
    return households_in(ledger, pack, _lying_in(areas, said), warn)


def may_lie_in(household: Facts, area: Facts) -> bool:
    """Does what is said of the household's place not speak against the area?"""
    return all(household.root.get(name, area.root[name]) == area.root[name] for name in PLACES if name in area.root)


def near(households: Sequence[Submission], area: Sequence[Submission]) -> list[Submission]:
    """Those of the households that were ever said to lie in an area."""
    codes = _lying_in(area, _said(households))
    return [one for one in households if one.facts.id in codes]


def _lying_in(areas: Iterable[Submission], said: Mapping[str, set[tuple[str, str]]]) -> set[str]:
    """The codes of those of whom it was ever said that they lie in one of these areas."""
    there = _said(areas).values()
    return {code for code, here in said.items() if any(_meet(area, here) for area in there)}


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


class _HandedIn(NamedTuple):
    """An entry of a submission, not yet read as one; what it says of the place."""

    entry: Entered
    content: dict[str, Any]
    places: set[tuple[str, str]]


def _handed_in(ledger: Ledger, pack: Pack, kind: str, warn: Warn) -> Iterator[_HandedIn]:
    mark = f'"subject":"{kind}"'  # bodies are canonical: what lacks this is about something else, and need not be read
    for entry in ledger.entries(KIND):
        if mark not in entry.body:
            continue
        try:
            content = content_of(entry)
            facts = content["facts"]
            ours = content["pack"] == pack.id and facts["subject"] == kind
            places = set(_places(facts["facts"]))
        except MALFORMED as error:
            warn(unreadable(entry, error))
            continue
        if ours:
            yield _HandedIn(entry, content, places)


def _read(found: Iterable[_HandedIn], pack: Pack, warn: Warn) -> list[Submission]:
    read = []
    for one in found:
        try:
            read.append(read_submission(one.content, pack, one.entry.seq)[0])
        except LedgerError as error:
            warn(unreadable(one.entry, error))
    return read
