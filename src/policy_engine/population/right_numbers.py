"""Columns of numbers in which every cell is right, read all at once; where one is wrong, `cells` says which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from policy_engine.expression.types import NumberType
from policy_engine.population.stored import widest
from policy_engine.population.tables import scale_of

__all__ = ["NOISE", "right_numbers"]

_WHOLE = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32)
_EXACT = 10**16
NOISE = 1e-15
"""Of a binary fraction 15 digits count, as in spreadsheets."""

_RIGHT = "?"


def right_numbers(given: pl.DataFrame, types: Mapping[str, NumberType]) -> dict[str, pl.Series]:
    """The columns as the population keeps them, in units of their last place; without those that hold a wrong cell."""
    read = [column for column in types if given.schema[column] == pl.Float64 or given.schema[column] in _WHOLE]
    units = given.lazy().select(
        part for column in read for part in _in_units(pl.col(column), types[column], given.schema[column])
    )
    found = units.select(part for column in read for part in _checked(column, types[column])).collect()
    return {column: found[column] for column in read if not found.height or found[column + _RIGHT][0]}


def _in_units(cells: pl.Expr, type_: NumberType, dtype: pl.DataType) -> Iterator[pl.Expr]:
    """The cells in units of the last place, and whether nothing was lost."""
    factor = 10 ** scale_of(type_)
    if dtype == pl.Float64:
        many = cells * factor
        yield many.round()
        yield ((many - many.round()).abs() <= many.abs() * NOISE).all().name.suffix(_RIGHT)
    else:
        most = _EXACT // factor
        yield cells.cast(pl.Int64) * factor
        yield cells.cast(pl.Int64).is_between(-most, most).all().name.suffix(_RIGHT)


def _checked(column: str, type_: NumberType) -> Iterator[pl.Expr]:
    least, most = widest(type_, scale_of(type_))
    units = pl.col(column)
    yield units.cast(pl.Int64, wrap_numerical=True)
    inside = units.is_between(max(least, -_EXACT + 1), min(most, _EXACT - 1)).all()
    yield (pl.col(column + _RIGHT) & inside).alias(column + _RIGHT)
