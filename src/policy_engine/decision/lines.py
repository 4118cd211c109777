"""Numbers and dates around each line that an undetermined decision draws through a missing fact.

The comparisons that stayed unknown are collected while the decision is evaluated; each is then evaluated with trial
values. A difference that is a straight line in the fact (or its product with the fact, where the fact divides) gives
the crossing exactly; dates are found by bisection.
"""

from __future__ import annotations

import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from policy_engine.evaluation.expressions import Locals
from policy_engine.evaluation.single import Single
from policy_engine.expression import tree
from policy_engine.expression.tree import Node
from policy_engine.expression.types import NumberType
from policy_engine.model.facts import FactRecord
from policy_engine.values import CONTEXT, Unknown, Value

__all__ = ["dates_around", "numbers_around"]

_FIRST = datetime.date(1900, 1, 1)


class _Watched(Single):
    """Notes every comparison that stays unknown, with the variables bound around it."""

    def __init__(self, run: Single) -> None:
        super().__init__(run.pack, run.facts, run.on, run.settings, run.scenario)
        self.unsettled: list[tuple[Node, Locals]] = []

    def value(self, node: Node, env: Locals) -> Value:
        value = super().value(node, env)
        if isinstance(value, Unknown) and isinstance(node, (tree.Binary, tree.Between, tree.In)):
            self.unsettled.append((node, env))
        return value


class _Trial(Single):
    """The run with one fact set, wherever it is looked up."""

    def __init__(self, run: Single, path: str, value: Any) -> None:
        super().__init__(run.pack, run.facts, run.on, run.settings, run.scenario)
        self.path_set, self.value_set = path, value

    def supplied(self, record: FactRecord, fact: Any, span: Any) -> Value:
        if record.below(fact.id) == self.path_set:
            return self.value_set
        return super().supplied(record, fact, span)


def _differences(run: Single, asked: tuple[str, str]) -> list[tuple[Node, Node, Locals]]:
    """Both sides of every comparison that stayed unknown."""
    watched = _Watched(run)
    watched.ask(*asked)
    pairs: list[tuple[Node, Node, Locals]] = []
    for node, env in watched.unsettled:
        if isinstance(node, tree.Binary) and node.op not in ("+", "-", "*", "/"):
            pairs.append((node.left, node.right, env))
        elif isinstance(node, tree.Between):
            pairs += [(node.operand, node.low, env), (node.operand, node.high, env)]
        elif isinstance(node, tree.In):
            for test in node.tests:
                pairs += [(node.operand, bound, env) for bound in _bounds(test)]
    return pairs


def _bounds(test: Node) -> tuple[Node, ...]:
    if isinstance(test, tree.RangeOf):
        return test.low, test.high
    return (test.operand,) if isinstance(test, tree.Test) else (test,)


def numbers_around(run: Single, asked: tuple[str, str], path: str, type_: NumberType) -> tuple[Decimal, ...]:
    """Just below, at and just above each line; in fen for money, in whole numbers for counts."""
    unit = str(type_.unit)
    step = Decimal("0.01") if "CNY" in unit else Decimal(1) if unit in ("person", "household") else Decimal("0.0001")
    least = Decimal(1) if path == "household_size" else None
    values: set[Decimal] = set()
    for left, right, env in _differences(run, asked):
        crossing = _crossing(run, path, left, right, env)
        if crossing is not None and abs(crossing) < Decimal(10) ** 12:
            for rounding in (ROUND_FLOOR, ROUND_CEILING):
                at = (crossing / step).to_integral_value(rounding) * step
                values |= {at - step, at, at + step}
    found = tuple(sorted(value for value in values if least is None or value >= least))
    return found or ((least if least is not None else Decimal(0)),)


def _crossing(run: Single, path: str, left: Node, right: Node, env: Locals) -> Decimal | None:
    points = [Decimal(1), Decimal(2), Decimal(4)]
    heights: list[Decimal] = []
    for point in points:
        trial = _Trial(run, path, point)
        one, other = trial.value(left, env), trial.value(right, env)
        if not (isinstance(one, Decimal) and isinstance(other, Decimal)):
            return None
        heights.append(CONTEXT.subtract(one, other))
    straight = _zero(points, heights)
    if straight is not None:
        return straight
    return _zero(points, [CONTEXT.multiply(point, height) for point, height in zip(points, heights, strict=True)])


def _zero(points: list[Decimal], heights: list[Decimal]) -> Decimal | None:
    """Where the straight line through the points meets zero; None where there is no such line."""
    slope = (heights[1] - heights[0]) / (points[1] - points[0])
    rest = heights[2] - heights[1] - slope * (points[2] - points[1])
    if slope == 0 or abs(rest) > Decimal("1e-18"):
        return None
    return points[0] - heights[0] / slope


def dates_around(run: Single, asked: tuple[str, str], path: str) -> tuple[datetime.date, ...]:
    """The days on both sides of each change of a comparison between 1900 and the date asked about."""
    values: set[datetime.date] = set()
    for left, right, env in _differences(run, asked):
        values |= _change(run, path, left, right, env)
    return tuple(sorted(values)) or (run.on,)


def _change(run: Single, path: str, left: Node, right: Node, env: Locals) -> set[datetime.date]:
    def above(day: int) -> bool | None:
        trial = _Trial(run, path, datetime.date.fromordinal(day))
        one, other = trial.value(left, env), trial.value(right, env)
        return None if isinstance(one, Unknown) or isinstance(other, Unknown) else bool(one > other)

    low, high = _FIRST.toordinal(), run.on.toordinal()
    start, end = above(low), above(high)
    if start is None or end is None or start == end:
        return set()
    while high - low > 1:
        middle = (low + high) // 2
        if above(middle) == start:
            low = middle
        else:
            high = middle
    return {datetime.date.fromordinal(low), datetime.date.fromordinal(high)}
