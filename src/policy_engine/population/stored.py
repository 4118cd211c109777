"""The facts of a population's tables as columns of a plan."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from policy_engine.expression.types import BOOLEAN, DATE, TEXT, CodeType, ListType, NumberType, RecordType, Type
from policy_engine.population.column import (
    Code,
    Column,
    Day,
    Items,
    Listed,
    NotCompiled,
    Number,
    Open,
    Row,
    Text,
    Truth,
    Waits,
)
from policy_engine.population.kleene import TRUE, At
from policy_engine.population.tables import Table, scale_of

__all__ = ["Stored", "stored_column", "widest"]


@dataclass(frozen=True, slots=True)
class Stored:
    """A fact in its table: where it may stand, of what type, and what is missing where it does not."""

    at: At
    table: Table
    name: str
    type: Type
    missing: Waits


def widest(type_: NumberType, scale: int) -> tuple[int, int]:
    """The least and the most that a figure of this type may be, in units of its last place."""
    unit = str(type_.unit)
    if "CNY" in unit:
        return -(10 ** (12 + scale)) + 1, 10 ** (12 + scale) - 1
    if unit in ("person", "household"):
        return 0, 10 ** (9 + scale) - 1
    return -(10**17), 10**17


def stored_column(fact: Stored, below: str, later: pl.Expr | None) -> Column:
    """The column of a fact; open where the table has none. `below` is the table of a list of records.

    `later`: where events may have happened that are not known.
    """
    if fact.name not in fact.table.rows.columns:
        return Open(waits=fact.missing)
    cell = fact.at.plan.input(fact.at.frame, fact.name)
    if isinstance(fact.type, ListType):
        return _list(fact, cell, below, later)
    waits = fact.at.open(cell.is_null(), (fact.missing,))
    if isinstance(fact.type, NumberType):
        scale = fact.table.scale(fact.name, fact.type)
        return Number(cell, scale, *widest(fact.type, scale), waits=waits)
    if isinstance(fact.type, CodeType):
        return Code(cell.to_physical().cast(pl.UInt32), fact.type.ids, waits=waits)
    kinds: dict[Type, type[Truth | Day | Text]] = {BOOLEAN: Truth, DATE: Day, TEXT: Text}
    if fact.type not in kinds:
        raise NotCompiled(f"facts of the type {fact.type}")
    return kinds[fact.type](cell, waits=waits)


def _list(fact: Stored, cell: pl.Expr, below: str, later: pl.Expr | None) -> Column:
    assert isinstance(fact.type, ListType)
    item = fact.type.item
    known = cell.is_not_null()
    waits = fact.at.open(~known, (fact.missing,))
    more = None if later is None else fact.at.truth(further(known & later), fact.missing)
    if not isinstance(item, RecordType):
        kind = item.ids if isinstance(item, CodeType) else str(item)
        scale = scale_of(item)
        return Listed(cell, kind, scale, more, waits=waits)
    if not below:
        raise NotCompiled(f"the list {fact.name} has no table")
    frame = fact.at.plan.table(below, fact.at.frame)
    return Items(frame, Row(frame, item.name), known, TRUE, more, waits=waits)


def further(possible: pl.Expr) -> pl.Expr:
    """The truth of there being further items: open where that is possible, else false."""
    return pl.when(~possible).then(pl.lit(value=False)).otherwise(pl.lit(None, pl.Boolean))
