"""Tables of a population as sheets of cells: so that each household can be read, or refused, by itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from numbers import Real
from typing import Any

import polars as pl

from policy_engine.documents.mapping import sheet_named
from policy_engine.documents.table_cells import Cell
from policy_engine.documents.table_columns import Sheet, sheets_of
from policy_engine.documents.table_files import Grid
from policy_engine.errors import FactsError, problem
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.population.conform import MAIN
from policy_engine.population.files import Source
from policy_engine.values import format_number

__all__ = ["sheets"]

_ID = "household_id"
_COMPLETE = ".complete"
_EVIDENCE = ("by", "observed_on")


def sheets(source: Source, vocabulary: Vocabulary) -> dict[str, Callable[[], Grid]]:
    """The sheets by name, each with its headings as the first row, as `documents.tables` reads them.

    They say what the tables say to `conform`: a list of records in a column becomes a sheet of its own, `by` and
    `observed_on` of a row go to each of its judgements. Raises `FactsError` where a file cannot be read.
    """
    tables = source.tables()
    if _ID in tables[MAIN].columns:
        tables = _unnested(tables)
    known = sheets_of(vocabulary)
    return {name: lambda name=name: _rows(tables[name], sheet_named(name, known)) for name in tables}  # type: ignore[misc]


def _unnested(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Columns of lists of records as tables of their own; the column `….complete` says that they are known."""
    main = tables[MAIN]
    found: dict[str, pl.DataFrame] = {}
    for name, dtype in main.schema.items():
        if not isinstance(dtype, pl.List) or not isinstance(dtype.inner, pl.Struct) or name in tables:
            continue
        if _ID in {field.name for field in dtype.inner.fields}:
            raise FactsError([problem("table.column_twice", where=MAIN, found=_ID, other=f"{name}.{_ID}")])
        found[name] = main.select(_ID, name).filter(pl.col(name).list.len() > 0).explode(name).unnest(name)
        known = main[name].is_not_null().alias(name + _COMPLETE)
        main = main.drop(name)
        if name + _COMPLETE not in main.columns:
            main = main.with_columns(known)
    return {MAIN: main, **{name: table for name, table in tables.items() if name != MAIN}, **found}


def _rows(table: pl.DataFrame, sheet: Sheet | None) -> Grid:
    whole = _vouched(table, sheet) if sheet is not None else table
    return Grid([list(whole.columns), *([_cell(cell) for cell in row] for row in whole.iter_rows())])


def _vouched(table: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """With by whom and when for each judgement; what a judgement says of its own goes before what its row says."""
    if not set(_EVIDENCE) <= set(table.columns):
        return table
    columns = (sheet.find(name) for name in table.columns)
    judged = [c.id for c in columns if c is not None and c.part == "value" and c.fact.judgement]
    for id_ in judged:
        own = [f"{id_}.{part}" for part in _EVIDENCE]
        whole = (
            [pl.col(name).is_not_null() for name in own] if set(own) <= set(table.columns) else [pl.lit(value=False)]
        )
        parts = zip(own, _EVIDENCE, strict=True)
        table = table.with_columns(
            pl.when(pl.all_horizontal(whole))
            .then(pl.col(name) if name in table.columns else None)
            .otherwise(pl.col(part))
            .alias(name)
            for name, part in parts
        )
    return table.drop(_EVIDENCE)


def _cell(value: Any) -> Cell:
    """A value of a column as a cell: whole and decimal numbers as their digits, which stay exact; NaN as what it says."""
    if isinstance(value, list):
        return [_cell(item) for item in value]
    if isinstance(value, Decimal):
        return format_number(value)
    exact = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if exact or (isinstance(value, Real) and not math.isfinite(value)) else value
