"""Answers as a table for people and programs: for each decision its outcome, its status, what is possible, and why.

For a decision `d`: `d` (the outcome, empty where not determined; a collected list as a list), `d.status` (determined,
undetermined, gap, conflict), and of tables `d.possible`, `d.rules` (the determining rules). `d.missing` where asked
for. A figure per head is shown to the fen, any other to six places, both half up. Of answers that hold outcomes alone, `d` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from policy_engine.decision.masking import MASK, outcome_stays, short_code
from policy_engine.model.pack import Pack
from policy_engine.population.answers import Layout, bits
from policy_engine.population.run import PopulationAnswers
from policy_engine.population.tables import ROOT, Population
from policy_engine.values import CONTEXT, format_number

__all__ = ["STATUSES", "answer_table", "masked", "scope_column", "status_of"]

PLACES = 6
"""Of a figure in a table of answers; one per head is shown to the fen."""
SCOPES = ("in", "out", "open")
STATUSES = ("determined", "undetermined", "gap", "conflict")


def answer_table(pack: Pack, population: Population, answers: PopulationAnswers, in_force: bool) -> pl.DataFrame:  # noqa: FBT001
    """A row for each subject: its code, whether the pack applies to it, and the answers to the decisions about it."""
    rows = population.tables[ROOT].rows
    columns = [population.ids, scope_column(pack, population, in_force=in_force)]
    outside = (columns[1] == "out").alias("out")
    frame = answers.tables[ROOT]
    for id_, layout in answers.layouts.items():
        if answers.table_of[id_] == ROOT:
            found = [_outcome(layout, frame)] if answers.only_outcomes else _columns(layout, frame)
            columns += [column.set(outside, None) if column.dtype != pl.Object else column for column in found]
    return pl.DataFrame(columns) if len(rows) else pl.DataFrame(columns).clear()


def masked(frame: pl.DataFrame, pack: Pack) -> pl.DataFrame:
    """The table as others may see it: the end of each code, and no outcome that may be a figure, day or text of facts."""
    code = frame.columns[0]
    shown = [pl.Series(code, [short_code(id_ or "") for id_ in frame[code]], dtype=pl.String)]
    for name in frame.columns:
        if name in pack.decisions and not outcome_stays(pack, name):
            hidden = [None if empty else MASK for empty in frame[name].is_null()]
            shown.append(pl.Series(name, hidden, dtype=pl.String))
    return frame.with_columns(shown)


def scope_column(pack: Pack, population: Population, *, in_force: bool) -> pl.Series:
    """`in`, `out` or `open`: is the pack in force, and does the subject lie in its area?"""
    rows = population.tables[ROOT].rows
    inside = pl.Series("scope", [in_force], dtype=pl.Boolean).new_from_index(0, len(population))
    form = pack.vocabulary.form(population.subject)
    for name, places in pack.area.places:
        if form.find(name) is not None:
            known = rows[name] if name in rows.columns else pl.Series([None] * len(population), dtype=pl.String)
            inside = inside & known.is_in(list(places))
    dtype = pl.Enum(SCOPES)
    in_, out, open_ = (pl.lit(name, dtype) for name in SCOPES)
    flags = inside.to_frame("inside")
    found = pl.when("inside").then(in_).when(~pl.col("inside")).then(out).otherwise(open_)
    return flags.select(found.alias("scope")).to_series()


def status_of(layout: Layout, frame: pl.DataFrame) -> pl.Series:
    """The status of a decision in each row."""
    columns = {name: pl.col(layout.name(name)) for name in ("possible", "certain", "conflict", "gap")}
    if layout.kind == "collect":
        known = columns["certain"] == columns["possible"]
    elif layout.kind == "one":
        one = columns["possible"] & (columns["possible"] - 1) == 0
        calm = columns["conflict"].eq_missing(pl.lit(value=False)) & columns["gap"].eq_missing(pl.lit(value=False))
        known = one & (columns["possible"] != 0) & calm
    else:
        known = pl.col(layout.decision).is_not_null()
    found = pl.when(known).then(pl.lit("determined")).otherwise(pl.lit("undetermined"))
    if layout.kind == "one":
        found = pl.when(columns["gap"]).then(pl.lit("gap")).otherwise(found)
        found = pl.when(columns["conflict"]).then(pl.lit("conflict")).otherwise(found)
    return frame.select(found.alias(layout.decision + ".status")).to_series()


def _columns(layout: Layout, frame: pl.DataFrame) -> Iterator[pl.Series]:
    status = status_of(layout, frame)
    id_ = layout.decision
    if layout.kind in ("one", "collect"):
        possible = _named(frame[layout.name("possible")], layout.outcomes)
        certain = possible if layout.kind == "one" else _named(frame[layout.name("certain")], layout.outcomes)
        outcome = certain.list.first() if layout.kind == "one" else certain
        yield outcome.set(status != "determined", None).alias(id_)
        yield status
        yield possible.alias(f"{id_}.possible")
        yield _named(frame[layout.name("live")], layout.rules).alias(f"{id_}.rules")
    else:
        yield _values(layout, frame).alias(id_)
        yield status
    if layout.name("missing") in frame.columns:
        yield frame[layout.name("missing")].alias(f"{id_}.missing")


def _outcome(layout: Layout, frame: pl.DataFrame) -> pl.Series:
    """The outcome alone."""
    if layout.kind == "one":
        return frame[layout.decision]
    if layout.kind == "collect":
        certain, possible = (frame[layout.name(part)] for part in ("certain", "possible"))
        return _named(certain.set(certain != possible, None), layout.outcomes).alias(layout.decision)
    return _values(layout, frame).alias(layout.decision)


def _named(masks: pl.Series, names: Sequence[str]) -> pl.Series:
    """Masks as lists of names; there are few different ones."""
    different = masks.unique()
    lists = [None if mask is None else list(bits(tuple(names), mask)) for mask in different.to_list()]
    known = pl.DataFrame({"mask": different, "names": pl.Series(lists, dtype=pl.List(pl.String))})
    return pl.DataFrame({"mask": masks}).join(known, on="mask", how="left", maintain_order="left", nulls_equal=True)[
        "names"
    ]


def _values(layout: Layout, frame: pl.DataFrame) -> pl.Series:
    """Values as they are; figures as decimals, and what was answered row by row as texts."""
    cells = frame[layout.decision]
    if layout.kind == "number":
        assert layout.of is not None
        places = 2 if str(getattr(layout.of.type, "unit", "")) == "CNY/person" else PLACES
        figures = [None if found.value is None else _shown(found.value, places) for found in layout.found(frame)]
        if cells.dtype != pl.Object:
            return pl.Series(figures, dtype=pl.Decimal(38, PLACES))
        cells = pl.Series([None if figure is None else format_number(figure) for figure in figures], dtype=pl.String)
    if cells.dtype == pl.Object:
        return pl.Series([None if cell is None else str(cell) for cell in cells.to_list()], dtype=pl.String)
    return cells


def _shown(figure: Decimal, places: int) -> Decimal:
    """The figure with so many places at most, half up; as no digits are added, 34 are enough."""
    if int(figure.as_tuple().exponent) >= -places:
        return figure
    return figure.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, CONTEXT)
