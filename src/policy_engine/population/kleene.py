"""Truths in columns: Kleene's logic, and choices, with what an open result waits for."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from policy_engine.population.column import Column, Const, NotCompiled, Open, Truth, Waits, folded, gated, merged
from policy_engine.population.plan import Plan

__all__ = ["FALSE", "NOTHING", "TRUE", "At", "truth_expression"]

TRUE = Const(True)
FALSE = Const(False)
NOTHING = pl.lit(None, pl.Boolean)
"""The unknown truth."""


@dataclass(frozen=True, slots=True)
class At:
    """A frame of a plan in the making; `waiting`: what open values wait for is compiled too."""

    plan: Plan
    frame: str
    waiting: bool

    def settled(self, expression: pl.Expr) -> pl.Expr:
        """The expression as a column of its own, to be named again."""
        return self.plan.define(self.frame, folded(expression))

    def open(self, unknown: pl.Expr, parts: Iterable[Column | Waits]) -> Waits:
        """What a result waits for where it is unknown: all that its parts wait for."""
        if not self.waiting:
            return {}
        return gated(unknown, merged(part if isinstance(part, Mapping) else part.waits for part in parts))

    # ---- truths

    def truth(self, value: pl.Expr, *parts: Column | Waits) -> Truth:
        """A truth made of these parts; open, it waits for what they wait for."""
        value = self.settled(value)
        return Truth(value, waits=self.open(value.is_null(), parts))

    def and_(self, operands: Iterable[Column]) -> Column:
        return self._logic(operands, decides=False)

    def or_(self, operands: Iterable[Column]) -> Column:
        return self._logic(operands, decides=True)

    def _logic(self, operands: Iterable[Column], *, decides: bool) -> Column:
        found = [operand for operand in operands if not (isinstance(operand, Const) and operand.value is not decides)]
        if any(isinstance(operand, Const) for operand in found):
            return Const(decides)
        if not found:
            return Const(not decides)
        if len(found) == 1:
            return found[0]
        if all(isinstance(operand, Open) for operand in found):
            return Open(waits=merged(operand.waits for operand in found))
        join = operator.or_ if decides else operator.and_
        return self.truth(functools.reduce(join, map(truth_expression, found)), *found)

    def not_(self, operand: Column) -> Column:
        if isinstance(operand, Const):
            return Const(not operand.value)
        if isinstance(operand, Open):
            return operand
        return Truth(folded(~truth_expression(operand)), waits=operand.waits)


def truth_expression(column: Column) -> pl.Expr:
    """A truth as an expression."""
    if isinstance(column, Truth):
        return column.value
    if isinstance(column, Const) and isinstance(column.value, bool):
        return pl.lit(column.value)
    if isinstance(column, Open):
        return NOTHING
    raise NotCompiled(f"{type(column).__name__} as a truth")
