"""Areas side by side: what a pack decides about each, what stands in the way, and the households behind every number."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import polars as pl

from policy_engine.decision.masking import short_code
from policy_engine.documents.requirements import requires
from policy_engine.expression import tree
from policy_engine.expression.types import ListType
from policy_engine.expression.unparse import unparse
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.model.vocabulary import SUBJECTS
from policy_engine.population.answers import Found
from policy_engine.population.rows import population_of
from policy_engine.population.rowwise import Asked
from policy_engine.population.run import decide_population, missing_facts
from policy_engine.population.tables import ROOT, Population
from policy_engine.scenario.areas import areas_of, places_by
from policy_engine.scenario.compare import asked_of
from policy_engine.scenario.difference import required
from policy_engine.scenario.supposing import question, supposed, with_questions
from policy_engine.scenario.tally import in_scope

__all__ = ["AreaRow", "Behind", "Scoreboard", "Way", "masked", "scoreboard"]


@dataclass(frozen=True, slots=True)
class Way:
    """Something that is missing: a fact, by its path without numbers, in so many places of the area."""

    kind: str
    path: str
    places: int


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area: its place, how many households it has, the answer to each decision and what each open one waits for."""

    place: tuple[str | None, ...]
    households: int
    answers: Mapping[str, Found]
    missing: Mapping[str, tuple[Way, ...]]


@dataclass(frozen=True, slots=True)
class Behind:
    """The households (or villages) that a number counts: those for which a condition of the decision holds, or may hold.

    `rows` has the place, the subject's own code, and whether it is `certain`.
    """

    decision: str
    of: str
    condition: str
    rows: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """The areas of a level, in the order of their names. `outside`: households that the pack is not for."""

    pack: Pack
    on: datetime.date
    by: str
    levels: tuple[str, ...]
    decisions: tuple[str, ...]
    areas: tuple[AreaRow, ...]
    behind: tuple[Behind, ...]
    outside: int


def masked(found: Scoreboard) -> Scoreboard:
    """The scoreboard with the end of each household's code; villages and areas stay."""
    return replace(found, behind=tuple(_masked(one) if one.of == "households" else one for one in found.behind))


def _masked(found: Behind) -> Behind:
    codes = [short_code(id_ or "") for id_ in found.rows["id"]]
    return replace(found, rows=found.rows.with_columns(id=pl.Series(codes, dtype=pl.String)))


def scoreboard(
    pack: Pack,
    households: Population,
    by: str,
    on: datetime.date,
    *,
    decisions: Iterable[str] | None = None,
    areas: Iterable[Facts] = (),
    villages: Iterable[Facts] | None = None,
    settings: Settings | None = None,
    scenario: Scenario | None = None,
) -> Scoreboard:
    """Every decision about areas (or those named), for the areas of a level (`province` to `town`) of one population.

    The households are taken to be all that there are. `areas` and `villages` as for `areas_of`.
    """
    settings, scenario = settings or Settings(), scenario or Scenario()
    inside = in_scope(pack, households, on)
    kept = supposed(pack, households.chosen(inside), on, settings, scenario)
    every = [id_ for id_, decision in pack.decisions.items() if decision.about == "area"]
    asked = asked_of(pack, "area", every if decisions is None else decisions)
    given = list(villages) if villages is not None else None
    population, home = areas_of(kept, by, pack.vocabulary, areas=areas, villages=given)
    request = Asked(pack, on, settings, scenario)
    found, missing = _answered(request, population, asked)
    levels = tuple(places_by(kept, by))
    root = population.tables[ROOT].rows
    rows = tuple(
        AreaRow(
            tuple(root[level][number] for level in levels),
            int(root["households"][number]),
            {id_: found[id_][number] for id_ in asked},
            {id_: ways for id_ in asked if (ways := _ways(missing[id_][number]))},
        )
        for number in range(root.height)
    )
    lists = {"households": (kept, root.select(levels)[home.to_list()] if levels else pl.DataFrame(height=home.len()))}
    if given is not None:
        of_villages = population_of(given, pack.vocabulary, "village")
        lists["villages"] = (
            of_villages,
            of_villages.tables[ROOT].rows.select(
                level for level in levels if level in of_villages.tables[ROOT].rows.columns
            ),
        )
    behind = tuple(_behind(request, asked, lists))
    return Scoreboard(pack, on, by, levels, asked, rows, behind, int((~inside).sum()))


def _answered(
    asked: Asked, population: Population, decisions: Iterable[str]
) -> tuple[dict[str, list[Found]], dict[str, list[frozenset[tuple[str, str]]]]]:
    """The answers about each area, and what they wait for. Who needs no lists is asked without them, which is faster."""
    found: dict[str, list[Found]] = {}
    missing: dict[str, list[frozenset[tuple[str, str]]]] = {}
    by_lists: dict[tuple[str, ...], list[str]] = {}
    for id_ in decisions:
        by_lists.setdefault(tuple(name for name in _LISTS if _needs(asked.pack, id_, name)), []).append(id_)
    for lists, ids in by_lists.items():
        part = _without(population, [name for name in _LISTS if name not in lists])
        answers = decide_population(
            asked.pack, part, asked.on, decisions=ids, settings=asked.settings, scenario=asked.scenario
        )
        found |= {id_: list(answers.found(id_)) for id_ in ids}
        missing |= missing_facts(asked, part, ids)
    return found, missing


_LISTS = ("households", "villages")


def _needs(pack: Pack, decision: str, name: str) -> bool:
    """Does a decision about areas, or one that it rests on, or a reading, speak of this list?"""
    decisions = required(pack, decision, pack.decisions)
    nodes = [
        option.expression for id_ in required(pack, decision, pack.readings) for option in pack.reading(id_).options
    ]
    speaks = [pair for node in nodes if node is not None for pair in requires(node)]
    return ("fact", name) in (
        pair for pairs in (speaks, *(pack.decision(d).requires for d in decisions)) for pair in pairs
    )


def _without(population: Population, names: Iterable[str]) -> Population:
    """The population without some of its lists."""
    gone = tuple(names)
    kept = {
        name: table
        for name, table in population.tables.items()
        if not any(f"{name}.".startswith(f"{g}.") for g in gone)
    }
    root = kept[ROOT]
    return Population(population.subject, {**kept, ROOT: replace(root, rows=root.rows.drop(gone, strict=False))})


def _ways(missing: Iterable[tuple[str, str]]) -> tuple[Way, ...]:
    """What is missing, each thing once; what is missing in most places first."""
    counts: dict[tuple[str, str], int] = {}
    for kind, path in missing:
        key = kind, _unnumbered(path)
        counts[key] = counts.get(key, 0) + 1
    return tuple(Way(kind, path, many) for (kind, path), many in sorted(counts.items(), key=lambda w: (-w[1], w[0])))


@lru_cache(maxsize=1 << 16)
def _unnumbered(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path)


# ---- the list behind a number


def _behind(
    asked: Asked, decisions: Iterable[str], lists: Mapping[str, tuple[Population, pl.DataFrame]]
) -> Iterator[Behind]:
    """For each condition that a decision puts to the items of a list: for which of them it holds."""
    for id_ in decisions:
        for name, condition in _conditions(asked.pack, id_):
            if name not in lists:
                continue
            population, places = lists[name]
            asking = with_questions(asked.pack, {_ASKED: question(_ASKED, population.subject, _of_subject(condition))})
            found = decide_population(
                asking, population, asked.on, decisions=[_ASKED], settings=asked.settings, scenario=asked.scenario
            )
            holds = found.tables[ROOT][_ASKED]
            rows = places.with_columns(id=population.ids, certain=holds.fill_null(value=False))
            yield Behind(id_, name, unparse(condition), rows.filter(holds.fill_null(value=True)))


_ASKED = "asked"


def _conditions(pack: Pack, id_: str) -> Iterator[tuple[str, tree.Node]]:
    """The lists of subjects that a decision filters, each with its condition, once each; of what speaks of the item alone."""
    logic = pack.decision(id_).logic
    roots = [logic] if isinstance(logic, tree.Node) else [rule.when for rule in logic.rules]
    seen: set[tuple[str, tree.Node]] = set()
    for part in (part for root in roots for part in tree.walk(root)):
        if not isinstance(part, tree.Filter) or not isinstance(part.target, tree.Name) or part.target.kind != "fact":
            continue
        item = part.target.typed.item if isinstance(part.target.typed, ListType) else None
        key = part.target.id, part.condition
        names = [name for name in tree.walk(part.condition) if isinstance(name, tree.Name)]
        alone = all(name.kind not in ("fact", "own", "decision") for name in names)
        if getattr(item, "name", "") in SUBJECTS and alone and key not in seen:
            seen.add(key)
            yield key


def _of_subject(node: Any) -> Any:
    """The condition about an item as one about a subject of its own."""
    if isinstance(node, tuple):
        return tuple(map(_of_subject, node))
    if not isinstance(node, tree.Node):
        return node
    if isinstance(node, tree.Name) and node.kind == "item1":
        return replace(node, id="household", kind="household")
    parts = {part.name: getattr(node, part.name) for part in fields(node) if part.name not in ("span", "type")}
    return replace(node, **{name: _of_subject(part) for name, part in parts.items()})
