"""Columns of numbers in which every cell is right, read all at once; where one is wrong or odd, `cells` says which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from policy_engine.expression.types import NumberType
from policy_engine.model.core import may_be_negative
from policy_engine.population.stored import widest
from policy_engine.population.tables import scale_of

__all__ = ["NOISE", "right_numbers"]

_WHOLE = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32)
_EXACT = 10**16
NOISE = 1e-15
"""Of a binary fraction 15 digits count, as in spreadsheets."""

_UNITS, _RIGHT = "·units", "·right"


def right_numbers(given: pl.DataFrame, types: Mapping[str, NumberType]) -> dict[str, pl.Series]:
    """The columns as the population keeps them, in units of their last place; without those that hold a wrong or odd cell."""
    read = [column for column in types if given.schema[column] == pl.Float64 or given.schema[column] in _WHOLE]
    many = given.lazy().select(
        pl.col(column) * _factor(types[column])
        if given.schema[column] == pl.Float64
        else _clipped(pl.col(column).cast(pl.Int64), _factor(types[column]))
        for column in read
    )
    units = many.with_columns(pl.col(column).round().name.suffix(_UNITS) for column in read)
    found = units.select(part for column in read for part in _checked(column, types[column]))
    columns = found.collect(optimizations=pl.QueryOptFlags.none())
    return {column: columns[column] for column in read if columns[column + _RIGHT].all()}


def _clipped(cells: pl.Expr, factor: int) -> pl.Expr:
    """Whole numbers in units of the last place; one that is too large becomes the least one that is too large."""
    return cells.clip(-(_EXACT // factor), _EXACT // factor) * factor


def _factor(type_: NumberType) -> int:
    return int(10 ** scale_of(type_))


def _checked(column: str, type_: NumberType) -> Iterator[pl.Expr]:
    """The column in whole units, and where its cells are right."""
    least, most = widest(type_, scale_of(type_))
    least = max(least, 1 - _EXACT if may_be_negative(column.rpartition(".")[2]) else 0)
    many, units = pl.col(column), pl.col(column + _UNITS)
    yield units.cast(pl.Int64, wrap_numerical=True).alias(column)
    near = (many - units).abs() <= many.abs() * NOISE
    inside = units.is_between(least, min(most, _EXACT - 1))
    yield (near & inside).alias(column + _RIGHT)
