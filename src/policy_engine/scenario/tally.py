"""Where the rows of a population stand on a decision, and how many stand where."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from policy_engine.expression.types import BOOLEAN, CodeType
from policy_engine.model.pack import Pack
from policy_engine.population.answers import Layout, bits
from policy_engine.population.run import PopulationAnswers
from policy_engine.population.tables import ROOT, Population

__all__ = ["AREAS", "FLAGS", "Tally", "in_scope", "outcomes_of", "places_of", "stands", "state_name", "tally"]

AREAS = ("county", "town", "village")
"""The facts that say where a household is, from the wide to the narrow."""

FLAGS = ("undetermined", "gap", "conflict")
"""Where a row stands that has no determined answer."""

_WHOLE = pl.Decimal(38, 6)
"""How weights are added: exactly, so that the same run gives the same sums."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows a decision gives each outcome: for certain (`least`), and at most once all is known (`most`).

    `flags`: how many are undetermined, without a rule, in conflict. `total` are all rows asked about.
    """

    least: Mapping[str, Decimal]
    most: Mapping[str, Decimal]
    flags: Mapping[str, Decimal]
    total: Decimal


def outcomes_of(layout: Layout) -> tuple[str, ...]:
    """The outcomes that a decision can have; of a figure or a text only that it is known."""
    if layout.outcomes:
        return layout.outcomes
    assert layout.of is not None
    if layout.of.type == BOOLEAN:
        return "true", "false"
    return layout.of.type.ids if isinstance(layout.of.type, CodeType) else ("known",)


def stands(answers: PopulationAnswers, decision: str) -> pl.DataFrame:
    """For each row the masks of its `certain` and `possible` outcomes, and its `flag` where it has no determined answer."""
    layout = answers.layouts[decision]
    table = answers.tables.get(answers.table_of[decision])
    if table is None:
        return pl.DataFrame(schema={"certain": pl.Int64, "possible": pl.Int64, "flag": pl.Enum(["", *FLAGS])})
    possible, conflict, gap = (pl.col(layout.name(part)) for part in ("possible", "conflict", "gap"))
    if layout.kind == "collect":
        certain: pl.Expr = pl.col(layout.name("certain"))
        flag: pl.Expr = pl.when(certain != possible).then(pl.lit("undetermined")).otherwise(pl.lit(""))
    elif layout.kind == "one":
        settled = (possible.bitwise_count_ones() == 1) & conflict.eq_missing(other=False) & gap.eq_missing(other=False)
        certain = pl.when(settled).then(possible).otherwise(0)
        clash = pl.when(conflict.eq_missing(other=True)).then(pl.lit("conflict"))
        certainly = clash.when(gap.eq_missing(other=True)).then(pl.lit("gap"))
        flag = certainly.when(settled).then(pl.lit("")).otherwise(pl.lit("undetermined"))
    else:
        certain, possible, flag = _of_value(layout, table)
    return table.select(
        certain.cast(pl.Int64).alias("certain"),
        possible.cast(pl.Int64).alias("possible"),
        flag.cast(pl.Enum(["", *FLAGS])).alias("flag"),
    )


def _of_value(layout: Layout, table: pl.DataFrame) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """An expression: its value as a mask; every outcome is possible where it is open."""
    names = outcomes_of(layout)
    value = pl.col(layout.decision)
    known = value.is_not_null()
    if table[layout.decision].dtype == pl.Boolean:
        mask: pl.Expr = pl.when(value).then(1).when(~value).then(2)
    elif names == ("known",):
        mask = pl.when(known).then(1)
    else:
        mask = value.cast(pl.String).replace_strict(
            {name: 1 << number for number, name in enumerate(names)}, default=None, return_dtype=pl.Int64
        )
    whole = pl.lit((1 << len(names)) - 1)
    flag = pl.when(known).then(pl.lit("")).otherwise(pl.lit("undetermined"))
    return mask.fill_null(0), pl.coalesce(mask, whole), flag


def tally(layout: Layout, rows: pl.DataFrame) -> Tally:
    """How many stand where; `rows` as `stands` gives them, with the weight of each in `weight`."""
    names = outcomes_of(layout)
    weight, zero = pl.col("weight"), pl.lit(0).cast(_WHOLE)
    asked = {
        **{
            f"least {n}": pl.when(pl.col("certain") & (1 << n) != 0).then(weight).otherwise(zero)
            for n in range(len(names))
        },
        **{
            f"most {n}": pl.when(pl.col("possible") & (1 << n) != 0).then(weight).otherwise(zero)
            for n in range(len(names))
        },
        **{flag: pl.when(pl.col("flag") == flag).then(weight).otherwise(zero) for flag in FLAGS},
        "total": weight,
    }
    row = rows.select(column.sum().alias(name) for name, column in asked.items()).row(0, named=True)
    return Tally(
        {name: whole(row[f"least {n}"]) for n, name in enumerate(names)},
        {name: whole(row[f"most {n}"]) for n, name in enumerate(names)},
        {flag: whole(row[flag]) for flag in FLAGS},
        whole(row["total"]),
    )


def whole(number: Any) -> Decimal:
    """A sum of weights, without empty places."""
    found = Decimal(number or 0).normalize()
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found


def state_name(layout: Layout, certain: int, flag: str) -> str:
    """A state in one word: the outcome, the collected ones joined, or the flag."""
    if flag:
        return flag
    return "+".join(bits(outcomes_of(layout), certain)) or "none"


# ---- rows of a population


def in_scope(pack: Pack, population: Population, on: datetime.date) -> pl.Series:
    """Which subjects may lie in the pack's area on a day on which it is in force: not those that certainly do not."""
    rows = population.tables[ROOT].rows
    if on not in pack.in_force:
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, rows.height)
    inside = pl.Series([True], dtype=pl.Boolean).new_from_index(0, rows.height)
    for name, places in pack.area.places:
        if name in rows.columns:
            inside = inside & rows[name].cast(pl.String).is_in(list(places)).fill_null(value=True)
    return inside


def places_of(population: Population, table: str, weights: pl.Series | None, levels: Sequence[str]) -> pl.DataFrame:
    """For each row of a table where its subject is, and its weight (one, where none are given)."""
    rows = population.tables[ROOT].rows
    weight = pl.lit(1) if weights is None else weights
    found = rows.with_columns(weight.cast(_WHOLE).alias("weight")).select(*levels, "weight")
    if table == ROOT:
        return found
    counts = population.counts(table)
    links = pl.DataFrame({"row": pl.int_range(counts.len(), eager=True), "many": counts})
    place = links.filter(pl.col("many") > 0).select(pl.col("row").repeat_by("many").explode(empty_as_null=False))
    return found[place.to_series()]
