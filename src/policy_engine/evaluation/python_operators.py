"""Operators, lists and functions of expressions as Python code; what names mean is left to `python_code`.

A value that is not known is None; where an operation cannot say more for certain than that, it says None.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias

from policy_engine.evaluation import operations
from policy_engine.evaluation.expressions import METHODS
from policy_engine.evaluation.lists import FUNCTIONS as LIST_FUNCTIONS
from policy_engine.expression import tree
from policy_engine.expression.functions import FUNCTIONS
from policy_engine.expression.tree import Node
from policy_engine.expression.types import BOOLEAN, DATE, TEXT, CodeType, ListType, NumberType, RangeType, RecordType
from policy_engine.values import CONTEXT, Possibly, Unknown, Value

__all__ = ["OPERATORS", "Bound", "NotGenerated", "Operators"]

Bound: TypeAlias = Mapping[str, str]
"""For each bound name of an expression, and for `own` (the record around it), the variable that holds it."""

OPERATORS = {
    "add": CONTEXT.add,
    "subtract": CONTEXT.subtract,
    "multiply": CONTEXT.multiply,
    "divide": CONTEXT.divide,
    "minus": CONTEXT.minus,
}
"""Names that the code takes for granted."""


class NotGenerated(Exception):
    """Left to the evaluator."""


class Operators(ABC):
    """The body of one function while it is written. `forms` are the forms of the records that variables hold."""

    def __init__(self, forms: Mapping[str, str]) -> None:
        self.forms = dict(forms)
        self.lines: list[str] = ["    P = R.parameters"]
        self.depth = 1
        self.names = 0

    @abstractmethod
    def constant(self, value: Any) -> str:
        """The name of a constant that is handed over to the code."""

    @abstractmethod
    def name(self, node: tree.Name, bound: Bound) -> str:
        """What a name stands for."""

    @abstractmethod
    def path(self, node: tree.Path, bound: Bound) -> str:
        """An entry of a record, or of each record of a list."""

    def add(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def variable(self) -> str:
        self.names += 1
        return f"t{self.names}"

    def let(self, expression: str) -> str:
        name = self.variable()
        self.add(f"{name} = {expression}")
        return name

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        if self.depth == _DEEPEST:
            raise NotGenerated
        self.add(head)
        self.depth += 1
        yield
        self.depth -= 1

    def value(self, node: Node, bound: Bound) -> str:
        """Write what works out the expression; answers with the variable or constant that holds it."""
        method: Callable[[Node, Bound], str] | None = getattr(self, METHODS.get(type(node), ""), None)
        if method is None:
            raise NotGenerated
        return method(node, bound)

    def known(self, expression: str, *operands: str) -> str:
        """The expression where all its operands are known."""
        open_ = " or ".join(f"{operand} is None" for operand in operands if not operand.startswith("K"))
        return self.let(f"None if {open_} else {expression}" if open_ else expression)

    def calling(self, function: Callable[..., Value], *operands: str) -> str:
        """A call of a function of the evaluator on known operands."""
        plain = self.constant(lambda *values: _plain(function(*values)))
        return self.known(f"{plain}({', '.join(operands)})", *operands)

    def literal(self, node: tree.Literal, bound: Bound) -> str:  # noqa: ARG002 - as all
        return self.constant(node.value)

    # ---- lists: known where all of their items are

    def mapped(self, items: str, of: Callable[[str], str]) -> str:
        found, each = self.variable(), self.variable()
        self.add(f"{found} = None")
        with self.block(f"if {items} is not None:"):
            self.add(f"{found} = []")
            with self.block(f"for {each} in {items}:"):
                value = of(each)
                with self.block(f"if {value} is None:"):
                    self.add(f"{found} = None")
                    self.add("break")
                self.add(f"{found}.append({value})")
        return self.let(f"None if {found} is None else tuple({found})")

    def item_of(self, items: Node) -> str:
        """A variable for the items of a list."""
        each, type_ = self.variable(), items.typed
        if isinstance(type_, ListType) and isinstance(type_.item, RecordType):
            self.forms[each] = type_.item.name
        return each

    def filter(self, node: tree.Filter, bound: Bound) -> str:
        if node.condition.typed != BOOLEAN:
            raise NotGenerated
        items, found, each = self.value(node.target, bound), self.variable(), self.item_of(node.target)
        self.add(f"{found} = None")
        with self.block(f"if {items} is not None:"):
            self.add(f"{found} = []")
            with self.block(f"for {each} in {items}:"):
                holds = self.value(node.condition, {**bound, node.bound_as: each})
                with self.block(f"if {holds} is None:"):
                    self.add(f"{found} = None")
                    self.add("break")
                self.add(f"if {holds}: {found}.append({each})")
        return self.let(f"None if {found} is None else tuple({found})")

    def quantified(self, node: tree.Quantified, bound: Bound) -> str:
        return self.over(node, node.bindings, bound)

    def over(self, node: tree.Quantified, bindings: tuple[tuple[str, Node], ...], bound: Bound) -> str:
        if not bindings:
            return self.value(node.condition, bound)
        (name, domain), *rest = bindings
        items, found, each = self.value(domain, bound), self.variable(), self.item_of(domain)
        self.add(f"{found} = None")
        with self.block(f"if {items} is not None:"):
            self.add(f"{found} = {node.every}")
            with self.block(f"for {each} in {items}:"):
                holds = self.over(node, tuple(rest), {**bound, name: each})
                with self.block(f"if {holds} is {not node.every}:"):
                    self.add(f"{found} = {not node.every}")
                    self.add("break")
                self.add(f"if {holds} is None: {found} = None")
        return found

    def list_of(self, node: tree.ListOf, bound: Bound) -> str:
        items = [self.value(item, bound) for item in node.items]
        return self.known(f"({', '.join(items)}{',' * (len(items) == 1)})", *items)

    # ---- operators

    def negative(self, node: tree.Negative, bound: Bound) -> str:
        operand = self.value(node.operand, bound)
        if isinstance(node.operand.typed, NumberType):
            return self.known(f"minus({operand})", operand)
        return self.calling(operations.negative, operand)

    def binary(self, node: tree.Binary, bound: Bound) -> str:
        left, right = self.value(node.left, bound), self.value(node.right, bound)
        if node.op not in _ARITHMETIC:
            return self.compared(node.op, left, right, simple=_simple(node.left) and _simple(node.right))
        if not (isinstance(node.left.typed, NumberType) and isinstance(node.right.typed, NumberType)):
            op, span = node.op, node.span
            return self.calling(lambda one, other: operations.arithmetic(op, one, other, span), left, right)
        return self.known(f"{_ARITHMETIC[node.op]}({left}, {right})", left, right)

    def compared(self, op: str, left: str, right: str, *, simple: bool) -> str:
        if simple:
            return self.known(f"{left} {'==' if op == '=' else op} {right}", left, right)
        return self.calling(lambda one, other: operations.compare(op, one, other), left, right)

    def logic(self, node: tree.Logic, bound: Bound) -> str:
        return self.joined(node.op == "or", (partial(self.value, part, bound) for part in node.operands))

    def joined(self, decisive: bool, parts: Iterator[Callable[[], str]]) -> str:  # noqa: FBT001 - the truth that is enough
        """Kleene *or* (decisive: True) or *and* (False); once decided, what follows is not looked at."""
        found = self.let(str(not decisive))
        for part in parts:
            with self.block(f"if {found} is not {decisive}:"):
                value = part()
                self.add(f"if {value} is not {not decisive}: {found} = {value}")
        return found

    def between(self, node: tree.Between, bound: Bound) -> str:
        operand = self.value(node.operand, bound)
        low, high = self.value(node.low, bound), self.value(node.high, bound)
        simple = _simple(node.operand) and _simple(node.low) and _simple(node.high)
        return self.within(operand, (">=", low), ("<=", high), simple=simple)

    def within(self, operand: str, *ends: tuple[str, str], simple: bool) -> str:
        return self.joined(False, (partial(self.compared, op, operand, end, simple=simple) for op, end in ends))

    def in_(self, node: tree.In, bound: Bound) -> str:
        operand = self.value(node.operand, bound)
        if not _simple(node.operand):
            raise NotGenerated
        return self.joined(True, (partial(self.test, test, operand, bound) for test in node.tests))

    def test(self, node: Node, operand: str, bound: Bound) -> str:
        if isinstance(node, tree.Test):
            return self.compared(node.op, operand, self.value(node.operand, bound), simple=_simple(node.operand))
        if isinstance(node, tree.RangeOf):
            low, high = self.value(node.low, bound), self.value(node.high, bound)
            ends = (">=" if node.low_in else ">", low), ("<=" if node.high_in else "<", high)
            return self.within(operand, *ends, simple=_simple(node.low) and _simple(node.high))
        if isinstance(node.typed, RangeType):
            raise NotGenerated
        if isinstance(node, tree.ListOf):
            return self.joined(True, (partial(self.test, item, operand, bound) for item in node.items))
        found = self.value(node, bound)
        if isinstance(node.typed, ListType):
            return self.calling(LIST_FUNCTIONS["list contains"], found, operand)
        return self.compared("=", operand, found, simple=_simple(node))

    def if_(self, node: tree.If, bound: Bound) -> str:
        condition, found = self.value(node.condition, bound), self.variable()
        with self.block(f"if {condition} is True:"):
            self.add(f"{found} = {self.value(node.then, bound)}")
        with self.block(f"elif {condition} is False:"):
            self.add(f"{found} = {self.value(node.otherwise, bound)}")
        self.add(f"else: {found} = None")
        return found

    def call(self, node: tree.Call, bound: Bound) -> str:
        if node.function == "is known":
            raise NotGenerated
        arguments = [self.value(argument, bound) for argument in node.arguments]
        signature = FUNCTIONS[node.function][node.way]
        if node.function == "not":
            return self.known(f"not {arguments[0]}", *arguments)
        apply = LIST_FUNCTIONS.get(node.function, signature.apply)
        listed = isinstance(node.arguments[0].typed, ListType) and len(arguments) == 1
        if signature.strict or node.function == "list contains" or listed:
            return self.calling(apply, *arguments)
        return self.calling(lambda *items: apply(items), *arguments)


def _plain(value: Value) -> Any:
    return None if isinstance(value, (Unknown, Possibly)) else value


def _simple(node: Node) -> bool:
    """Are values of this type compared as Python compares them?"""
    return isinstance(node.typed, (NumberType, CodeType)) or node.typed in (BOOLEAN, DATE, TEXT)


_DEEPEST = 18
"""Blocks in blocks; Python takes twenty loops."""

_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
