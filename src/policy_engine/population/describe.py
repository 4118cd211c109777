"""A decided population in figures: how many with which answer, by area; how many are open, and for want of which fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

import polars as pl

from policy_engine.population.answers import Layout
from policy_engine.population.missing import Missing
from policy_engine.population.run import PopulationAnswers
from policy_engine.population.tables import ROOT, Population
from policy_engine.population.written import status_of

__all__ = ["Counts", "Summary", "summarise", "wanting"]


Number: TypeAlias = int | Decimal
"""How many: rows, or the sum of their weights."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows have an outcome for certain, and how many could have it (the open ones among them)."""

    certain: Number = 0
    possible: Number = 0

    def plus(self, other: Counts) -> Counts:
        return Counts(self.certain + other.certain, self.possible + other.possible)


@dataclass(frozen=True)
class Summary:
    """One decision over a population: rows, their statuses, and for each outcome its lower and upper bound."""

    decision: str
    rows: Number
    statuses: Mapping[str, Number]
    outcomes: Mapping[str, Counts]
    areas: Mapping[str, Mapping[str, Counts]] = field(default_factory=dict)

    def plus(self, other: Summary) -> Summary:
        """Two parts of a population together."""
        return Summary(
            self.decision,
            self.rows + other.rows,
            {
                name: self.statuses.get(name, 0) + other.statuses.get(name, 0)
                for name in dict.fromkeys([*self.statuses, *other.statuses])
            },
            _joined(self.outcomes, other.outcomes),
            {
                area: _joined(self.areas.get(area, {}), other.areas.get(area, {}))
                for area in dict.fromkeys([*self.areas, *other.areas])
            },
        )


def _joined(one: Mapping[str, Counts], other: Mapping[str, Counts]) -> dict[str, Counts]:
    return {name: one.get(name, Counts()).plus(other.get(name, Counts())) for name in dict.fromkeys([*one, *other])}


def summarise(
    population: Population,
    answers: PopulationAnswers,
    *,
    by: str = "",
    within: pl.Series | None = None,
    weights: pl.Series | None = None,
) -> list[Summary]:
    """A summary of each decision about the subjects; `by` names a fact to part them by, `within` chooses rows.

    With `weights` (a number for each subject) everything that is counted is the sum of their weights.
    """
    frame = answers.tables[ROOT]
    rows = population.tables[ROOT].rows
    one = pl.Series([1], dtype=pl.Int64).new_from_index(0, frame.height)
    keys = {"weight": weights if weights is not None else one}
    if by in rows.columns:
        keys["area"] = rows[by].cast(pl.String).fill_null("?")
    elif by:
        keys["area"] = pl.Series(["?"]).new_from_index(0, frame.height)
    beside = pl.DataFrame(keys)
    if within is not None:
        frame, beside = frame.filter(within), beside.filter(within)
    return [
        _summary(layout, frame, beside)
        for id_, layout in answers.layouts.items()
        if answers.table_of[id_] == ROOT and _counted(layout, frame)
    ]


def _counted(layout: Layout, frame: pl.DataFrame) -> bool:
    return layout.kind in ("one", "collect") or frame[layout.decision].dtype == pl.Boolean


def _summary(layout: Layout, frame: pl.DataFrame, beside: pl.DataFrame) -> Summary:
    rows = frame.select(_flags(layout)).with_columns(status_of(layout, frame).alias("status")).hstack(beside)
    names = [f"{name}/{kind}" for name in _names(layout) for kind in ("certain", "possible")]
    sums = [pl.col("weight").filter(pl.col(name)).sum().alias(name) for name in names]
    statuses = rows.group_by("status").agg(pl.col("weight").sum()).sort("weight", "status", descending=[True, False])
    areas: dict[str, dict[str, Counts]] = {}
    if "area" in rows.columns:
        by_area = rows.group_by("area").agg(sums).sort("area")
        areas = {row["area"]: _counts(layout, row) for row in by_area.iter_rows(named=True)}
    whole = rows.select(pl.col("weight").sum(), *sums).row(0, named=True)
    return Summary(layout.decision, whole["weight"], dict(statuses.rows()), _counts(layout, whole), areas)


def _names(layout: Layout) -> Sequence[str]:
    return layout.outcomes if layout.kind in ("one", "collect") else ("true", "false")


def _flags(layout: Layout) -> list[pl.Expr]:
    """For each outcome whether it is certain and whether it is possible."""
    if layout.kind not in ("one", "collect"):
        value = pl.col(layout.decision)
        truths = ((value, "true"), (~value, "false"))
        return [
            flag.alias(f"{name}/{kind}")
            for truth, name in truths
            for kind, flag in (("certain", truth.fill_null(value=False)), ("possible", truth.fill_null(value=True)))
        ]
    possible = pl.col(layout.name("possible"))
    if layout.kind == "collect":
        certain = pl.col(layout.name("certain"))
    else:
        calm = [pl.col(layout.name(flag)).eq_missing(pl.lit(value=False)) for flag in ("conflict", "gap")]
        certain = pl.when(calm[0] & calm[1] & (possible & (possible - 1) == 0)).then(possible).otherwise(0)
    return [
        (mask & (1 << number) != 0).alias(f"{name}/{kind}")
        for number, name in enumerate(layout.outcomes)
        for kind, mask in (("certain", certain), ("possible", possible))
    ]


def _counts(layout: Layout, sums: Mapping[str, Number]) -> dict[str, Counts]:
    return {name: Counts(sums[f"{name}/certain"], sums[f"{name}/possible"]) for name in _names(layout)}


def wanting(missing: Iterable[frozenset[Missing]]) -> tuple[Counter[str], Counter[str]]:
    """For each missing fact (of any item: `members[].labour`) in how many rows it is missing, and in how many it alone is."""
    rows: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for found in missing:
        names = {_anywhere(path) for _, path in found}
        rows.update(names)
        if len(found) == 1:
            alone.update(names)
    return rows, alone


def _anywhere(path: str) -> str:
    parts = path.split("[")
    return parts[0] + "".join("[]" + part.partition("]")[2] for part in parts[1:])
