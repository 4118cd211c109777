"""Weights of a sample: a column of the households' table that says for how many each of them stands."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from policy_engine.errors import FactsError, problem
from policy_engine.expression.names import nearest
from policy_engine.population.cells import Cells, numbered
from policy_engine.population.conform import MAIN

__all__ = ["WEIGHT", "taken_weights"]

WEIGHT = pl.Decimal(38, 6)
"""How weights are kept and added: exactly, to six places, so that the same run gives the same sums."""

_PLACES = 6
_MOST = 10**12


def taken_weights(
    tables: Mapping[str, pl.DataFrame], column: str, numbers: Mapping[str, pl.Series] | None = None
) -> tuple[dict[str, pl.DataFrame], pl.Series]:
    """The tables without the column, and the weight of each household, rounded to six places.

    `numbers` has the number of each row in its file, as for `conform`. Raises `FactsError` with the row of every weight
    that is missing, negative, or no number.
    """
    main = tables[MAIN]
    if column not in main.columns:
        raise FactsError(
            [
                problem("population.no_weights", where=MAIN, found=column, near=nearest(column, main.columns)),
            ]
        )
    rows = (numbers or {}).get(MAIN)
    cells = Cells(MAIN, numbered if rows is None else lambda row: numbered(rows[row]))
    given = main[column]
    texts = (
        given.cast(pl.String)
        if given.dtype != pl.Boolean
        else given.replace_strict({}, default="", return_dtype=pl.String)
    )
    number = texts.cast(pl.Float64, strict=False)
    cells.wrong(column, given, given.is_null(), "population.no_weight")
    cells.wrong(column, given, number.is_null() & given.is_not_null(), "facts.not_a_number")
    cells.wrong(column, given, ~number.is_finite(), "facts.not_finite")
    cells.wrong(column, given, ~number.is_between(0, _MOST) & number.is_finite(), "population.bad_weight")
    if cells.problems:
        raise FactsError(cells.problems)
    fine = (number * 10**_PLACES).round().cast(pl.Int64).to_list()
    weights = pl.Series("weight", [Decimal(weight).scaleb(-_PLACES) for weight in fine], dtype=WEIGHT)
    return {**tables, MAIN: main.drop(column)}, weights
