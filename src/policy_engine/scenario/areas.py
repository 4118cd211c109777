"""Households to areas: the same population as counties or towns, each with its households and, where given, its villages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from policy_engine.model.facts import Facts
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.population.rows import population_of
from policy_engine.population.tables import AS_OF, ROOT, Population, Table

__all__ = ["LEVELS", "areas_of", "places_by"]

LEVELS = ("province", "prefecture", "county", "town")
"""The facts that place a household in areas, from the wide to the narrow; each is the level of an area too."""

_NUMBER = "#"
"""A column of row numbers, while tables are being put in order."""


def places_by(population: Population, by: str) -> list[str]:
    """The facts by which areas of a level are told apart, as far as the population has them."""
    columns = population.tables[ROOT].rows.columns
    return [level for level in LEVELS[: LEVELS.index(by) + 1] if level in columns]


def areas_of(
    households: Population,
    by: str,
    vocabulary: Vocabulary,
    *,
    areas: Iterable[Facts] = (),
    villages: Iterable[Facts] | None = None,
) -> tuple[Population, pl.Series]:
    """The areas of a level, in the order of their names, and for each household the row of its area.

    A household whose place is not known stands in an area without a name. `areas` are further facts about them
    (figures, posts), found by their place; `villages` are all villages, without which those of an area are not known.
    """
    keys = places_by(households, by)
    rows = households.tables[ROOT].rows
    placed = rows.select(*keys).with_row_index(_NUMBER)
    names = placed.select(keys).unique().sort(keys, nulls_last=True) if keys else pl.DataFrame(height=1)
    home = _row_of(placed, names, keys)
    root = names.with_columns(level=pl.lit(by), **_day(rows, home, names.height))
    tables: dict[str, Table] = {}
    known = list(areas)
    if known:
        root = _with_facts(root, population_of(known, vocabulary, "area"), keys, tables)
    root = _with_items(root, "households", households, home, tables)
    if villages is not None:
        given = population_of(villages, vocabulary, "village")
        found = _row_of(given.tables[ROOT].rows.with_row_index(_NUMBER), names, keys)
        root = _with_items(root, "villages", given, found, tables)
    fact = vocabulary.form("area").find("level")
    assert fact is not None
    root = root.with_columns(pl.col("level").cast(pl.Enum(fact.type.ids)))  # type: ignore[union-attr]
    scales = tables.pop(ROOT).scales if ROOT in tables else {}
    return Population("area", {ROOT: Table("area", root, scales), **tables}), home


def _row_of(rows: pl.DataFrame, names: pl.DataFrame, keys: Sequence[str]) -> pl.Series:
    """For each row the row of the area that it lies in; none where there is no such area."""
    shared = [key for key in keys if key in rows.columns and key in names.columns]
    if not shared:
        return pl.Series([0 if names.height == 1 else None], dtype=pl.UInt32).new_from_index(0, rows.height)
    numbered = names.select(shared).with_row_index("area").unique(shared, keep="first", maintain_order=True)
    joined = rows.select(_NUMBER, *shared).join(numbered, on=shared, how="left", nulls_equal=True)
    return joined.sort(_NUMBER)["area"]


def _day(rows: pl.DataFrame, home: pl.Series, areas: int) -> dict[str, pl.Series]:
    """The day that the facts of an area describe: the earliest of its households'."""
    if AS_OF not in rows.columns:
        return {}
    days = pl.DataFrame({"area": home, "day": rows[AS_OF]}).group_by("area").agg(pl.col("day").min())
    every = pl.DataFrame({"area": pl.int_range(areas, dtype=pl.UInt32, eager=True)})
    return {AS_OF: every.join(days, on="area", how="left", maintain_order="left")["day"]}


def _with_facts(root: pl.DataFrame, known: Population, keys: Sequence[str], tables: dict[str, Table]) -> pl.DataFrame:
    """The areas with the further facts known about them, and the tables of their lists."""
    own = known.tables[ROOT].rows
    place = _row_of(root.select(keys).with_row_index(_NUMBER), own, keys)
    found = _ordered(known, place)
    tables |= {name: table for name, table in found.items() if name != ROOT}
    tables[ROOT] = known.tables[ROOT]
    new = [name for name in found[ROOT].rows.columns if name not in (*keys, "level", AS_OF)]
    return root.hstack(found[ROOT].rows.select(new))


def _with_items(
    root: pl.DataFrame, name: str, items: Population, home: pl.Series, tables: dict[str, Table]
) -> pl.DataFrame:
    """The areas with a list of subjects, in the order of the areas; those without an area are left out."""
    order = pl.DataFrame({"area": home}).with_row_index(_NUMBER).drop_nulls().sort("area", maintain_order=True)
    for inner, table in _ordered(items, order[_NUMBER]).items():
        tables[f"{name}.{inner}" if inner else name] = Table(
            table.form, table.rows.drop(AS_OF, strict=False), table.scales
        )
    many = order.group_by("area").agg(pl.len().cast(pl.UInt32).alias(name))
    every = pl.DataFrame({"area": pl.int_range(root.height, dtype=pl.UInt32, eager=True)})
    counts = every.join(many, on="area", how="left", maintain_order="left")[name].fill_null(0)
    return root.with_columns(counts)


def _ordered(population: Population, order: pl.Series) -> dict[str, Table]:
    """The tables with the subjects in this order, each with all that belongs to it; no number stands for a blank row."""
    at: dict[str, pl.Series] = {ROOT: order}
    tables: dict[str, Table] = {}
    for name in sorted(population.tables, key=lambda name: (name.count("."), name)):
        if name:
            counts, above = population.counts(name), at[population.above(name)]
            spans = pl.DataFrame({"start": (counts.cum_sum() - counts).gather(above), "many": counts.gather(above)})
            spans = spans.filter(pl.col("many") > 0)
            ranges = spans.select(pl.int_ranges("start", pl.col("start") + pl.col("many")))
            at[name] = ranges.to_series().explode(empty_as_null=False)
        table = population.tables[name]
        tables[name] = Table(table.form, table.rows.select(pl.all().gather(pl.lit(at[name]))), table.scales)
    return tables
