"""A population under a pack and under scenarios: who enters, who leaves, what becomes open, and which clauses do it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeAlias

import polars as pl

from policy_engine.decision.answer import Decision
from policy_engine.decision.decide import asked_decisions, check_request, decide_facts
from policy_engine.decision.masking import mask_decision
from policy_engine.expression.types import NumberType
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.population.answers import Layout
from policy_engine.population.rows import each_facts
from policy_engine.population.run import PopulationAnswers, decide_population
from policy_engine.population.tables import ROOT, Population
from policy_engine.scenario.difference import Difference, differ, differences, required
from policy_engine.scenario.supposing import supposed
from policy_engine.scenario.tally import (
    AREAS,
    Tally,
    in_scope,
    outcomes_of,
    places_of,
    stands,
    state_name,
    tally,
    whole,
)

__all__ = ["Comparison", "Move", "Progress", "Sample", "Shift", "Total", "asked_of", "compare", "masked", "silent"]

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many of how many steps are done."""


def silent(_done: int, _total: int) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class Move:
    """What became of one outcome, anywhere or in one place (a value for each level of `AREAS` down to its own).

    `enter`: has it now and had it not for certain; `leave`: had it, and certainly has it no more; `stay`: has it in both;
    `opened`: its having it was settled and is open now. `before` and `after` are how many have it for certain.
    """

    place: tuple[str | None, ...]
    outcome: str
    before: Decimal
    after: Decimal
    enter: Decimal
    leave: Decimal
    stay: Decimal
    opened: Decimal


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a figure over all rows: of those for which it is known, and how many those are."""

    sum: Decimal
    known: Decimal


@dataclass(frozen=True, slots=True)
class Sample:
    """A household (or a member of it) whose answer became another: both decisions, with their traces."""

    transition: tuple[str, str]
    item: str
    before: Decision
    after: Decision


@dataclass(frozen=True, slots=True)
class Shift:
    """One decision under one scenario: how many stand otherwise (`changed`; without weights, `changed_rows`), and how many
    went from which state to which.
    """

    decision: str
    outcomes: tuple[str, ...]
    before: Tally
    after: Tally
    changed: Decimal
    changed_rows: int
    transitions: Mapping[tuple[str, str], Decimal]
    moves: tuple[Move, ...]
    differences: tuple[Difference, ...]
    totals: tuple[Total, Total] | None
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A population under a pack, and under each scenario. `outside` are subjects that the pack is not for; `rows` is
    `asked` without weights.
    """

    pack: Pack
    on: datetime.date
    subject: str
    asked: Decimal
    outside: Decimal
    rows: int
    levels: tuple[str, ...]
    scenarios: tuple[tuple[Scenario, tuple[Shift, ...]], ...]


def masked(found: Comparison) -> Comparison:
    """The comparison with its sample households as others may see them; counts and sums stay."""
    return replace(
        found,
        scenarios=tuple(
            (scenario, tuple(replace(shift, samples=tuple(map(_masked_sample, shift.samples))) for shift in shifts))
            for scenario, shifts in found.scenarios
        ),
    )


def _masked_sample(sample: Sample) -> Sample:
    return replace(sample, before=mask_decision(sample.before), after=mask_decision(sample.after))


def asked_of(pack: Pack, subject: str, decisions: Iterable[str] | None) -> tuple[str, ...]:
    """The decisions asked about, by id: the pack's main questions about this kind of subject where none are named."""
    if decisions is None:
        return tuple(id_ for id_ in pack.answers if pack.decision(id_).about == subject)
    return asked_decisions(pack, subject, decisions)


def compare(
    pack: Pack,
    population: Population,
    scenarios: Sequence[Scenario],
    on: datetime.date,
    *,
    decisions: Iterable[str] | None = None,
    settings: Settings | None = None,
    weights: pl.Series | None = None,
    samples: int = 3,
    progress: Progress = silent,
) -> Comparison:
    """Each scenario beside the pack as it is, on one population; neither is touched, and no scenario sees another.

    `weights` has a number for each subject; without it every row counts as one. `samples` are shown of each decision,
    from the most frequent transitions. Raises `RequestError` where a scenario names what the pack does not have.
    """
    settings = settings or Settings()
    for scenario in scenarios:
        check_request(pack, settings, scenario)
    asked = asked_of(pack, population.subject, decisions)
    inside = in_scope(pack, population, on)
    outside = whole(places_of(population, ROOT, weights, ())["weight"].filter(~inside).sum())
    if not inside.all():
        population = population.chosen(inside)
        weights = weights.filter(inside) if weights is not None else None
    levels = tuple(level for level in AREAS if level in population.tables[ROOT].rows.columns)
    run = _Run(pack, population, on, settings, asked=asked, levels=levels, weights=weights, samples=samples)
    progress(1, len(scenarios) + 1)
    compared = []
    for number, scenario in enumerate(scenarios, 2):
        compared.append((scenario, run.shifts(scenario)))
        progress(number, len(scenarios) + 1)
    total = whole(places_of(population, ROOT, weights, ())["weight"].sum())
    return Comparison(pack, on, population.subject, total, outside, len(population), levels, tuple(compared))


class _Run:
    """The population as it is, answered once; then each scenario beside it."""

    def __init__(
        self,
        pack: Pack,
        population: Population,
        on: datetime.date,
        settings: Settings,
        *,
        asked: Sequence[str],
        levels: Sequence[str],
        weights: pl.Series | None,
        samples: int,
    ) -> None:
        self.pack, self.population, self.on, self.settings = pack, population, on, settings
        self.asked, self.levels, self.samples = asked, levels, samples
        about = {id_: pack.decision(id_).about for id_ in pack.decisions}
        self.rests = {
            id_: [name for name in required(pack, id_, pack.decisions) if about[name] == about[id_]] for id_ in asked
        }
        self.wanted = list(dict.fromkeys(name for names in self.rests.values() for name in names))
        self.base = self.answers(population, Scenario())
        tables = dict.fromkeys(self.base.table_of.values())
        self.places = {
            table: places_of(population, table, weights, levels) for table in tables if table in population.tables
        }

    def answers(self, population: Population, scenario: Scenario) -> PopulationAnswers:
        return decide_population(
            self.pack, population, self.on, decisions=self.wanted, settings=self.settings, scenario=scenario
        )

    def shifts(self, scenario: Scenario) -> tuple[Shift, ...]:
        population = supposed(self.pack, self.population, self.on, self.settings, scenario)
        after = self.answers(population, scenario)
        return tuple(self.shift(id_, after, scenario) for id_ in self.asked if self.base.table_of[id_] in self.places)

    def shift(self, id_: str, after: PopulationAnswers, scenario: Scenario) -> Shift:
        layout = self.base.layouts[id_]
        places = self.places[self.base.table_of[id_]]
        rows = _side_by_side(self.base, after, id_).hstack(places)
        transitions, changed = _transitions(layout, rows), rows.select(_CHANGED).to_series()
        return Shift(
            id_,
            outcomes_of(layout),
            tally(layout, rows),
            tally(layout, rows.select("weight", **{name: f"{name}'" for name in ("certain", "possible", "flag")})),
            whole(rows["weight"].filter(changed).sum()),
            int(changed.sum()),
            transitions,
            tuple(_moves(layout, rows, self.levels)),
            tuple(differences(self.pack, (self.base, after), self.rests[id_], changed, rows["weight"])),
            self.totals(id_, after, places["weight"]),
            tuple(self.chosen(id_, rows, transitions, scenario)),
        )

    # ---- sums and samples

    def totals(self, id_: str, after: PopulationAnswers, weight: pl.Series) -> tuple[Total, Total] | None:
        """The sums of a figure, before and after; None for what is no figure that can be added."""
        type_ = self.pack.decision(id_).type
        table = self.base.table_of[id_]
        if not isinstance(type_, NumberType) or f"{id_}/per" in self.base.tables[table].columns:
            return None
        return _total(self.base, id_, weight), _total(after, id_, weight)

    def chosen(
        self, id_: str, rows: pl.DataFrame, transitions: Mapping[tuple[str, str], Decimal], scenario: Scenario
    ) -> Iterator[Sample]:
        """The first row of each of the most frequent transitions, decided one by one."""
        layout, table = self.base.layouts[id_], self.base.table_of[id_]
        numbered = rows.with_row_index("row").filter(_CHANGED)
        first = numbered.unique(_STATES, keep="first", maintain_order=True)
        found = {_transition(layout, row): row["row"] for row in reversed(first.to_dicts())}
        frequent = sorted(found, key=lambda states: (-transitions[states], found[states]))
        for states in frequent[: self.samples]:
            subject, item = self.owner(table, found[states])
            facts = next(each_facts(self.population.slice(subject, 1), self.pack.vocabulary))
            before, after = (
                decide_facts(
                    self.pack, facts, self.on, decisions=[id_], settings=self.settings, scenario=s, ranked=False
                )
                for s in (Scenario(), scenario)
            )
            yield Sample(states, item, before, after)

    def owner(self, table: str, row: int) -> tuple[int, str]:
        """The subject that a row belongs to, and the path of the row in it."""
        if table == ROOT:
            return row, ""
        ends = self.population.counts(table).cum_sum()
        subject = int((ends <= row).sum())
        start = int(ends[subject - 1]) if subject else 0
        return subject, f"{table}[{row - start + 1}]"


_STATES = ["certain", "possible", "flag", "certain'", "possible'", "flag'"]
_CHANGED = (
    (pl.col("certain") != pl.col("certain'"))
    | (pl.col("possible") != pl.col("possible'"))
    | (pl.col("flag") != pl.col("flag'"))
    | pl.col("differs")
)


def _side_by_side(base: PopulationAnswers, after: PopulationAnswers, id_: str) -> pl.DataFrame:
    """Each row's standing before and after (with a prime), and whether a figure differs."""
    later = stands(after, id_)
    rows = stands(base, id_).hstack(later.rename({name: f"{name}'" for name in later.columns}))
    table = base.table_of[id_]
    if base.layouts[id_].kind != "number":
        return rows.with_columns(differs=pl.lit(value=False))
    one, other = (found.tables[table][id_] for found in (base, after))
    scales = base.layouts[id_].scale, after.layouts[id_].scale
    top = max(scales)
    if one.dtype.is_integer() and other.dtype.is_integer():
        one, other = one * 10 ** (top - scales[0]), other * 10 ** (top - scales[1])
    return rows.with_columns(differ(one, other).alias("differs"))


def _transition(layout: Layout, row: Mapping[str, Any]) -> tuple[str, str]:
    return state_name(layout, row["certain"], row["flag"]), state_name(layout, row["certain'"], row["flag'"])


def _transitions(layout: Layout, rows: pl.DataFrame) -> dict[tuple[str, str], Decimal]:
    """How many went from which state to which, the most frequent first."""
    found: dict[tuple[str, str], Decimal] = {}
    for row in rows.group_by(_STATES).agg(pl.col("weight").sum()).to_dicts():
        states = _transition(layout, row)
        found[states] = found.get(states, Decimal(0)) + whole(row["weight"])
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _moves(layout: Layout, rows: pl.DataFrame, levels: Sequence[str]) -> Iterator[Move]:
    """What became of each outcome: in all, then by place, level by level."""
    names = outcomes_of(layout)
    sums: dict[str, pl.Expr] = {}
    for number in range(len(names)):
        bit = 1 << number
        was, is_ = pl.col("certain") & bit != 0, pl.col("certain'") & bit != 0
        may = pl.col("possible") & bit != 0, pl.col("possible'") & bit != 0
        sums |= {
            f"before {number}": was,
            f"after {number}": is_,
            f"enter {number}": is_ & ~was,
            f"leave {number}": was & ~may[1],
            f"stay {number}": was & is_,
            f"opened {number}": (was | ~may[0]) & may[1] & ~is_,
        }
    counted = [pl.col("weight").filter(holds).sum().alias(name) for name, holds in sums.items()]
    for depth in range(len(levels) + 1):
        keys = list(levels[:depth])
        found = rows.group_by(keys).agg(counted).sort(keys) if keys else rows.select(counted)
        for row in found.to_dicts():
            place = tuple(row[key] for key in keys)
            for number, name in enumerate(names):
                parts = ("before", "after", "enter", "leave", "stay", "opened")
                yield Move(place, name, *(whole(row[f"{part} {number}"]) for part in parts))


def _total(answers: PopulationAnswers, id_: str, weight: pl.Series) -> Total:
    column, scale = answers.tables[answers.table_of[id_]][id_], answers.layouts[id_].scale
    known = column.is_not_null()
    weights = weight.filter(known).to_list()
    if column.dtype == pl.Object:
        cells = column.filter(known).to_list()
    else:
        cells = [Decimal(cell).scaleb(-scale) for cell in column.filter(known).to_list()]
    total = sum((cell * many for cell, many in zip(cells, weights, strict=True)), Decimal(0))
    return Total(whole(total), whole(sum(weights, Decimal(0))))
