"""Expressions to columns, by recursion over the typed tree; as `evaluation.expressions` on one subject.

What a name means is left to the compiler that stands above (`compile`). A construct that is not proved exact in columns
raises `NotCompiled`, which says why; the decision is then answered row by row.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import polars as pl

from policy_engine.expression import tree
from policy_engine.expression.functions import FUNCTIONS, Undefined
from policy_engine.expression.tree import Node
from policy_engine.expression.types import ListType, NumberType, RangeType
from policy_engine.population import lists
from policy_engine.population.column import (
    Chosen,
    Code,
    Collected,
    Column,
    Const,
    Day,
    Given,
    Items,
    Listed,
    NotCompiled,
    Open,
    Row,
    Text,
    Truth,
    Values,
    each,
    gated,
    simple,
)
from policy_engine.population.functions import call
from policy_engine.population.kleene import FALSE, TRUE, At, truth_expression
from policy_engine.population.lists import Missings
from policy_engine.population.operations import arithmetic, by_candidate, choice, compare, property_of
from policy_engine.population.plan import Plan

__all__ = ["Bound", "ExpressionCompiler", "Scope"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound variable: a row, or a column of the frame in which it was bound."""

    frame: str
    column: Column


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: the frame of its rows, the subject's row, the row that it is about, bound variables."""

    frame: str
    root: Row
    own: Row
    bound: Mapping[str, Bound]

    def with_(self, frame: str, name: str, column: Column) -> Scope:
        return replace(self, frame=frame, bound={**self.bound, name: Bound(frame, column)})


class ExpressionCompiler(ABC):
    def __init__(self, plan: Plan, missings: Missings, *, waiting: bool) -> None:
        self.plan = plan
        self.missings = missings
        self.waiting = waiting
        self._visitors: dict[type[Node], Callable[[Any, Scope], Column]] = {
            tree.Literal: lambda node, _: Const(node.value),
            tree.Name: self.name,
            tree.Path: self.path,
            tree.Filter: self.filter,
            tree.Binary: self.binary,
            tree.Negative: self.negative,
            tree.Logic: self.logic,
            tree.Between: self.between,
            tree.In: self.in_,
            tree.If: self.if_,
            tree.Quantified: self.quantified,
            tree.Call: self.call,
            tree.ListOf: self.list_of,
        }

    def column(self, node: Node, scope: Scope) -> Column:
        """The column of a typed expression in the frame of its scope."""
        visitor = self._visitors.get(type(node))
        if visitor is None:
            raise NotCompiled(f"{type(node).__name__} as a value")
        return visitor(node, scope)

    def at(self, scope: Scope) -> At:
        return At(self.plan, scope.frame, self.waiting)

    @abstractmethod
    def global_(self, node: tree.Name, scope: Scope) -> Column:
        """The column of a name that is not bound in the expression."""

    @abstractmethod
    def fact(self, row: Row, entry: str, scope: Scope) -> Column:
        """A fact of a row, or a decision about it, in the frame of the scope."""

    # ---- names and paths

    def name(self, node: tree.Name, scope: Scope) -> Column:
        if node.kind == "local" or node.kind.startswith("item"):
            bound = scope.bound[node.bound_as]
            return self.brought(bound.column, bound.frame, scope.frame)
        if node.kind == "own":
            return self.fact(scope.own, node.id, scope)
        return self.global_(node, scope)

    def brought(self, column: Column, start: str, frame: str) -> Column:
        """A column of a frame around, in this one. A row is a place, the same from everywhere."""
        if start == frame or isinstance(column, (Row, Const)):
            return column
        if isinstance(column, (Items, Values, Given)):
            raise NotCompiled("a list from a place around")
        found: Column = taken(self.plan, column, start, frame)
        return found

    def path(self, node: tree.Path, scope: Scope) -> Column:
        target = self.column(node.target, scope)
        if isinstance(target, Items):
            inside = replace(scope, frame=target.frame)
            return Values(target, self.entry(target.item, node, inside))
        return self.entry(target, node, scope)

    def entry(self, target: Column, node: tree.Path, scope: Scope) -> Column:
        if isinstance(target, Row):
            return self.fact(target, node.entry, scope)
        return property_of(self.at(scope), target, node.entry)

    def filter(self, node: tree.Filter, scope: Scope) -> Column:
        target = self.column(node.target, scope)
        if isinstance(node.condition.typed, NumberType):
            raise NotCompiled("a position in a list")
        if isinstance(target, Open):
            return target
        items = self.items(target, scope)
        if not isinstance(items, Items):
            raise NotCompiled(f"a filter on {type(target).__name__}")
        inside = scope.with_(items.frame, node.bound_as, items.item)
        holds = self.column(node.condition, inside)
        return replace(items, belongs=self.at(inside).and_((items.belongs, holds)))

    def items(self, column: Column, scope: Scope) -> Column:
        """A list that stands in one cell as rows of its own; any other list as it is."""
        if not isinstance(column, Listed):
            return column
        value = self.plan.define(scope.frame, column.value)
        frame = self.plan.cells(scope.frame, value)
        return Items(frame, _item(column), value.is_not_null(), TRUE, column.more, waits=column.waits)

    # ---- operators

    def binary(self, node: tree.Binary, scope: Scope) -> Column:
        left, right = self.column(node.left, scope), self.column(node.right, scope)
        if not (simple(left) and simple(right)):
            raise NotCompiled(f"{node.op} between lists or records")
        if node.op in ("+", "-", "*", "/"):
            return arithmetic(self.at(scope), node.op, left, right)
        return compare(self.at(scope), node.op, left, right)

    def negative(self, node: tree.Negative, scope: Scope) -> Column:
        return call(self.at(scope), "-", (self.column(node.operand, scope),))

    def logic(self, node: tree.Logic, scope: Scope) -> Column:
        at = self.at(scope)
        join = at.and_ if node.op == "and" else at.or_
        return join(self.column(operand, scope) for operand in node.operands)

    def between(self, node: tree.Between, scope: Scope) -> Column:
        at = self.at(scope)
        operand, low, high = (self.column(part, scope) for part in (node.operand, node.low, node.high))
        return at.and_((compare(at, ">=", operand, low), compare(at, "<=", operand, high)))

    def in_(self, node: tree.In, scope: Scope) -> Column:
        operand = self.column(node.operand, scope)
        if not simple(operand):
            raise NotCompiled("in for lists or records")
        if not isinstance(operand, Chosen):
            return self.passes(node, operand, scope)
        at = self.at(scope)
        answers = {id_: self.passes(node, Const(id_), scope) for id_ in operand.ids}
        value = by_candidate(at, operand, lambda candidate: answers[candidate.value])
        open_ = self.passes(node, Open(waits=operand.waits), scope)
        if not isinstance(open_, Open):  # an empty list settles it without the outcome
            mask = at.settled(operand.mask)
            value = pl.when(mask == 0).then(truth_expression(open_)).otherwise(value)
        asked = [gated(operand.mask & (1 << number) != 0, answers[id_].waits) for number, id_ in enumerate(operand.ids)]
        return at.truth(value, operand, *asked)

    def passes(self, node: tree.In, operand: Column, scope: Scope) -> Column:
        return self.at(scope).or_(self.test(test, operand, scope) for test in node.tests)

    def test(self, node: Node, operand: Column, scope: Scope) -> Column:
        """Does the operand pass one test behind `in`?"""
        at = self.at(scope)
        if isinstance(node, tree.Test):
            return compare(at, node.op, operand, self.column(node.operand, scope))
        if isinstance(node.typed, RangeType):
            return self.in_range(node, operand, scope)
        if isinstance(node, tree.ListOf) and any(isinstance(item.typed, RangeType) for item in node.items):
            return at.or_(self.test(item, operand, scope) for item in node.items)
        found = self.column(node, scope)
        if isinstance(node.typed, ListType):
            return lists.contains(at, found, operand)
        return compare(at, "=", operand, found)

    def in_range(self, node: Node, operand: Column, scope: Scope) -> Column:
        if not isinstance(node, tree.RangeOf):
            raise NotCompiled("a range that is not written out")
        at = self.at(scope)
        low, high = self.column(node.low, scope), self.column(node.high, scope)
        above = compare(at, ">=" if node.low_in else ">", operand, low)
        return at.and_((above, compare(at, "<=" if node.high_in else "<", operand, high)))

    # ---- choices and quantifiers

    def if_(self, node: tree.If, scope: Scope) -> Column:
        condition = self.column(node.condition, scope)
        if isinstance(condition, Const):
            return self.column(node.then if condition.value else node.otherwise, scope)
        then, otherwise = self.column(node.then, scope), self.column(node.otherwise, scope)
        if not (simple(then) and simple(otherwise)):
            raise NotCompiled("a choice between lists or records")
        return choice(self.at(scope), condition, then, otherwise)

    def quantified(self, node: tree.Quantified, scope: Scope) -> Column:
        return self.over(node, node.bindings, scope)

    def over(self, node: tree.Quantified, bindings: tuple[tuple[str, Node], ...], scope: Scope) -> Column:
        if not bindings:
            return self.column(node.condition, scope)
        (name, domain), *rest = bindings
        at = self.at(scope)
        items = self.items(self.column(domain, scope), scope)
        if isinstance(items, Open):
            return items
        if isinstance(items, Collected):
            items = lists.belonging(at, items)
        written = lists.given(items)
        if written is not None:
            judged = (
                (belongs, self.over(node, tuple(rest), scope.with_(scope.frame, name, item)))
                for item, belongs in written.items
            )
            if node.every:
                return at.and_(at.or_((at.not_(belongs), holds)) for belongs, holds in judged)
            return at.or_(at.and_(pair) for pair in judged)
        item = items.of if isinstance(items, Values) else items.item if isinstance(items, Items) else None
        items = items.items if isinstance(items, Values) else items
        if item is None or not isinstance(items, Items):
            raise NotCompiled(f"a quantifier over {type(items).__name__}")
        holds = self.over(node, tuple(rest), scope.with_(items.frame, name, item))
        further = None
        if items.more is not None:  # an item of which nothing is known
            unknown = Open(waits=items.more.waits)
            further = self.over(node, tuple(rest), scope.with_(scope.frame, name, unknown))
        judge = lists.all_ if node.every else lists.any_
        return judge(at, items, holds, self.missings, further)

    # ---- calls

    def call(self, node: tree.Call, scope: Scope) -> Column:
        arguments = tuple(self.column(argument, scope) for argument in node.arguments)
        at = self.at(scope)
        if node.function == "is known":
            return is_known(arguments[0])
        if node.function == "list contains":
            return lists.contains(at, arguments[0], arguments[1])
        signature = FUNCTIONS[node.function][node.way]
        if all(isinstance(argument, Const) for argument in arguments) and signature.strict:
            return _applied(signature.apply, arguments)
        if signature.strict:
            return call(at, node.function, arguments)
        if len(arguments) == 1 and isinstance(node.arguments[0].typed, ListType):
            return self.list_function(node.function, arguments[0], scope)
        return self.list_function(node.function, Given(tuple((argument, TRUE) for argument in arguments)), scope)

    def list_function(self, function: str, items: Column, scope: Scope) -> Column:
        at = self.at(scope)
        if isinstance(items, Open):
            return items
        if function == "count":
            return self.count(items, scope)
        if function == "sum" and isinstance(items, Values):
            return lists.total(at, items, self.missings)
        if function in ("any", "all") and isinstance(items, Values):
            judge = lists.any_ if function == "any" else lists.all_
            return judge(at, items.items, items.of, self.missings)
        written = lists.given(items)
        if written is None or not all(belongs == TRUE for _, belongs in written.items):
            raise NotCompiled(f"{function} of {type(items).__name__}")
        parts = tuple(item for item, _ in written.items)
        if all(isinstance(part, Const) for part in parts):
            whole = Const(tuple(part.value for part in parts if isinstance(part, Const)))
            return _applied(FUNCTIONS[function][0].apply, (whole,))
        return call(at, function, parts)

    def count(self, items: Column, scope: Scope) -> Column:
        at = self.at(scope)
        if isinstance(items, Collected):
            return lists.count_collected(at, items)
        if isinstance(items, Listed):
            return lists.count_listed(at, items)
        if isinstance(items, Values):
            items = items.items
        if isinstance(items, Items):
            return lists.count(at, items, self.missings)
        written = lists.given(items)
        if written is not None and all(belongs == TRUE for _, belongs in written.items):
            return Const(Decimal(len(written.items)))
        raise NotCompiled(f"count of {type(items).__name__}")

    def list_of(self, node: tree.ListOf, scope: Scope) -> Column:
        return Given(tuple((self.column(item, scope), TRUE) for item in node.items))


def taken(plan: Plan, column: Column, start: str, frame: str) -> Any:
    """A simple column of a frame around, for each row of this one."""
    return each(plan.keep(start, column), lambda expression: plan.take(frame, expression, start))


def _item(cell: Listed) -> Column:
    """One item of a list in a cell."""
    value = pl.col("item")
    kinds: dict[str, Callable[[], Column]] = {
        "date": lambda: Day(value),
        "text": lambda: Text(value),
        "boolean": lambda: Truth(value),
    }
    if isinstance(cell.item, tuple):
        return Code(value.to_physical().cast(pl.UInt32), cell.item)
    if cell.item in kinds:
        return kinds[cell.item]()
    raise NotCompiled("the items of a list of numbers")


def _applied(apply: Callable[..., Any], arguments: tuple[Column, ...]) -> Column:
    try:
        return Const(apply(*(argument.value for argument in arguments if isinstance(argument, Const))))
    except (Undefined, ArithmeticError):
        return Open()


def is_known(column: Column) -> Column:
    """`is known(x)`: does the column hold a value, whole and certain?"""
    if isinstance(column, Const):
        return TRUE
    if isinstance(column, Open):
        return FALSE
    if isinstance(column, Chosen):
        return Truth((column.mask != 0) & (column.mask & (column.mask - 1) == 0))
    if isinstance(column, Collected):
        return Truth(column.certain == column.possible)
    if isinstance(column, Listed):
        known = column.value.is_not_null()
        return Truth(known if column.more is None else known & column.more.value.is_not_null())
    if isinstance(column, Items) and column.belongs == TRUE:
        return Truth(column.known if column.more is None else column.known & column.more.value.is_not_null())
    if simple(column):
        return Truth(column.value.is_not_null())  # type: ignore[attr-defined]
    raise NotCompiled(f"is known of {type(column).__name__}")
