"""Exact figures in columns: whole numbers with a fixed scale, whose widths are proved when they are compiled.

The single evaluator counts with 34 digits. Sums, differences and products below 10^33 are exact there and here. A
quotient is kept as its two parts and only ever compared, by cross-multiplication: where both products stay below 10^33,
two quotients that differ still differ after rounding to 34 digits, so both answer alike. Anything else is not compiled.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl

from policy_engine.population.answers import ENDLESS
from policy_engine.population.column import Column, Const, NotCompiled, Number, folded, ordered
from policy_engine.population.kleene import NOTHING, At
from policy_engine.values import CONTEXT

__all__ = ["added", "as_number", "compared", "divided", "largest", "multiplied", "negated", "scaled"]

_EXACT = 10**33
_SMALL = 2**63
_ZERO = pl.lit(0, pl.Int64)


def as_number(column: Column) -> Number:
    if isinstance(column, Number):
        return column
    if isinstance(column, Const) and isinstance(column.value, Decimal):
        exponent = int(column.value.normalize(CONTEXT).as_tuple().exponent)
        scale = max(0, -exponent)
        whole = int(column.value.scaleb(scale, CONTEXT))
        return Number(_literal(whole), scale, whole, whole)
    raise NotCompiled(f"{type(column).__name__} as a number")


def _literal(whole: int) -> pl.Expr:
    if not -_EXACT < whole < _EXACT:
        raise NotCompiled("a number of more than 33 digits")
    return pl.lit(whole, pl.Int64 if -_SMALL < whole < _SMALL else pl.Int128)


def _wide(expression: pl.Expr, least: int, most: int) -> pl.Expr:
    """The expression in a type that holds a result between these."""
    if not -_EXACT < least <= most < _EXACT:
        raise NotCompiled("a result of more than 33 digits")
    return expression if -_SMALL < least <= most < _SMALL else folded(expression.cast(pl.Int128))


def scaled(number: Number, scale: int) -> Number:
    """The same number with more places."""
    if number.scale == scale:
        return number
    factor = 10 ** (scale - number.scale)
    least, most = number.least * factor, number.most * factor
    kept = {
        part: None if value is None else folded(_wide(value, least, most) * _literal(factor))
        for part, value in (("value", number.value), ("low", number.low), ("high", number.high))
    }
    changes: dict[str, Any] = {**kept, "scale": scale, "least": least, "most": most}
    return replace(number, **changes)


def _aligned(left: Column, right: Column) -> tuple[Number, Number]:
    one, other = as_number(left), as_number(right)
    scale = max(one.scale, other.scale)
    return scaled(one, scale), scaled(other, scale)


def _undivided(*numbers: Number) -> None:
    if any(number.per is not None for number in numbers):
        raise NotCompiled("arithmetic with a quotient, which is rounded to 34 digits")


# ---- arithmetic


def added(at: At, op: str, left: Column, right: Column) -> Number:
    one, other = _aligned(left, right)
    _undivided(one, other)
    if op == "+":
        least, most = one.least + other.least, one.most + other.most
        value = _wide(one.value, least, most) + _wide(other.value, least, most)
    else:
        least, most = one.least - other.most, one.most - other.least
        value = _wide(one.value, least, most) - _wide(other.value, least, most)
    return _made(at, value, one.scale, (least, most), left, right)


def multiplied(at: At, left: Column, right: Column) -> Number:
    one, other = as_number(left), as_number(right)
    _undivided(one, other)
    ends = _products(one, other)
    value = _wide(one.value, *ends) * _wide(other.value, *ends)
    return _made(at, value, one.scale + other.scale, ends, left, right)


def _products(one: Number, other: Number) -> tuple[int, int]:
    ends = [a * b for a in (one.least, one.most) for b in (other.least, other.most)]
    return min(ends), max(ends)


def divided(at: At, left: Column, right: Column) -> Number:
    """The quotient in two parts; without a value where the divisor is zero."""
    one, other = as_number(left), as_number(right)
    _undivided(one, other)
    one = scaled(one, max(one.scale, other.scale))
    over = at.settled(other.value)
    value: pl.Expr = pl.when(over > 0).then(one.value)
    per = over
    least, most = one.least, one.most
    if other.least < 0:
        value = pl.when(over < 0).then(_ZERO - one.value).otherwise(value)
        per = over.abs()
        least, most = min(least, -most), max(most, -least)
    widest = max(abs(other.least), abs(other.most))
    number = _made(at, value, one.scale - other.scale, (least, most), left, right)
    known = pl.when(number.value.is_not_null()).then(per)
    return replace(number, per=known, widest=max(widest, 1))


def negated(operand: Number) -> Number:
    least, most = -operand.most, -operand.least
    return replace(operand, value=_ZERO - operand.value, least=least, most=most, low=None, high=None)


def largest(at: At, op: str, columns: tuple[Column, ...]) -> Number:
    """`max` or `min` of several numbers; open where one of them is."""
    numbers = [as_number(column) for column in columns]
    _undivided(*numbers)
    scale = max(number.scale for number in numbers)
    numbers = [scaled(number, scale) for number in numbers]
    take = max if op == "max" else min
    ends = take(number.least for number in numbers), take(number.most for number in numbers)
    values = [_wide(number.value, min(n.least for n in numbers), max(n.most for n in numbers)) for number in numbers]
    known = pl.all_horizontal(value.is_not_null() for value in values)
    choose = pl.max_horizontal if op == "max" else pl.min_horizontal
    return _made(at, pl.when(known).then(choose(values)), scale, ends, *columns)


def _made(at: At, value: pl.Expr, scale: int, ends: tuple[int, int], *parts: Column) -> Number:
    value = at.settled(value)
    return Number(value, scale, *ends, waits=at.open(value.is_null(), parts))


# ---- comparison


def compared(op: str, left: Column, right: Column) -> pl.Expr:
    """The truth of `left op right`; by the bounds where a value is open and they settle it."""
    one, other = _aligned(left, right)
    if one.low is not None or other.low is not None:
        return _by_bounds(op, one, other)
    a, b = one.value, other.value
    ends_a, ends_b = (one.least, one.most), (other.least, other.most)
    if one.per is not None or other.per is not None:
        a, ends_a = _times(one, other)
        b, ends_b = _times(other, one)
    least, most = min(ends_a[0], ends_b[0]), max(ends_a[1], ends_b[1])
    return ordered(op, _wide(a, least, most), _wide(b, least, most))


def _times(number: Number, over: Number) -> tuple[pl.Expr, tuple[int, int]]:
    """A number times what the other is divided by."""
    if over.per is None:
        return number.value, (number.least, number.most)
    ends = min(number.least * over.widest, number.least), max(number.most * over.widest, number.most)
    return _wide(number.value, *ends) * _wide(over.per, *ends), ends


def _by_bounds(op: str, one: Number, other: Number) -> pl.Expr:
    _undivided(one, other)
    if max(abs(end) for number in (one, other) for end in (number.least, number.most)) >= _SMALL:
        raise NotCompiled("bounds beside a number of more than 18 digits")
    for number, against in ((one, other), (other, one)):
        if number.low is not None and number.most >= ENDLESS <= against.most:
            raise NotCompiled("a count without an end beside a number as large")
    a, b = _bounds(one), _bounds(other)
    if op in ("=", "!="):
        apart = pl.when(ordered("<", a[1], b[0]) | ordered("<", b[1], a[0])).then(pl.lit(op == "!="))
        return pl.coalesce(ordered(op, one.value, other.value), apart)
    narrow, wide = ordered(op, a[0], b[1]), ordered(op, a[1], b[0])
    return pl.when(narrow == wide).then(narrow).otherwise(NOTHING)


def _bounds(number: Number) -> tuple[pl.Expr, pl.Expr]:
    if number.low is None or number.high is None:
        return number.value, number.value
    return number.low, number.high
