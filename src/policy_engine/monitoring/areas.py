"""Which decisions count the households of an area, and which households were handed in that may lie in it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from policy_engine.decision.reactions import watched
from policy_engine.documents.requirements import edges
from policy_engine.expression import tree
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.reaction import Becomes
from policy_engine.model.vocabulary import YEARS
from policy_engine.monitoring.submission import KIND, Submission, read_submission
from policy_engine.record.entry import Entered
from policy_engine.record.ledger import Ledger

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


def areas_in(ledger: Ledger, pack: Pack) -> list[Submission]:
    """What was handed in about areas."""
    return [read_submission(content, pack, entry.seq)[0] for entry, content in _handed_in(ledger, pack, "area")]


def households_in(ledger: Ledger, pack: Pack, codes: Container[str]) -> list[Submission]:
    """What was handed in about the households with these codes."""
    found = _handed_in(ledger, pack, "household")
    return [read_submission(content, pack, entry.seq)[0] for entry, content in found if entry.subject in codes]


def households_of(ledger: Ledger, pack: Pack, areas: Sequence[Submission]) -> list[Submission]:
    """What was handed in about the households that were ever said to lie in one of these areas."""
    if not _said(areas):
        return []
    said: dict[str, set[tuple[str, str]]] = {}
    for entry, content in _handed_in(ledger, pack, "household"):
        said.setdefault(entry.subject, set()).update(_places(content["facts"]["facts"]))
    return households_in(ledger, pack, _lying_in(areas, said))


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


def _handed_in(ledger: Ledger, pack: Pack, kind: str) -> Iterator[tuple[Entered, dict[str, Any]]]:
    mark = f'"subject":"{kind}"'  # bodies are canonical: what lacks this is about something else, and need not be read
    for entry in ledger.entries(KIND):
        if mark in entry.body:
            content = entry.content()
            if content["pack"] == pack.id and content["facts"]["subject"] == kind:
                yield entry, content
