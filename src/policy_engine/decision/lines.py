"""Numbers and dates around each line that an undetermined decision draws through a missing fact.

The comparisons that stayed unknown are collected while the decision is evaluated; each is then evaluated with trial
values. A difference that is a straight line in the fact (or its product with the fact, where the fact divides) gives
the crossing exactly; dates are found by bisection.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from policy_engine.evaluation.expressions import Locals
from policy_engine.evaluation.single import Single
from policy_engine.expression import tree
from policy_engine.expression.tree import Node
from policy_engine.expression.types import NumberType
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.model.vocabulary import Fact
from policy_engine.source import Span
from policy_engine.values import CONTEXT, Unknown, Value

__all__ = ["crossings", "dates_around", "numbers_around", "step_of"]

_FAR = Decimal(10) ** 12
_PLACES = 15
"""Places to which a crossing is exact: quotients in 34 digits leave a trace behind the last of them."""
_FIRST = datetime.date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class _Open:
    """Two sides of a comparison that stayed unknown, and where: the variables bound, and what it was asked about."""

    left: Node
    right: Node
    env: Locals
    facts: Facts
    own: FactRecord


class _Watched(Single):
    """Notes every comparison that stays unknown."""

    def __init__(self, run: Single) -> None:
        super().__init__(run.pack, run.facts, run.on, run.settings, run.scenario)
        self.unsettled: list[_Open] = []

    def value(self, node: Node, env: Locals) -> Value:
        value = super().value(node, env)
        if isinstance(value, Unknown):
            self.unsettled += [_Open(left, right, env, self.facts, self.own) for left, right in _sides(node)]
        return value


def _sides(node: Node) -> Iterator[tuple[Node, Node]]:
    """What a comparison compares."""
    if isinstance(node, tree.Binary) and node.op not in ("+", "-", "*", "/"):
        yield node.left, node.right
    elif isinstance(node, tree.Between):
        yield node.operand, node.low
        yield node.operand, node.high
    elif isinstance(node, tree.In):
        yield from ((node.operand, bound) for test in node.tests for bound in _bounds(test))


class _Trial(Single):
    """The run with one fact set, wherever it is looked up."""

    def __init__(self, run: Single, path: str, value: Any) -> None:
        super().__init__(run.pack, run.facts, run.on, run.settings, run.scenario)
        self.path_set, self.value_set = path, value

    def supplied(self, record: FactRecord, fact: Fact, span: Span) -> Value:
        if record.below(fact.id) == self.path_set:
            return self.value_set
        return super().supplied(record, fact, span)

    def sides(self, found: _Open) -> tuple[Value, Value]:
        self.facts, self.own = found.facts, found.own
        return self.value(found.left, found.env), self.value(found.right, found.env)


def _unsettled(run: Single, asked: tuple[str, str]) -> list[_Open]:
    watched = _Watched(run)
    watched.ask(*asked)
    return watched.unsettled


def _bounds(test: Node) -> tuple[Node, ...]:
    if isinstance(test, tree.RangeOf):
        return test.low, test.high
    return (test.operand,) if isinstance(test, tree.Test) else (test,)


def numbers_around(run: Single, asked: tuple[str, str], path: str, type_: NumberType) -> tuple[Decimal, ...]:
    """Just below, at and just above each line; in fen for money, in whole numbers for counts."""
    step = step_of(type_)
    least = Decimal(1) if path == "household_size" else None
    values: set[Decimal] = set()
    for crossing in crossings(run, asked, path):
        for rounding in (ROUND_FLOOR, ROUND_CEILING):
            at = (crossing / step).to_integral_value(rounding) * step
            values |= {at - step, at, at + step}
    kept = tuple(sorted(value for value in values if least is None or value >= least))
    return kept or ((least if least is not None else Decimal(0)),)


def step_of(type_: NumberType) -> Decimal:
    """The smallest change of a fact of this type: a fen, a person, else a ten-thousandth."""
    unit = str(type_.unit)
    return Decimal("0.01") if "CNY" in unit else Decimal(1) if unit in ("person", "household") else Decimal("0.0001")


def crossings(run: Single, asked: tuple[str, str], path: str) -> tuple[Decimal, ...]:
    """The values at which a missing number crosses a line that the decision draws, exactly; in rising order."""
    found = {_crossing(run, path, open_) for open_ in _unsettled(run, asked)}
    return tuple(sorted(value for value in found if value is not None))


def _crossing(run: Single, path: str, found: _Open) -> Decimal | None:
    points = [Decimal(1), Decimal(2), Decimal(4)]
    heights: list[Decimal] = []
    for point in points:
        one, other = _Trial(run, path, point).sides(found)
        if not (isinstance(one, Decimal) and isinstance(other, Decimal)):
            return None
        heights.append(CONTEXT.subtract(one, other))
    straight = _zero(points, heights)
    if straight is not None:
        return straight
    return _zero(points, [CONTEXT.multiply(point, height) for point, height in zip(points, heights, strict=True)])


def _zero(points: list[Decimal], heights: list[Decimal]) -> Decimal | None:
    """Where the straight line through the points meets zero; None where there is no such line, or it does so far away."""
    slope = (heights[1] - heights[0]) / (points[1] - points[0])
    rest = heights[2] - heights[1] - slope * (points[2] - points[1])
    if slope == 0 or abs(rest) > Decimal("1e-18"):
        return None
    at = points[0] - heights[0] / slope
    return round(at, _PLACES).normalize(CONTEXT) if abs(at) < _FAR else None


def dates_around(run: Single, asked: tuple[str, str], path: str) -> tuple[datetime.date, ...]:
    """The days on both sides of each change of a comparison between 1900 and the date asked about."""
    values: set[datetime.date] = set()
    for found in _unsettled(run, asked):
        values |= _change(run, path, found)
    return tuple(sorted(values)) or (run.on,)


def _change(run: Single, path: str, found: _Open) -> set[datetime.date]:
    def above(day: int) -> bool | None:
        one, other = _Trial(run, path, datetime.date.fromordinal(day)).sides(found)
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
