"""The meaning of expressions on one subject: short, plain, by recursion over the typed tree.

What a name means, and what is known of a record, is left to the evaluator that stands above (`single`, or the one of
the `eval` command). Nothing is cached, traced or optimised here: an observer overrides `value`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, TypeAlias

from policy_engine.evaluation import lists, operations
from policy_engine.evaluation.lists import and_, or_
from policy_engine.evaluation.operations import compare, undefined, unknown_of
from policy_engine.expression import tree
from policy_engine.expression.functions import FUNCTIONS, Undefined
from policy_engine.expression.tree import Node
from policy_engine.expression.types import NEVER, ListType, NumberType, RangeType
from policy_engine.values import Possibly, Record, Unknown, Value

__all__ = ["METHODS", "Evaluator", "Locals"]

Locals: TypeAlias = Mapping[str, Value]
"""Values of bound variables, of `item` and of the record that own names are facts of, each as it is `bound_as`."""


class Evaluator(ABC):
    _visitors: ClassVar[dict[type[Node], Callable[..., Value]]]

    def __init_subclass__(cls) -> None:
        cls._visitors = {kind: getattr(cls, name) for kind, name in METHODS.items()}

    def value(self, node: Node, env: Locals) -> Value:
        """The value of a typed expression; an `Unknown` where it has none yet."""
        return self._visitors[type(node)](self, node, env)

    @abstractmethod
    def global_(self, node: tree.Name) -> Value:
        """The value of a name that is not bound in the expression."""

    def literal(self, node: tree.Literal, env: Locals) -> Value:  # noqa: ARG002 - as all visitors
        return node.value

    # ---- names and paths

    def name(self, node: tree.Name, env: Locals) -> Value:
        if node.kind == "local" or node.kind.startswith("item"):
            return env[node.bound_as]
        return self.global_(node)

    def path(self, node: tree.Path, env: Locals) -> Value:
        target = self.value(node.target, env)
        if isinstance(target, (tuple, Possibly)):
            return lists.mapped(target, lambda item: self.entry(item, node))
        return self.entry(target, node)

    def entry(self, target: Value, node: tree.Path) -> Value:
        if isinstance(target, Unknown):
            return target.plain()
        if isinstance(target, Record):
            if node.entry in target:
                return target[node.entry]
            return undefined(Undefined("value.no_entry", entry=node.entry), node.span)
        return operations.property_of(target, node.entry)

    def filter(self, node: tree.Filter, env: Locals) -> Value:
        target = self.value(node.target, env)
        if isinstance(target, Unknown):
            return target.plain()
        if isinstance(node.condition.typed, NumberType):
            return self.position(node, target, env)
        return lists.filtered(target, lambda item: self.value(node.condition, {**env, node.bound_as: item}))

    def position(self, node: tree.Filter, target: Value, env: Locals) -> Value:
        index = self.value(node.condition, env)
        if isinstance(index, Unknown) or isinstance(target, Possibly):
            return unknown_of(index, target)
        if index != int(index) or not 1 <= abs(index) <= len(target):
            return undefined(Undefined("value.no_such_item", index=index, length=len(target)), node.span)
        return target[int(index) - 1 if index > 0 else int(index)]

    # ---- operators

    def negative(self, node: tree.Negative, env: Locals) -> Value:
        operand = self.value(node.operand, env)
        if isinstance(operand, Unknown):
            return operand.plain()
        try:
            return operations.negative(operand)
        except OverflowError:
            return undefined(Undefined("value.overflow"), node.span)

    def binary(self, node: tree.Binary, env: Locals) -> Value:
        left, right = self.value(node.left, env), self.value(node.right, env)
        if node.op in ("+", "-", "*", "/"):
            return operations.arithmetic(node.op, left, right, node.span)
        return compare(node.op, left, right)

    def logic(self, node: tree.Logic, env: Locals) -> Value:
        values = [self.value(operand, env) for operand in node.operands]
        return and_(values) if node.op == "and" else or_(values)

    def between(self, node: tree.Between, env: Locals) -> Value:
        operand = self.value(node.operand, env)
        low, high = self.value(node.low, env), self.value(node.high, env)
        return and_((compare(">=", operand, low), compare("<=", operand, high)))

    def in_(self, node: tree.In, env: Locals) -> Value:
        operand = self.value(node.operand, env)
        if isinstance(operand, Unknown) and operand.among:
            answers = [or_(self.test(test, candidate, env) for test in node.tests) for candidate in operand.among]
            first = answers[0]
            return first if all(answer is first for answer in answers) else unknown_of(operand, *answers)
        return or_(self.test(test, operand, env) for test in node.tests)

    def test(self, node: Node, operand: Value, env: Locals) -> Value:
        """Does the operand pass one test behind `in`?"""
        if isinstance(node, tree.Test):
            return compare(node.op, operand, self.value(node.operand, env))
        if isinstance(node.typed, RangeType):
            ends = self.value(node, env)
            if isinstance(ends, Unknown):
                return ends
            low = compare(">=" if ends["low_in"] else ">", operand, ends["low"])
            return and_((low, compare("<=" if ends["high_in"] else "<", operand, ends["high"])))
        if isinstance(node, tree.ListOf) and _holds_tests(node):
            return or_(self.test(item, operand, env) for item in node.items)
        found = self.value(node, env)
        if isinstance(node.typed, ListType) and not isinstance(operand, tuple):
            return found.plain() if isinstance(found, Unknown) else lists.FUNCTIONS["list contains"](found, operand)
        if isinstance(found, tuple) and isinstance(operand, tuple):
            return or_((compare("=", operand, found), lists.FUNCTIONS["list contains"](found, operand)))
        return compare("=", operand, found)

    # ---- choices and quantifiers

    def if_(self, node: tree.If, env: Locals) -> Value:
        condition = self.value(node.condition, env)
        if not isinstance(condition, Unknown):
            return self.value(node.then if condition else node.otherwise, env)
        then, otherwise = self.value(node.then, env), self.value(node.otherwise, env)
        same = operations.equal(then, otherwise) is True
        return then if same and not isinstance(then, Unknown) else unknown_of(condition, then, otherwise)

    def quantified(self, node: tree.Quantified, env: Locals) -> Value:
        return self.over(node, node.bindings, env)

    def over(self, node: tree.Quantified, bindings: tuple[tuple[str, Node], ...], env: Locals) -> Value:
        if not bindings:
            return self.value(node.condition, env)
        (name, domain), *rest = bindings
        items = self.value(domain, env)
        if isinstance(items, Unknown):
            return items.plain()
        judged = (
            (belongs, self.over(node, tuple(rest), {**env, name: item})) for item, belongs in lists.members(items)
        )
        if node.every:
            return and_(or_((lists.not_(belongs), holds)) for belongs, holds in judged)
        return or_(and_(pair) for pair in judged)

    # ---- calls, lists and records

    def call(self, node: tree.Call, env: Locals) -> Value:
        arguments = tuple(self.value(argument, env) for argument in node.arguments)
        if node.function == "is known":
            value = arguments[0]
            return not operations.is_open(value) and not (isinstance(value, Record) and not value)
        signature = FUNCTIONS[node.function][node.way]
        if not signature.strict and node.function != "list contains":
            arguments = (self.as_list(node, arguments),)
        try:
            return self.applied(node.function, signature.apply, arguments)
        except Undefined as error:
            return undefined(error, node.span)
        except ArithmeticError:
            return undefined(Undefined("value.overflow"), node.span)

    def applied(self, function: str, apply: Callable[..., Value], arguments: tuple[Value, ...]) -> Value:
        listwise = lists.FUNCTIONS.get(function)
        if listwise is not None:
            items = arguments[0]
            return items.plain() if isinstance(items, Unknown) else listwise(*arguments)
        return unknown_of(*arguments) if operations.is_open(arguments) else apply(*arguments)

    def as_list(self, node: tree.Call, arguments: tuple[Value, ...]) -> Value:
        """The arguments of a list function as one list: `max(xs)`, `max(a, b)` and `max(a)` are all allowed."""
        listed = len(arguments) == 1 and (
            isinstance(node.arguments[0].typed, ListType) or node.arguments[0].typed == NEVER
        )
        return arguments[0] if listed else arguments

    def list_of(self, node: tree.ListOf, env: Locals) -> Value:
        return tuple(self.value(item, env) for item in node.items)

    def record(self, node: tree.RecordOf, env: Locals) -> Value:
        entries: dict[str, Value] = {}
        for name, value in node.entries:
            entries[name] = self.value(value, {**env, **entries})
        return Record(entries)

    def range_(self, node: tree.RangeOf, env: Locals) -> Value:
        """A range by itself can only be compared with another; `in` looks at its ends."""
        ends = {"low": self.value(node.low, env), "high": self.value(node.high, env)}
        return Record({**ends, "low_in": node.low_in, "high_in": node.high_in})


METHODS: dict[type[Node], str] = {
    tree.Literal: "literal",
    tree.Name: "name",
    tree.Path: "path",
    tree.Filter: "filter",
    tree.Negative: "negative",
    tree.Binary: "binary",
    tree.Logic: "logic",
    tree.Between: "between",
    tree.In: "in_",
    tree.If: "if_",
    tree.Quantified: "quantified",
    tree.Call: "call",
    tree.ListOf: "list_of",
    tree.RecordOf: "record",
    tree.RangeOf: "range_",
}
"""For each kind of node the method that deals with it, here and where expressions become code."""


def _holds_tests(node: tree.ListOf) -> bool:
    return any(isinstance(item.typed, RangeType) for item in node.items)
