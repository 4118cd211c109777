"""A decided population in figures: how many with which answer, by area; how many are open, and for want of which fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from policy_engine.population.answers import Layout
from policy_engine.population.missing import Missing
from policy_engine.population.run import PopulationAnswers
from policy_engine.population.tables import ROOT, Population
from policy_engine.population.written import status_of

__all__ = ["Counts", "Summary", "summarise", "wanting"]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows have an outcome for certain, and how many could have it (the open ones among them)."""

    certain: int = 0
    possible: int = 0

    def plus(self, other: Counts) -> Counts:
        return Counts(self.certain + other.certain, self.possible + other.possible)


@dataclass(frozen=True)
class Summary:
    """One decision over a population: rows, their statuses, and for each outcome its lower and upper bound."""

    decision: str
    rows: int
    statuses: Mapping[str, int]
    outcomes: Mapping[str, Counts]
    areas: Mapping[str, Mapping[str, Counts]] = field(default_factory=dict)

    def plus(self, other: Summary) -> Summary:
        """Two parts of a population together."""
        return Summary(
            self.decision,
            self.rows + other.rows,
            Counter(self.statuses) + Counter(other.statuses),
            _joined(self.outcomes, other.outcomes),
            {
                area: _joined(self.areas.get(area, {}), other.areas.get(area, {}))
                for area in dict.fromkeys([*self.areas, *other.areas])
            },
        )


def _joined(one: Mapping[str, Counts], other: Mapping[str, Counts]) -> dict[str, Counts]:
    return {name: one.get(name, Counts()).plus(other.get(name, Counts())) for name in dict.fromkeys([*one, *other])}


def summarise(
    population: Population, answers: PopulationAnswers, *, by: str = "", within: pl.Series | None = None
) -> list[Summary]:
    """A summary of each decision about the subjects; `by` names a fact to part them by, `within` chooses rows."""
    frame = answers.tables[ROOT]
    rows = population.tables[ROOT].rows
    area = rows[by].fill_null("?") if by and by in rows.columns else None
    if within is not None:
        frame = frame.filter(within)
        area = area.filter(within) if area is not None else None
    return [
        _summary(layout, frame, area)
        for id_, layout in answers.layouts.items()
        if answers.table_of[id_] == ROOT and _counted(layout, frame)
    ]


def _counted(layout: Layout, frame: pl.DataFrame) -> bool:
    return layout.kind in ("one", "collect") or frame[layout.decision].dtype == pl.Boolean


def _summary(layout: Layout, frame: pl.DataFrame, area: pl.Series | None) -> Summary:
    status = status_of(layout, frame)
    counted = frame.select(_flags(layout))
    found = {name: int(many) for name, many in status.value_counts(sort=True).rows()}
    areas: dict[str, dict[str, Counts]] = {}
    if area is not None:
        sums = counted.with_columns(area.alias("area")).group_by("area").agg(pl.all().sum()).sort("area")
        areas = {row["area"]: _counts(layout, row) for row in sums.iter_rows(named=True)}
    whole = counted.sum().row(0, named=True) if counted.height else dict.fromkeys(counted.columns, 0)
    return Summary(layout.decision, frame.height, found, _counts(layout, whole), areas)


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


def _counts(layout: Layout, sums: Mapping[str, int]) -> dict[str, Counts]:
    return {name: Counts(int(sums[f"{name}/certain"]), int(sums[f"{name}/possible"])) for name in _names(layout)}


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
