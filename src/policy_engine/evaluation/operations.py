"""Operators on values that may be unknown: comparison, equality, arithmetic.

An operation without a value (division by zero, a date past year 9999) is unknown with a problem and nothing missing.
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from policy_engine.errors import problem_of
from policy_engine.expression import temporal
from policy_engine.expression.functions import Undefined
from policy_engine.model.facts import FactRecord
from policy_engine.source import Span
from policy_engine.truth import Truth, conjunction
from policy_engine.values import CONTEXT, Months, Possibly, Record, Unknown, Value

__all__ = [
    "arithmetic",
    "compare",
    "equal",
    "is_open",
    "negative",
    "property_of",
    "truth_of",
    "undefined",
    "unknown_of",
]

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def truth_of(value: Value) -> Truth:
    """A boolean as a truth; unknown as None."""
    return None if isinstance(value, Unknown) else bool(value)


def unknown_of(*values: Value) -> Unknown:
    """What would settle the given values: their unknowns merged, also those inside lists and made-up records."""
    return Unknown.merge(_unknowns(values))


def _unknowns(values: tuple[Any, ...]) -> list[Unknown]:
    found: list[Unknown] = []
    for value in values:
        if isinstance(value, Unknown):
            found.append(value)
        elif isinstance(value, Possibly):
            found += _unknowns((*(part for pair in value.items for part in pair), value.more))
        else:
            found += _unknowns(_parts(value))
    return found


def _parts(value: Value) -> tuple[Any, ...]:
    """What a list or a record that an expression made consists of; a record of facts is known as far as it goes."""
    return value if type(value) is tuple else tuple(value.values()) if type(value) is Record else ()


def is_open(value: Value) -> bool:
    """Is the value unknown, or a list or record with a part that is unknown or merely possible?"""
    return isinstance(value, (Unknown, Possibly)) or any(map(is_open, _parts(value)))


def undefined(error: Undefined, span: Span) -> Unknown:
    return Unknown(problems=(problem_of(error.code, span, error.details),))


_SIMPLE = {bool, str, Decimal, datetime.date}


def equal(one: Value, other: Value) -> Truth:
    """Equality in three values, item by item inside lists; an unknown equals nothing and differs from nothing.

    A record of facts is the same as itself; of two, what is not known leaves open whether they are equal.
    """
    if type(one) is type(other) and type(one) in _SIMPLE:
        return bool(one == other)
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return _narrowed(lambda a, b: bool(a == b), one, other)
    if isinstance(one, Possibly) or isinstance(other, Possibly):
        return None
    if isinstance(one, tuple) and isinstance(other, tuple):
        if len(one) != len(other):
            return False
        return conjunction(equal(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, Record) and isinstance(other, Record):
        if isinstance(one, FactRecord) or isinstance(other, FactRecord):
            return True if _same_place(one, other) else None
        return one.keys() == other.keys() and conjunction(equal(one[name], other[name]) for name in one)
    return type(one) is type(other) and bool(one == other)


def _same_place(one: Record, other: Record) -> bool:
    if not isinstance(one, FactRecord) or not isinstance(other, FactRecord):
        return False
    return (one.form, one.path) == (other.form, other.path)


def compare(op: str, left: Value, right: Value) -> Value:
    """`left op right` for `= != < <= > >=`: a boolean, or unknown where neither candidates nor bounds settle it."""
    if op in ("=", "!="):
        truth = equal(left, right)
        truth = truth if truth is None or op == "=" else not truth
    elif isinstance(left, Unknown) or isinstance(right, Unknown):
        truth = _ordered_bounds(op, left, right)
    else:
        truth = _ORDER[op](left, right)
    return unknown_of(left, right) if truth is None else truth


def _narrowed(same: Callable[[Any, Any], bool], one: Value, other: Value) -> Truth:
    """Equality where candidates or bounds are all that is known."""
    first, second = _bounds(one), _bounds(other)
    if first is not None and second is not None:
        return False if first[1] < second[0] or second[1] < first[0] else None
    candidates, rest = (one, other) if isinstance(one, Unknown) and one.among else (other, one)
    if not isinstance(candidates, Unknown) or candidates.among is None or isinstance(rest, Unknown):
        return None
    answers = {same(candidate, rest) for candidate in candidates.among}
    return answers.pop() if len(answers) == 1 else None


def _bounds(value: Value) -> tuple[Decimal, Decimal] | None:
    if isinstance(value, Unknown):
        return value.between
    return (value, value) if isinstance(value, Decimal) else None


def _ordered_bounds(op: str, left: Value, right: Value) -> Truth:
    one, other = _bounds(left), _bounds(right)
    if one is None or other is None:
        return None
    answers = {_ORDER[op](one[0], other[1]), _ORDER[op](one[1], other[0])}
    return answers.pop() if len(answers) == 1 else None


def negative(value: Value) -> Value:
    if isinstance(value, Months):
        return Months(-value.count)
    return CONTEXT.minus(value) if isinstance(value, Decimal) else -value


def arithmetic(op: str, left: Value, right: Value, span: Span) -> Value:
    """`left op right` for `+ - * /`; the checker has made sure that the operands fit."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return unknown_of(left, right)
    try:
        return _arithmetic(op, left, right)
    except decimal.DivisionByZero:
        return undefined(Undefined("value.division_by_zero"), span)
    except (decimal.DecimalException, OverflowError, ZeroDivisionError):
        return undefined(Undefined("value.overflow"), span)


_NUMBERS = {"+": CONTEXT.add, "-": CONTEXT.subtract, "*": CONTEXT.multiply, "/": CONTEXT.divide}


def _arithmetic(op: str, left: Any, right: Any) -> Value:
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        if op == "/" and right == 0:
            raise decimal.DivisionByZero
        return _NUMBERS[op](left, right)
    if isinstance(left, datetime.date):
        if isinstance(right, Months):
            return temporal.add_months(left, right if op == "+" else Months(-right.count))
        return _moved(left, op, right)
    if isinstance(right, datetime.date):
        return _arithmetic(op, right, left)
    if isinstance(left, str):
        return left + right
    return _durations(op, left, right)


def _moved(day: datetime.date, op: str, other: Any) -> Value:
    """A date minus a date, or a date moved by a duration: counted from midnight, the time of day then dropped."""
    if isinstance(other, datetime.date):
        return day - other
    midnight = datetime.datetime.combine(day, datetime.time())
    return (midnight + other if op == "+" else midnight - other).date()


def _durations(op: str, left: Any, right: Any) -> Value:
    """Durations among themselves, and scaled by a number; parts of a month or of a microsecond are cut off."""
    if op in "+-":
        if isinstance(left, Months):
            return Months(left.count + right.count if op == "+" else left.count - right.count)
        return left + right if op == "+" else left - right
    if isinstance(left, Decimal):
        left, right = right, left
    amount = _amount(left)
    if not isinstance(right, Decimal):
        return _arithmetic("/", amount, _amount(right))
    found = _arithmetic(op, amount, right)
    if abs(found) > _LARGEST:
        raise OverflowError
    scaled = int(found)
    return Months(scaled) if isinstance(left, Months) else datetime.timedelta(microseconds=scaled)


_LARGEST = Decimal(10) ** 20
"""Months, or microseconds, of a duration at most."""


def _amount(duration: Months | datetime.timedelta) -> Decimal:
    if isinstance(duration, Months):
        return Decimal(duration.count)
    return Decimal(duration // datetime.timedelta(microseconds=1))


def property_of(value: Value, name: str) -> Value:
    """A property of a date or a duration (DMN 1.5, table 65)."""
    if name == "weekday":
        return Decimal(value.isoweekday())
    if name in ("year", "month", "day"):
        return Decimal(getattr(value, name))
    if name in ("years", "months"):
        years, months = divmod(abs(value.count), 12)
        return Decimal((years if name == "years" else months) * (-1 if value.count < 0 else 1))
    seconds = abs(value) // datetime.timedelta(seconds=1)
    size, over = {"days": (86400, None), "hours": (3600, 24), "minutes": (60, 60), "seconds": (1, 60)}[name]
    part = seconds // size if over is None else seconds // size % over
    return Decimal(part if value.days >= 0 else -part)
