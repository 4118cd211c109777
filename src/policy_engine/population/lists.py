"""Lists in columns: filters, quantifiers and functions over the rows of a list, as `evaluation.lists` on values.

Each is worked out in the frame of the items and counted for each row around: how many hold, for how many that is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from policy_engine.population.answers import ENDLESS
from policy_engine.population.column import (
    Collected,
    Column,
    Const,
    Given,
    Items,
    Listed,
    NotCompiled,
    Number,
    Open,
    Values,
    Waits,
    gated,
    merged,
)
from policy_engine.population.exact import as_number
from policy_engine.population.kleene import TRUE, At, truth_expression
from policy_engine.population.operations import compare

__all__ = [
    "MOST_ITEMS",
    "Missings",
    "all_",
    "any_",
    "belonging",
    "contains",
    "count",
    "count_collected",
    "count_listed",
    "given",
    "total",
]

MOST_ITEMS = 50_000
"""Items of one list at most; checked when a plan is run."""

_ZERO = pl.lit(0, pl.Int64)


@dataclass(frozen=True, slots=True)
class Missings:
    """Carries what items wait for to the frame around: `carry(items' frame, waits)`."""

    carry: Callable[[str, Waits], Waits]


def given(column: Column) -> Given | None:
    """The items of a list that is written out, or of a collected decision."""
    if isinstance(column, Given):
        return column
    if isinstance(column, Const) and isinstance(column.value, tuple):
        return Given(tuple((Const(item), TRUE) for item in column.value))
    return None


def belonging(at: At, collected: Collected) -> Given:
    """A collected decision as its outcomes, each with whether it belongs."""
    return Given(tuple((Const(id_), member(at, collected, number)) for number, id_ in enumerate(collected.ids)))


def member(at: At, collected: Collected, number: int) -> Column:
    """Does the outcome belong to what is collected?"""
    bit = 1 << number
    certain, possible = collected.certain & bit != 0, collected.possible & bit == 0
    value = pl.when(certain).then(pl.lit(True)).when(possible).then(pl.lit(False))
    return at.truth(value, collected.each[number] if collected.each else {})


# ---- over rows


def any_(at: At, items: Items, holds: Column, carry: Missings, further: Column | None = None) -> Column:
    """Is there an item that belongs and for which `holds`? Kleene *or*; `further` is it for an item not known."""
    inside = replace(at, frame=items.frame)
    found = _judged(at, items, inside.and_((items.belongs, holds)), carry, decides=True)
    if items.more is None:
        return found
    return at.or_((found, at.and_((items.more, further or Open(waits=items.more.waits)))))


def all_(at: At, items: Items, holds: Column, carry: Missings, further: Column | None = None) -> Column:
    """Does it hold for every item that belongs? Kleene *and*; `further` is it for an item not known."""
    inside = replace(at, frame=items.frame)
    found = _judged(at, items, inside.or_((inside.not_(items.belongs), holds)), carry, decides=False)
    if items.more is None:
        return found
    return at.and_((found, at.or_((at.not_(items.more), further or Open(waits=items.more.waits)))))


def _judged(at: At, items: Items, judged: Column, carry: Missings, *, decides: bool) -> Column:
    inside = replace(at, frame=items.frame)
    truth = inside.settled(truth_expression(judged))
    deciding = truth if decides else ~truth
    decided = at.plan.some(items.frame, deciding)
    unsettled = at.plan.some(items.frame, truth.is_null())
    value = (
        pl.when(~items.known).then(None).when(decided).then(pl.lit(decides)).when(~unsettled).then(pl.lit(not decides))
    )
    waits = carry.carry(items.frame, inside.open(truth.is_null(), (judged,))) if at.waiting else {}
    return at.truth(value, items, waits)


def count(at: At, items: Items, carry: Missings) -> Number:
    """How many items belong; with bounds where that is open."""
    if items.belongs == TRUE and items.more is None:
        number = at.plan.size(items.frame)
        value = at.settled(pl.when(items.known).then(number))
        return Number(value, 0, 0, MOST_ITEMS, waits=at.open(value.is_null(), (items,)))
    truth = truth_expression(items.belongs)
    low = at.plan.count(items.frame, truth)
    open_ = at.plan.count(items.frame, truth.is_null())
    settled = items.known & (open_ == 0)
    high, most = low + open_, MOST_ITEMS
    if items.more is not None:
        more = items.more.value.is_null()
        settled = settled & ~more
        high, most = pl.when(more).then(pl.lit(ENDLESS, pl.Int64)).otherwise(high), ENDLESS
    value = at.settled(pl.when(settled).then(low))
    inside = carry.carry(items.frame, items.belongs.waits) if at.waiting else {}
    waits = at.open(value.is_null(), (items, *_more(items), inside))
    low, high = pl.when(items.known).then(low), pl.when(items.known).then(high)
    return Number(value, 0, 0, most, low=low, high=high, waits=waits)


def _more(items: Items) -> tuple[Column, ...]:
    return () if items.more is None else (items.more,)


def total(at: At, values: Values, carry: Missings) -> Number:
    """The sum over the items that belong; with bounds where only that is open."""
    items, plan = values.items, at.plan
    number = Number(pl.lit(None, pl.Int64), 0, 0, 0, waits=values.of.waits)
    if not isinstance(values.of, Open):
        number = as_number(values.of)
    most = max(-number.least, number.most) * MOST_ITEMS
    if number.per is not None or most >= 2**63:
        raise NotCompiled("a sum of such numbers")
    belongs = truth_expression(items.belongs)
    kept, maybe = belongs.fill_null(value=True), belongs.is_null()
    low, high = (
        plan.total(items.frame, pl.when(kept & ~maybe).then(number.value).when(maybe).then(end).fill_null(0))
        for end in (pl.min_horizontal(number.value, _ZERO), pl.max_horizontal(number.value, _ZERO))
    )
    blank = plan.some(items.frame, kept & number.value.is_null())
    blank = blank if items.more is None else blank | items.more.value.is_null()
    open_ = plan.some(items.frame, maybe)
    value = at.settled(pl.when(items.known & ~blank & ~open_).then(low))
    waits: Waits = {}
    if at.waiting:
        inside = gated(kept, merged((number.waits, items.belongs.waits)))
        whole = gated(blank, carry.carry(items.frame, inside))
        part = gated(~blank, carry.carry(items.frame, items.belongs.waits))
        waits = at.open(value.is_null(), (items, *_more(items), whole, part))
    if items.belongs == TRUE:
        return Number(value, number.scale, -most, most, waits=waits)
    low, high = (pl.when(items.known & ~blank).then(end) for end in (low, high))
    return Number(value, number.scale, -most, most, low=low, high=high, waits=waits)


# ---- lists in one cell, lists written out, collected lists


def contains(at: At, items: Column, wanted: Column) -> Column:
    """Is `wanted` in the list? Kleene *or* over *belongs and equal*."""
    if isinstance(items, Open):
        return items
    if isinstance(items, Collected):
        if isinstance(wanted, Const):
            return member(at, items, items.ids.index(wanted.value)) if wanted.value in items.ids else Const(value=False)
        items = belonging(at, items)
    written = given(items)
    if written is not None:
        return at.or_(at.and_((belongs, compare(at, "=", item, wanted))) for item, belongs in written.items)
    if isinstance(items, Listed):
        return _cell_contains(at, items, wanted)
    raise NotCompiled(f"list contains on {type(items).__name__}")


def _cell_contains(at: At, cell: Listed, wanted: Column) -> Column:
    if not isinstance(wanted, Const) or isinstance(wanted.value, Decimal):
        raise NotCompiled("list contains for what differs from row to row")
    if isinstance(cell.item, tuple) and wanted.value not in cell.item:
        found: pl.Expr = pl.when(cell.value.is_not_null()).then(pl.lit(value=False))
    else:
        dtype = pl.Enum(cell.item) if isinstance(cell.item, tuple) else None
        found = cell.value.list.contains(pl.lit(wanted.value, dtype))
    truth = at.truth(found, cell)
    return truth if cell.more is None else at.or_((truth, cell.more))


def count_listed(at: At, cell: Listed) -> Number:
    many = cell.value.list.len().cast(pl.Int64)
    if cell.more is None:
        value = at.settled(many)
        return Number(value, 0, 0, MOST_ITEMS, waits=at.open(value.is_null(), (cell,)))
    more = cell.more.value.is_null()
    value = at.settled(pl.when(~more).then(many))
    high = pl.when(more).then(pl.lit(ENDLESS, pl.Int64)).otherwise(many)
    waits = at.open(value.is_null(), (cell, cell.more))
    return Number(value, 0, 0, ENDLESS, low=many, high=high, waits=waits)


def count_collected(at: At, collected: Collected) -> Number:
    low = collected.certain.bitwise_count_ones().cast(pl.Int64)
    high = collected.possible.bitwise_count_ones().cast(pl.Int64)
    value = at.settled(pl.when(collected.certain == collected.possible).then(low))
    waits = at.open(value.is_null(), collected.each)
    return Number(value, 0, 0, len(collected.ids), low=low, high=high, waits=waits)
