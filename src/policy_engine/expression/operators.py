"""Which operands an operator takes, and of what type its result is (DMN 1.5, tables 50 to 58), with units."""

from __future__ import annotations

from policy_engine.expression.types import (
    DATE,
    DAYS,
    MONTHS,
    NEVER,
    NUMBER,
    TEXT,
    CodeType,
    ListType,
    Mixed,
    NumberType,
    RangeType,
    RecordType,
    Type,
    join,
)
from policy_engine.values import Unit

__all__ = ["arithmetic", "comparable"]


def arithmetic(op: str, left: Type, right: Type) -> Type | None:
    """The type of `left op right`, or None where the operator does not take such operands."""
    if NEVER in (left, right):
        return NEVER
    if isinstance(left, NumberType) and isinstance(right, NumberType):
        return _numbers(op, left, right)
    if op == "+" and _is_text(left) and _is_text(right):
        return TEXT
    return _temporal(op, left, right)


def _is_text(given: Type) -> bool:
    return given == TEXT or isinstance(given, CodeType)


def _numbers(op: str, left: NumberType, right: NumberType) -> Type | None:
    if op in "+-":
        if left.unit is not None and right.unit is not None and left.unit != right.unit:
            return None
        return NumberType(left.unit if left.unit is not None else right.unit)
    if op == "*":
        if left.unit is None or right.unit is None:
            return NumberType(left.unit if left.unit is not None else right.unit)
        return NumberType(left.unit.times(right.unit))
    if right.unit is None:
        return left
    return NumberType((left.unit or Unit()).times(right.unit, -1))


_TEMPORAL: dict[tuple[str, Type, Type], Type] = {
    ("-", DATE, DATE): DAYS,
    **{(op, DATE, duration): DATE for op in "+-" for duration in (DAYS, MONTHS)},
    **{("+", duration, DATE): DATE for duration in (DAYS, MONTHS)},
    **{(op, duration, duration): duration for op in "+-" for duration in (DAYS, MONTHS)},
    **{("/", duration, duration): NUMBER for duration in (DAYS, MONTHS)},
}


def _temporal(op: str, left: Type, right: Type) -> Type | None:
    if isinstance(right, NumberType) and left in (DAYS, MONTHS) and op in "*/":
        return left
    if isinstance(left, NumberType) and right in (DAYS, MONTHS) and op == "*":
        return right
    return _TEMPORAL.get((op, left, right))


def comparable(op: str, left: Type, right: Type) -> bool:
    """May `left op right` be asked? Equality: of two things of one kind; order: of numbers, texts, dates, durations."""
    if NEVER in (left, right):
        return True
    if isinstance(left, NumberType) and isinstance(right, NumberType):
        return left.unit is None or right.unit is None or left.unit == right.unit
    if op in ("=", "!="):
        if _of_facts(left) or _of_facts(right):
            return False
        if isinstance(left, CodeType) and isinstance(right, CodeType):
            return left == right
        return join(left, right) is not None or Mixed in (type(left), type(right)) or _both_lists(left, right)
    return left == right and left in (TEXT, DATE, DAYS, MONTHS)


def _of_facts(type_: Type) -> bool:
    """A record of facts, or a list of such: what is not known of one leaves open whether it equals another."""
    if isinstance(type_, ListType):
        return _of_facts(type_.item)
    if isinstance(type_, Mixed):
        return any(map(_of_facts, type_.types))
    return isinstance(type_, RecordType) and bool(type_.name)


def _both_lists(left: Type, right: Type) -> bool:
    if isinstance(left, RangeType) and isinstance(right, RangeType):
        return comparable("=", left.item, right.item)
    return isinstance(left, ListType) and isinstance(right, ListType) and comparable("=", left.item, right.item)
