"""Operators on columns: equality, comparison, arithmetic, properties, choices; as `evaluation.operations` on values."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl

from policy_engine.evaluation import operations
from policy_engine.population import exact
from policy_engine.population.column import (
    Chosen,
    Code,
    Column,
    Const,
    Day,
    NotCompiled,
    Number,
    Open,
    Span,
    Text,
    Truth,
    Waits,
    folded,
    gated,
    merged,
    ordered,
)
from policy_engine.population.exact import as_number, scaled
from policy_engine.population.kleene import NOTHING, At, truth_expression
from policy_engine.source import Source
from policy_engine.source import Span as Place
from policy_engine.values import Months, Unknown, Value

__all__ = [
    "DAY",
    "arithmetic",
    "by_candidate",
    "choice",
    "compare",
    "constant",
    "day_of",
    "first_known",
    "property_of",
    "text_of",
]

DAY = 86_400_000_000
"""Microseconds of a day."""

NOWHERE = Place(Source("", ""), 0, 0)


def constant(value: Value) -> Column:
    """A value worked out when compiling; an operation without a value is open and waits for nothing."""
    return Open() if isinstance(value, Unknown) else Const(value)


def text_of(column: Column) -> pl.Expr:
    if isinstance(column, Text):
        return column.value
    if isinstance(column, Const) and isinstance(column.value, str):
        return pl.lit(column.value)
    if isinstance(column, Code):
        return column.value.replace_strict(dict(enumerate(column.ids)), return_dtype=pl.String)
    raise NotCompiled(f"{type(column).__name__} as a text")


# ---- comparison


def compare(at: At, op: str, left: Column, right: Column) -> Column:
    """`left op right` for `= != < <= > >=`."""
    if isinstance(left, Const) and isinstance(right, Const):
        return constant(operations.compare(op, left.value, right.value))
    if isinstance(left, Open) or isinstance(right, Open):
        return Open(waits=merged((left.waits, right.waits)))
    if isinstance(right, Chosen) and not isinstance(left, Chosen):
        left, right = right, left
    if isinstance(left, Chosen):
        if op not in ("=", "!=") or isinstance(right, Chosen):
            raise NotCompiled(f"{op} between undecided outcomes")
        other = right
        value = by_candidate(at, left, lambda candidate: compare(at, op, candidate, other))
        return at.truth(value, left, right)
    return at.truth(_compared(op, left, right), left, right)


def _compared(op: str, left: Column, right: Column) -> pl.Expr:
    kinds = {type(column) for column in (left, right)} - {Const}
    if Number in kinds:
        return exact.compared(op, left, right)
    if Code in kinds:
        return _codes(op, left, right)
    if kinds <= {Text}:
        return ordered(op, text_of(left), text_of(right))
    if kinds == {Truth} and op in ("=", "!="):
        return ordered(op, truth_expression(left), truth_expression(right))
    if kinds == {Day}:
        return ordered(op, day_of(left), day_of(right))
    if kinds == {Span}:
        return ordered(op, span_of(left).value, span_of(right).value)
    raise NotCompiled(f"{op} between {type(left).__name__} and {type(right).__name__}")


def _codes(op: str, left: Column, right: Column) -> pl.Expr:
    if isinstance(left, Const):
        left, right = right, left
    assert isinstance(left, Code)
    if op not in ("=", "!="):
        raise NotCompiled(f"{op} between codes")
    if isinstance(right, Const):
        if right.value in left.ids:
            return ordered(op, left.value, pl.lit(left.ids.index(right.value), pl.UInt32))
        return pl.when(left.value.is_not_null()).then(pl.lit(op == "!=")).otherwise(NOTHING)
    if isinstance(right, Code) and right.ids == left.ids:
        return ordered(op, left.value, right.value)
    return ordered(op, text_of(left), text_of(right))


def by_candidate(at: At, chosen: Chosen, answer: Callable[[Const], Column]) -> pl.Expr:
    """The truth on which all candidates agree; without candidates unknown."""
    answers = [answer(Const(id_)) for id_ in chosen.ids]
    mask = at.settled(chosen.mask)
    if all(isinstance(found, Const) for found in answers):
        true = sum(1 << at_ for at_, found in enumerate(answers) if found == Const(True))
        agreed = [mask & ~true == 0, mask & true == 0]
    else:
        truths = [truth_expression(found) for found in answers]
        agreed = [
            pl.all_horizontal(
                (mask & (1 << number) == 0) | (truth == wanted).fill_null(value=False)
                for number, truth in enumerate(truths)
            )
            for wanted in (True, False)
        ]
    return pl.when(mask == 0).then(NOTHING).when(agreed[0]).then(pl.lit(True)).when(agreed[1]).then(pl.lit(False))


# ---- arithmetic


def day_of(column: Column) -> pl.Expr:
    if isinstance(column, Day):
        return column.value
    if isinstance(column, Const) and isinstance(column.value, datetime.date):
        return pl.lit(column.value)
    raise NotCompiled(f"{type(column).__name__} as a date")


def span_of(column: Column) -> Span:
    if isinstance(column, Span):
        return column
    value = column.value if isinstance(column, Const) else None
    if isinstance(value, Months):
        return Span(pl.lit(value.count, pl.Int64), months=True)
    if isinstance(value, datetime.timedelta):
        return Span(pl.lit(value // datetime.timedelta(microseconds=1), pl.Int64), months=False)
    raise NotCompiled(f"{type(column).__name__} as a duration")


def arithmetic(at: At, op: str, left: Column, right: Column) -> Column:
    """`left op right` for `+ - * /`."""
    if isinstance(left, Const) and isinstance(right, Const):
        return constant(operations.arithmetic(op, left.value, right.value, NOWHERE))
    if isinstance(left, Open) or isinstance(right, Open):
        return Open(waits=merged((left.waits, right.waits)))
    if _is_number(left) and _is_number(right):
        if op in "+-":
            return exact.added(at, op, left, right)
        return exact.multiplied(at, left, right) if op == "*" else exact.divided(at, left, right)
    if _is_day(left) or _is_day(right):
        return _days(at, op, left, right)
    raise NotCompiled(f"{op} between {type(left).__name__} and {type(right).__name__}")


def _is_number(column: Column) -> bool:
    return isinstance(column, Number) or (isinstance(column, Const) and isinstance(column.value, Decimal))


def _is_day(column: Column) -> bool:
    return isinstance(column, Day) or (isinstance(column, Const) and isinstance(column.value, datetime.date))


def _days(at: At, op: str, left: Column, right: Column) -> Column:
    if _is_day(left) and _is_day(right):
        apart = at.settled((day_of(left) - day_of(right)).dt.total_days() * DAY)
        return Span(apart, months=False, waits=at.open(apart.is_null(), (left, right)))
    day, duration = (left, right) if _is_day(left) else (right, left)
    span = span_of(duration)
    moved = span.value if op == "+" else -span.value
    if span.months:
        fixed = duration.value.count * (1 if op == "+" else -1) if isinstance(duration, Const) else None
        found = day_of(day).dt.offset_by(pl.format("{}mo", moved) if fixed is None else f"{fixed}mo")
    else:
        found = day_of(day) + pl.duration(days=moved // DAY)
    year = found.dt.year()
    value = at.settled(pl.when(year.is_between(1, 9999)).then(found))
    return Day(value, waits=at.open(value.is_null(), (left, right)))


def property_of(at: At, column: Column, name: str) -> Column:
    """A property of a date."""
    if isinstance(column, Const):
        return constant(operations.property_of(column.value, name))
    if isinstance(column, Open):
        return column
    if not isinstance(column, Day) or name not in ("year", "month", "day", "weekday"):
        raise NotCompiled(f"property {name} of {type(column).__name__}")
    value = at.settled(getattr(column.value.dt, name)().cast(pl.Int64))
    return Number(value, 0, 1, 9999, waits=column.waits)


# ---- choices


def choice(at: At, condition: Column, then: Column, otherwise: Column) -> Column:
    """`if condition then … else …`: with an open condition the value on which both agree."""
    if isinstance(condition, Const):
        return then if condition.value else otherwise
    if isinstance(then, Const) and isinstance(otherwise, Const) and then == otherwise:
        return then
    holds = at.settled(truth_expression(condition))
    if isinstance(then, Open) and isinstance(otherwise, Open):
        return Open(waits=_branch_waits(at, holds, (condition, then, otherwise), holds.is_null()))
    one, other = _alike(then, otherwise)
    parts = _parts(one)
    others = _parts(other)
    merge_masks = isinstance(one, Chosen)
    values: dict[str, Any] = {}
    for name, part in parts.items():
        same: pl.Expr = pl.when(part == others[name]).then(part)
        if merge_masks:  # equal and known: one candidate
            same = pl.when((part == others[name]) & (part & (part - 1) == 0)).then(part).otherwise(pl.lit(0, pl.Int64))
        branches = pl.when(holds).then(part).when(folded(~holds)).then(others[name])
        values[name] = at.settled(branches.otherwise(folded(same)))
    unsettled = holds.is_null() & _unknown(one, values)
    values["waits"] = _branch_waits(at, holds, (condition, then, otherwise), unsettled)
    if isinstance(one, Number) and isinstance(other, Number):
        values |= {"least": min(one.least, other.least), "most": max(one.most, other.most)}
    return replace(one, **values)


def _branch_waits(at: At, holds: pl.Expr, parts: tuple[Column, Column, Column], unsettled: pl.Expr) -> Waits:
    """The branch taken waits for what it waits for; with an open condition everything counts."""
    if not at.waiting:
        return {}
    taken = gated(holds.fill_null(value=False), parts[1].waits), gated((~holds).fill_null(value=False), parts[2].waits)
    return merged([*taken, gated(unsettled, merged(part.waits for part in parts))])


def _unknown(column: Column, values: dict[str, Any]) -> pl.Expr:
    if isinstance(column, Chosen):
        mask: pl.Expr = values["mask"]
        several: pl.Expr = mask & (mask - 1) != 0
        return several | (mask == 0)
    unknown: pl.Expr = values["value"].is_null()
    return unknown


def _parts(column: Any) -> dict[str, pl.Expr]:
    return {
        name: getattr(column, name) for name in ("value", "mask") if isinstance(getattr(column, name, None), pl.Expr)
    }


def _alike(one: Column, other: Column) -> tuple[Column, Column]:
    """Both branches as columns of one kind."""
    kinds = {type(column) for column in (one, other)} - {Open, Const}
    known = next((column for column in (one, other) if not isinstance(column, (Open, Const))), None)
    if len(kinds) > 1:
        if kinds == {Code, Text}:
            return _as(one, Text(NOTHING)), _as(other, Text(NOTHING))
        raise NotCompiled("branches of different kinds")
    if known is None:
        known = _of_constant(one if isinstance(one, Const) else other)
    if isinstance(known, Number):
        return _numbers_alike(one, other)
    if isinstance(known, Code) and not all(
        (isinstance(c, Code) and c.ids == known.ids)
        or isinstance(c, Open)
        or (isinstance(c, Const) and c.value in known.ids)
        for c in (one, other)
    ):
        return _as(one, Text(NOTHING)), _as(other, Text(NOTHING))
    return _as(one, known), _as(other, known)


def _numbers_alike(one: Column, other: Column) -> tuple[Number, Number]:
    numbers = [
        Number(pl.lit(None, pl.Int64), 0, 0, 0) if isinstance(column, Open) else as_number(column)
        for column in (one, other)
    ]
    if any(number.per is not None or number.low is not None for number in numbers):
        raise NotCompiled("a choice between quotients or between open counts")
    scale = max(number.scale for number in numbers)
    return scaled(numbers[0], scale), scaled(numbers[1], scale)


def _of_constant(column: Column) -> Column:
    value = column.value if isinstance(column, Const) else None
    if isinstance(value, bool):
        return Truth(NOTHING)
    if isinstance(value, Decimal):
        return as_number(column)
    if isinstance(value, str):
        return Text(NOTHING)
    if isinstance(value, datetime.date):
        return Day(NOTHING)
    raise NotCompiled("a choice between such constants")


def _as(column: Column, like: Column) -> Column:
    """A constant or open column as one of this kind."""
    if isinstance(like, Truth):
        return Truth(truth_expression(column), waits=column.waits)
    if isinstance(like, Day):
        return Day(pl.lit(None, pl.Date) if isinstance(column, Open) else day_of(column), waits=column.waits)
    if isinstance(like, Text):
        return Text(pl.lit(None, pl.String) if isinstance(column, Open) else text_of(column), waits=column.waits)
    if isinstance(like, Code):
        if isinstance(column, Code):
            return column
        place = like.ids.index(column.value) if isinstance(column, Const) else None
        return Code(pl.lit(place, pl.UInt32), like.ids, waits=column.waits)
    if isinstance(like, Chosen):
        if isinstance(column, Chosen) and column.ids == like.ids:
            return column
        if isinstance(column, Const) and column.value in like.ids:
            return Chosen(pl.lit(1 << like.ids.index(column.value), pl.Int64), like.ids)
        if isinstance(column, Open):
            return Chosen(pl.lit(0, pl.Int64), like.ids, waits=column.waits)
    raise NotCompiled(f"a choice between {type(column).__name__} and {type(like).__name__}")


def first_known(at: At, own: Column, other: Column, waits: Sequence[Waits]) -> Column:
    """`own` where it is known, else `other`; where both are open, what `waits` says."""
    if isinstance(own, Open):
        return other
    if isinstance(own, Number):
        return _first_number(at, own, other, waits)
    one, second = _alike(own, other)
    value = at.settled(pl.coalesce(_parts(one)["value"], _parts(second)["value"]))
    return replace(one, value=value, waits=at.open(value.is_null(), waits))  # type: ignore[call-arg]


def _first_number(at: At, own: Number, other: Column, waits: Sequence[Waits]) -> Number:
    second = Number(pl.lit(None, pl.Int64), 0, 0, 0) if isinstance(other, Open) else as_number(other)
    if own.per is not None or second.low is not None:
        raise NotCompiled("a fact derived from an open count")
    if second.per is None:
        scale = max(own.scale, second.scale)
        own, second = scaled(own, scale), scaled(second, scale)
    else:  # own = value / 10^scale, second = value / (per * 10^scale)
        second = scaled(second, max(own.scale, second.scale))
        own = scaled(own, second.scale)
    known = at.settled(own.value).is_not_null()
    value = at.settled(pl.when(known).then(own.value).otherwise(second.value))
    per = None if second.per is None else pl.when(known).then(pl.lit(1, pl.Int64)).otherwise(second.per)
    ends = min(own.least, second.least), max(own.most, second.most)
    return Number(value, own.scale, *ends, per, second.widest, waits=at.open(value.is_null(), waits))
