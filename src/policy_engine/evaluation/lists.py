"""Lists whose items may be unknown or may not belong: filters, quantifiers, and the functions over lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from policy_engine.evaluation.operations import equal, truth_of, unknown_of
from policy_engine.truth import conjunction, disjunction, negation
from policy_engine.values import CONTEXT, Possibly, Unknown, Value

__all__ = ["FUNCTIONS", "and_", "filtered", "mapped", "members", "not_", "or_"]


_UNBOUNDED = Decimal("Infinity")


def and_(values: Iterable[Value]) -> Value:
    """Kleene *and* of booleans; where open, the unknowns of its open operands merged."""
    found = list(values)
    truth = conjunction(map(truth_of, found))
    return unknown_of(*found) if truth is None else truth


def or_(values: Iterable[Value]) -> Value:
    """Kleene *or* of booleans; where open, the unknowns of its open operands merged."""
    found = list(values)
    truth = disjunction(map(truth_of, found))
    return unknown_of(*found) if truth is None else truth


def not_(value: Value) -> Value:
    return value.plain() if isinstance(value, Unknown) else negation(value)


def members(items: Value) -> Iterator[tuple[Any, Any]]:
    """Every item with `True`, or with the unknown that its membership waits for; unknown further items count as one."""
    if isinstance(items, Possibly):
        yield from items.items
        if items.more is not None:
            yield items.more, items.more
    else:
        for item in items:
            yield item, True


def filtered(items: Value, condition: Callable[[Any], Value]) -> Value:
    """The items for which the condition holds; one for which it is unknown stays as a possible item."""
    more = items.more if isinstance(items, Possibly) else None
    kept: list[tuple[Any, Any]] = []
    for item, belongs in items.items if isinstance(items, Possibly) else members(items):
        holds = and_((belongs, condition(item)))
        if holds is not False:
            kept.append((item, holds))
    if more is None and all(holds is True for _, holds in kept):
        return tuple(item for item, _ in kept)
    return Possibly(tuple(kept), more)


def mapped(items: Value, of: Callable[[Any], Value]) -> Value:
    if isinstance(items, Possibly):
        return Possibly(tuple((of(item), belongs) for item, belongs in items.items), items.more)
    return tuple(of(item) for item in items)


def _any(items: Value) -> Value:
    return or_(and_(pair) for pair in members(items))


def _all(items: Value) -> Value:
    return and_(or_((not_(belongs), item)) for item, belongs in members(items))


def _contains(items: Value, wanted: Value) -> Value:
    def same(item: Any) -> Value:
        truth = equal(item, wanted)
        return unknown_of(item, wanted) if truth is None else truth

    return or_(and_((belongs, same(item))) for item, belongs in members(items))


def _count(items: Value) -> Value:
    if not isinstance(items, Possibly):
        return Decimal(len(items))
    certain = sum(belongs is True for _, belongs in items.items)
    unknown = unknown_of(items.more, *(belongs for _, belongs in items.items))
    most = Decimal(len(items.items)) if items.more is None else _UNBOUNDED
    return Unknown(unknown.missing, unknown.problems, between=(Decimal(certain), most))


def _sum(items: Value) -> Value:
    if isinstance(items, Possibly) and items.more is not None:
        return unknown_of(items)
    low = high = Decimal(0)
    open_: list[Unknown] = []
    for item, belongs in members(items):
        if isinstance(item, Unknown):
            return unknown_of(items)
        if belongs is not True:
            open_.append(belongs)
        low = CONTEXT.add(low, item if belongs is True else min(item, Decimal(0)))
        high = CONTEXT.add(high, item if belongs is True else max(item, Decimal(0)))
    if not open_:
        return low
    unknown = Unknown.merge(open_)
    return Unknown(unknown.missing, unknown.problems, between=(low, high))


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "any": _any,
    "all": _all,
    "list contains": _contains,
    "count": _count,
    "sum": _sum,
}
"""The functions that an unknown item does not always make unknown."""
