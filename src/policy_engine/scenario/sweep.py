"""A parameter moved along a line, and readings tried option by option: how many then stand where."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import product
from math import prod

import polars as pl

from policy_engine.decision.decide import check_request
from policy_engine.errors import RequestError, problem
from policy_engine.expression.types import NumberType
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.population.run import decide_population
from policy_engine.population.tables import ROOT, Population
from policy_engine.scenario.compare import Progress, asked_of, silent
from policy_engine.scenario.difference import required
from policy_engine.scenario.supposing import supposed
from policy_engine.scenario.tally import Tally, in_scope, places_of, stands, tally, whole
from policy_engine.values import CONTEXT

__all__ = ["MOST_COMBINATIONS", "Curve", "Option", "Range", "ReadingEffects", "readings", "steps_between", "sweep"]

MOST_COMBINATIONS = 4096
"""Combinations of options that are tried; where there are more, only each reading by itself."""


@dataclass(frozen=True, slots=True)
class Curve:
    """How many stand where on a decision, for each value of a parameter."""

    decision: str
    parameter: str
    points: tuple[tuple[Decimal, Tally], ...]


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a reading in place of the one in use (`used`): how many then stand otherwise, and where all stand."""

    reading: str
    option: str
    used: bool
    changed: Decimal
    tally: Tally


@dataclass(frozen=True, slots=True)
class Range:
    """The fewest and the most that have an outcome for certain, with the options under which they do."""

    outcome: str
    least: Decimal
    least_under: Mapping[str, str]
    most: Decimal
    most_under: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReadingEffects:
    """What the readings that a decision rests on do to it: each by itself, and over all combinations of their options.

    `tried` are the combinations that were; fewer than there are (`combinations`) where there are more than
    `MOST_COMBINATIONS`, then each reading was moved by itself.
    """

    decision: str
    options: tuple[Option, ...]
    ranges: tuple[Range, ...]
    combinations: int
    tried: int


def sweep(
    pack: Pack,
    population: Population,
    parameter: str,
    values: Iterable[Decimal],
    on: datetime.date,
    *,
    decisions: Iterable[str] | None = None,
    settings: Settings | None = None,
    scenario: Scenario | None = None,
    weights: pl.Series | None = None,
    progress: Progress = silent,
) -> tuple[Curve, ...]:
    """A curve for each decision: the parameter at these values, everything else as it is or as the scenario has it."""
    asked, given = asked_of(pack, population.subject, decisions), scenario or Scenario()
    counter = _Counter(pack, population, on, settings or Settings(), weights)
    points: dict[str, list[tuple[Decimal, Tally]]] = {id_: [] for id_ in asked}
    check_request(pack, counter.settings, Scenario({**given.parameters, parameter: Decimal(0)}, given.readings))
    if not isinstance(pack.parameter(parameter).type, NumberType):
        raise RequestError([problem("request.not_a_number", parameter=parameter)])
    steps = list(values)
    for done, value in enumerate(steps, 1):
        moved = Scenario({**given.parameters, parameter: value}, given.readings, changes=given.changes)
        for id_, (_, found) in counter.stands(asked, moved).items():
            points[id_].append((value, found))
        progress(done, len(steps))
    return tuple(Curve(id_, parameter, tuple(found)) for id_, found in points.items())


def steps_between(start: Decimal, end: Decimal, steps: int) -> tuple[Decimal, ...]:
    """So many equal steps from one value to another, both included."""
    return tuple(start + CONTEXT.divide((end - start) * step, Decimal(steps)) for step in range(steps + 1))


def readings(
    pack: Pack,
    population: Population,
    on: datetime.date,
    *,
    decisions: Iterable[str] | None = None,
    settings: Settings | None = None,
    weights: pl.Series | None = None,
    most: int = MOST_COMBINATIONS,
    progress: Progress = silent,
) -> tuple[ReadingEffects, ...]:
    """For each decision what each option of each reading that it rests on changes, alone and in all combinations."""
    counter = _Counter(pack, population, on, settings or Settings(), weights)
    asked = asked_of(pack, population.subject, decisions)
    plans = {id_: _Trials(pack, id_, counter.settings, most) for id_ in asked}
    total, done = sum(len(plan.trials) for plan in plans.values()), 0
    found: list[ReadingEffects] = []
    for id_, plan in plans.items():
        base = counter.stands([id_], Scenario())[id_][0]
        seen: dict[tuple[str, ...], tuple[Decimal, Tally]] = {}
        for trial in plan.trials:
            rows, where = counter.stands([id_], Scenario(readings=plan.named(trial)))[id_]
            seen[trial] = counter.differ(base, rows), where
            done += 1
            progress(done, total)
        found.append(plan.effects(seen))
    return tuple(found)


@dataclass(frozen=True)
class _Trials:
    """The combinations of options to be tried for a decision; `used` first."""

    pack: Pack
    decision: str
    settings: Settings
    most: int

    @cached_property
    def terms(self) -> list[str]:
        return required(self.pack, self.decision, self.pack.readings)

    @cached_property
    def options(self) -> list[list[str]]:
        return [[option.id for option in self.pack.reading(term).options] for term in self.terms]

    @cached_property
    def used(self) -> tuple[str, ...]:
        return tuple(self.settings.readings.get(term) or self.pack.reading(term).default for term in self.terms)

    @cached_property
    def alone(self) -> list[tuple[str, ...]]:
        """The options in use, and each other option by itself."""
        others = [
            (*self.used[:place], option, *self.used[place + 1 :])
            for place, options in enumerate(self.options)
            for option in options
        ]
        return list(dict.fromkeys([self.used, *others]))

    @cached_property
    def trials(self) -> list[tuple[str, ...]]:
        if prod(map(len, self.options)) > self.most:
            return self.alone
        return list(dict.fromkeys([*self.alone, *product(*self.options)]))

    def named(self, trial: tuple[str, ...]) -> dict[str, str]:
        return dict(zip(self.terms, trial, strict=True))

    def effects(self, seen: Mapping[tuple[str, ...], tuple[Decimal, Tally]]) -> ReadingEffects:
        options = [
            Option(
                term, option, option == self.used[place], *seen[(*self.used[:place], option, *self.used[place + 1 :])]
            )
            for place, term in enumerate(self.terms)
            for option in self.options[place]
        ]
        outcomes = seen[self.used][1].least
        ranges = tuple(self.range(outcome, seen) for outcome in outcomes)
        return ReadingEffects(self.decision, tuple(options), ranges, prod(map(len, self.options)), len(self.trials))

    def range(self, outcome: str, seen: Mapping[tuple[str, ...], tuple[Decimal, Tally]]) -> Range:
        least = min(self.trials, key=lambda trial: seen[trial][1].least[outcome])
        most = max(self.trials, key=lambda trial: seen[trial][1].least[outcome])
        return Range(
            outcome,
            seen[least][1].least[outcome],
            self.moved(least),
            seen[most][1].least[outcome],
            self.moved(most),
        )

    def moved(self, trial: tuple[str, ...]) -> dict[str, str]:
        """The readings that are not as they are in use."""
        used = self.named(self.used)
        return {term: option for term, option in self.named(trial).items() if option != used[term]}


class _Counter:
    """Counts a population again and again, under scenario after scenario."""

    def __init__(
        self, pack: Pack, population: Population, on: datetime.date, settings: Settings, weights: pl.Series | None
    ) -> None:
        inside = in_scope(pack, population, on)
        self.pack, self.on, self.settings = pack, on, settings
        self.population = population if inside.all() else population.chosen(inside)
        weights = weights.filter(inside) if weights is not None else None
        tables = [table for table in (ROOT, "members") if table in population.tables]
        self.weights = {table: places_of(self.population, table, weights, ()) for table in tables}

    def stands(self, decisions: Iterable[str], scenario: Scenario) -> dict[str, tuple[pl.DataFrame, Tally]]:
        """For each decision where every row stands, and how many stand where."""
        population = supposed(self.pack, self.population, self.on, self.settings, scenario)
        answers = decide_population(
            self.pack, population, self.on, decisions=decisions, settings=self.settings, scenario=scenario
        )
        found: dict[str, tuple[pl.DataFrame, Tally]] = {}
        for id_, layout in answers.layouts.items():
            rows = stands(answers, id_).hstack(self.weights[answers.table_of[id_]])
            found[id_] = rows, tally(layout, rows)
        return found

    def differ(self, one: pl.DataFrame, other: pl.DataFrame) -> Decimal:
        """How many stand otherwise."""
        differ = [one[name] != other[name] for name in ("certain", "possible", "flag")]
        return whole(one["weight"].filter(differ[0] | differ[1] | differ[2]).sum())
