"""Names, types and units: a parsed tree to a typed one.

The scope says what a name stands for; this room does not know what kinds of things there are. Every constant text that
stands where a code is asked for is checked against the list of codes, and may be written by its label.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from policy_engine.errors import Problem, problem_of
from policy_engine.expression import temporal, tree
from policy_engine.expression.functions import FUNCTIONS, Signature
from policy_engine.expression.names import Scope, Symbol, item_frame, nearest
from policy_engine.expression.notation import WORDS
from policy_engine.expression.operators import arithmetic, comparable
from policy_engine.expression.signatures import member, ordered, usage
from policy_engine.expression.tree import Node
from policy_engine.expression.types import (
    BOOLEAN,
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
    accepts,
    join,
)
from policy_engine.source import Span
from policy_engine.values import Months

__all__ = ["check"]


def check(
    node: Node, scope: Scope, wanted: Type | None = None, *, bare_figures: bool = False
) -> tuple[Node, tuple[Problem, ...]]:
    """The typed tree, and everything found wrong. With `wanted`, the expression must be of that type.

    `bare_figures`: every figure fits any unit, as 0 and 1 do; for what is no pack, where figures are parameters.
    """
    checker = _Checker(scope, bare_figures=bare_figures)
    checked = checker.visit(node)
    if wanted is not None:
        checked = checker.fit(checked, wanted)
    return checked, tuple(checker.problems)


PROPERTIES: dict[Type, dict[str, Type]] = {
    DATE: {"year": NUMBER, "month": NUMBER, "day": NUMBER, "weekday": NUMBER},
    DAYS: {"days": NUMBER, "hours": NUMBER, "minutes": NUMBER, "seconds": NUMBER},
    MONTHS: {"years": NUMBER, "months": NUMBER},
}


class _Checker:
    def __init__(self, scope: Scope, *, bare_figures: bool) -> None:
        self.scope = scope
        self.bare_figures = bare_figures
        self.problems: list[Problem] = []
        self.locals: list[dict[str, Symbol]] = []
        self.level = 0
        self.visitors: dict[type[Node], Callable[[Any], Node]] = {
            tree.Literal: self.literal,
            tree.Name: self.name,
            tree.Path: self.path,
            tree.Filter: self.filter,
            tree.Negative: self.negative,
            tree.Binary: self.binary,
            tree.Logic: self.logic,
            tree.Between: self.between,
            tree.In: self.in_,
            tree.If: self.if_,
            tree.Quantified: self.quantified,
            tree.Call: self.call,
            tree.ListOf: self.list_,
            tree.RecordOf: self.record,
            tree.RangeOf: self.range_,
        }

    def visit(self, node: Node) -> Node:
        return self.visitors[type(node)](node)

    def report(self, code: str, span: Span, **details: object) -> None:
        self.problems.append(problem_of(code, span, details))

    def fit(self, node: Node, wanted: Type) -> Node:
        """The node as one of the wanted type: texts become codes; anything else of another type is reported."""
        coded = self.coded(node, wanted)
        if not accepts(wanted, coded.typed):
            if isinstance(wanted, NumberType) and isinstance(coded.typed, NumberType):
                self.report("type.unit", coded.span, wanted=wanted, found=coded.typed)
            else:
                self.report("type.mismatch", coded.span, wanted=wanted, found=coded.typed)
            return replace(coded, type=NEVER)
        return coded

    def coded(self, node: Node, wanted: Type) -> Node:
        if isinstance(wanted, ListType) and isinstance(node, tree.ListOf):
            items = tuple(self.coded(item, wanted.item) for item in node.items)
            return replace(node, items=items, type=self.item_list(items))
        if isinstance(wanted, CodeType) and isinstance(node, tree.Literal) and node.type == TEXT:
            return self.code(node, wanted)
        if isinstance(wanted, CodeType) and isinstance(node, tree.If):
            then, otherwise = self.coded(node.then, wanted), self.coded(node.otherwise, wanted)
            return replace(node, then=then, otherwise=otherwise, type=join(then.typed, otherwise.typed) or NEVER)
        return node

    def code(self, node: tree.Literal, wanted: CodeType) -> Node:
        option = wanted.find(str(node.value))
        if option is None:
            names = [name for option in wanted.options for name in (option.id, option.zh)]
            near = nearest(str(node.value), names) or ", ".join(wanted.ids)
            self.report("type.not_an_option", node.span, found=node.value, name=wanted.name, near=near)
            return replace(node, type=NEVER)
        return replace(node, value=option.id, type=wanted)

    # ---- leaves

    def literal(self, node: tree.Literal) -> Node:
        value = node.value
        if isinstance(value, bool):
            return replace(node, type=BOOLEAN)
        if isinstance(value, str):
            return replace(node, type=TEXT)
        if isinstance(value, Months):
            return replace(node, type=MONTHS)
        if isinstance(value, datetime.date):
            return replace(node, type=DATE)
        if isinstance(value, datetime.timedelta):
            return replace(node, type=DAYS)
        return replace(node, type=NumberType(None) if self.bare_figures or value in (0, 1) else NUMBER)

    def name(self, node: tree.Name) -> Node:
        local = next((found for frame in reversed(self.locals) if (found := self.in_frame(frame, node.id))), None)
        outer = self.scope.find(node.id)
        if local is not None and outer is not None and node.id != "item":
            self.report("expression.ambiguous", node.span, name=node.id)
            return replace(node, type=NEVER)
        symbol = local or outer
        if symbol is None:
            return self.unknown_name(node)
        if symbol.kind.startswith("entry "):
            item = tree.Name(span=node.span, type=NEVER, id="item", kind=symbol.kind.removeprefix("entry "))
            return tree.Path(span=node.span, type=symbol.type, target=item, entry=symbol.id)
        return replace(node, id=symbol.id, kind=symbol.kind, type=symbol.type)

    def in_frame(self, frame: dict[str, Symbol], name: str) -> Symbol | None:
        """A bound variable, or an entry of a filter's item, or a decision about that item."""
        item = frame.get("item")
        if name in frame or item is None or not isinstance(item.type, RecordType):
            return frame.get(name)
        found = self.scope.added(item.type.name, name)
        return None if found is None else Symbol(found.id, found.type, f"entry {item.kind}")

    def unknown_name(self, node: tree.Name) -> Node:
        names = [*self.scope.names(), *(name for frame in self.locals for name in frame)]
        if node.id in WORDS:
            self.report("expression.written_otherwise", node.span, found=node.id, meant=WORDS[node.id])
        else:
            self.report("expression.unknown_name", node.span, name=node.id, near=nearest(node.id, names))
        return replace(node, type=NEVER)

    # ---- paths and filters

    def path(self, node: tree.Path) -> Node:
        target = self.visit(node.target)
        given = target.typed
        entry, type_ = self.entry(node, given.item if isinstance(given, ListType) else given)
        if isinstance(given, ListType):
            type_ = ListType(type_)
        return replace(node, target=target, entry=entry, type=type_)

    def entry(self, node: tree.Path, given: Type) -> tuple[str, Type]:
        if given == NEVER:
            return node.entry, NEVER
        if isinstance(given, RecordType):
            found = given.find(node.entry)
            if found is not None:
                return found
            added = self.scope.added(given.name, node.entry)
            if added is not None:
                return added.id, added.type
            names = [name for name, _ in (*given.entries, *given.labels)]
        else:
            properties = PROPERTIES.get(given, {})
            if node.entry in properties:
                return node.entry, properties[node.entry]
            names = list(properties)
        near = nearest(node.entry, names) or ", ".join(names[:8])
        span = Span(node.span.source, node.span.end - len(node.entry), node.span.end)
        self.report("expression.unknown_entry", span, entry=node.entry, type=given, near=near)
        return node.entry, NEVER

    def filter(self, node: tree.Filter) -> Node:
        target = self.visit(node.target)
        given = target.typed
        item = given.item if isinstance(given, ListType) else given
        self.level += 1
        level = self.level
        self.locals.append(item_frame(item, f"item{level}"))
        condition = self.visit(node.condition)
        self.locals.pop()
        self.level -= 1
        if not isinstance(given, ListType) and given != NEVER:
            self.report("type.mismatch", target.span, wanted="list", found=given)
        of_item = any(isinstance(part, tree.Name) and part.kind == f"item{level}" for part in tree.walk(condition))
        by_position = isinstance(condition.typed, NumberType) and not of_item
        if not by_position:
            condition = self.fit(condition, BOOLEAN)
        return replace(
            node, target=target, condition=condition, level=level, type=item if by_position else ListType(item)
        )

    # ---- operators

    def negative(self, node: tree.Negative) -> Node:
        operand = self.visit(node.operand)
        if not (isinstance(operand.typed, NumberType) or operand.typed in (DAYS, MONTHS, NEVER)):
            self.report("type.mismatch", operand.span, wanted="number or duration", found=operand.typed)
            return replace(node, operand=operand, type=NEVER)
        return replace(node, operand=operand, type=operand.typed)

    def binary(self, node: tree.Binary) -> Node:
        left, right = self.visit(node.left), self.visit(node.right)
        if node.op in ("+", "-", "*", "/"):
            type_ = arithmetic(node.op, left.typed, right.typed)
            if type_ is None:
                self.mismatched(node.op, node.span, left.typed, right.typed)
            return replace(node, left=left, right=right, type=type_ or NEVER)
        left, right = self.compared(node.op, node.span, left, right)
        return replace(node, left=left, right=right, type=BOOLEAN)

    def compared(self, op: str, span: Span, left: Node, right: Node) -> tuple[Node, Node]:
        """Both sides of a comparison, texts turned into codes; a comparison of unlike things is reported."""
        left, right = self.coded(left, right.typed), self.coded(right, left.typed)
        if not comparable(op, left.typed, right.typed):
            self.mismatched(op, span, left.typed, right.typed)
        return left, right

    def mismatched(self, op: str, span: Span, left: Type, right: Type) -> None:
        code = "type.operands"
        if isinstance(left, NumberType) and isinstance(right, NumberType):
            bare = any(unit is not None and not unit.factors for unit in (left.unit, right.unit))
            code = "type.no_unit" if bare else "type.units"
        self.report(code, span, op=op, left=left, right=right)

    def logic(self, node: tree.Logic) -> Node:
        operands = tuple(self.fit(self.visit(operand), BOOLEAN) for operand in node.operands)
        return replace(node, operands=operands, type=BOOLEAN)

    def between(self, node: tree.Between) -> Node:
        operand, low, high = self.visit(node.operand), self.visit(node.low), self.visit(node.high)
        _, low = self.compared(">=", node.span, operand, low)
        _, high = self.compared("<=", node.span, operand, high)
        return replace(node, operand=operand, low=low, high=high, type=BOOLEAN)

    def in_(self, node: tree.In) -> Node:
        operand = self.visit(node.operand)
        tests = tuple(self.test(operand, test) for test in node.tests)
        return replace(node, operand=operand, tests=tests, type=BOOLEAN)

    def test(self, operand: Node, node: Node) -> Node:
        if isinstance(node, tree.Test):
            _, right = self.compared(node.op, node.span, operand, self.visit(node.operand))
            return replace(node, operand=right, type=BOOLEAN)
        test = self.visit(node)
        given = test.typed
        if isinstance(given, RangeType):
            if not comparable("<", operand.typed, given.item):
                self.mismatched("in", node.span, operand.typed, given)
            return test
        wanted = ListType(operand.typed) if isinstance(given, ListType) else operand.typed
        test = self.coded(test, wanted)
        if not member(operand.typed, test.typed):
            self.mismatched("in", node.span, operand.typed, test.typed)
        return test

    def if_(self, node: tree.If) -> Node:
        condition = self.fit(self.visit(node.condition), BOOLEAN)
        then, otherwise = self.visit(node.then), self.visit(node.otherwise)
        then, otherwise = self.coded(then, otherwise.typed), self.coded(otherwise, then.typed)
        type_ = join(then.typed, otherwise.typed)
        if type_ is None:
            self.mismatched("if", node.span, then.typed, otherwise.typed)
        return replace(node, condition=condition, then=then, otherwise=otherwise, type=type_ or NEVER)

    def quantified(self, node: tree.Quantified) -> Node:
        bindings: list[tuple[str, Node]] = []
        self.locals.append({})
        for name, domain in node.bindings:
            checked = self.visit(domain)
            if not isinstance(checked.typed, ListType) and checked.typed != NEVER:
                self.report("type.mismatch", domain.span, wanted="list", found=checked.typed)
            item = checked.typed.item if isinstance(checked.typed, ListType) else NEVER
            if self.scope.find(name) is not None or any(name in frame for frame in self.locals):
                self.report("expression.hides", node.span, name=name)
            self.locals[-1][name] = Symbol(name, item, "local")
            bindings.append((name, checked))
        condition = self.fit(self.visit(node.condition), BOOLEAN)
        self.locals.pop()
        return replace(node, bindings=tuple(bindings), condition=condition, type=BOOLEAN)

    # ---- calls and literals of lists, records, ranges

    def call(self, node: tree.Call) -> Node:
        arguments = tuple(self.visit(argument) for argument in node.arguments)
        types = tuple(argument.typed for argument in arguments)
        for way, signature in enumerate(FUNCTIONS[node.function]):
            fitting = ordered(signature, node, arguments)
            if fitting is not None:
                fitting = self.coded_element(node.function, fitting)
                type_ = self.result(node, signature, fitting)
                return replace(node, arguments=fitting, names=(), way=way, type=type_)
        ways = " | ".join(usage(node.function, signature) for signature in FUNCTIONS[node.function])
        if NEVER not in types:
            self.report("type.arguments", node.span, found=", ".join(map(str, types)), ways=ways)
        return replace(node, arguments=arguments, type=NEVER)

    def coded_element(self, function: str, arguments: tuple[Node, ...]) -> tuple[Node, ...]:
        """`list contains(codes, "text")`: the text is one of the codes."""
        if function != "list contains" or not isinstance(arguments[0].typed, ListType):
            return arguments
        items, element = arguments
        element = self.coded(element, arguments[0].typed.item)
        if not comparable("=", arguments[0].typed.item, element.typed):
            self.mismatched("list contains", element.span, arguments[0].typed, element.typed)
        return items, element

    def result(self, node: tree.Call, signature: Signature, arguments: tuple[Node, ...]) -> Type:
        first = arguments[0] if arguments else None
        constant = first.value if isinstance(first, tree.Literal) else None
        if node.function == "duration":
            return self.duration(node, constant)
        if node.function == "date" and isinstance(constant, str) and temporal.read_date(constant) is None:
            self.report("expression.bad_literal", node.span, found=constant)
        if node.function == "modulo" and not accepts(arguments[0].typed, arguments[1].typed):
            self.mismatched("modulo", node.span, arguments[0].typed, arguments[1].typed)
        types = tuple(argument.typed for argument in arguments)
        if signature.variadic and len(types) > 1:
            item = self.item_list(arguments).item
            if isinstance(item, Mixed):
                self.report("type.operands", node.span, op=node.function, left=types[0], right=types[1])
                return NEVER
            types = (ListType(item),)
        return signature.result(*types)

    def duration(self, node: tree.Call, constant: object) -> Type:
        if not isinstance(constant, str):
            self.report("type.duration_literal", node.span)
            return NEVER
        found = temporal.read_duration(constant)
        if found is None:
            self.report("expression.bad_literal", node.span, found=constant)
            return NEVER
        return MONTHS if isinstance(found, Months) else DAYS

    def list_(self, node: tree.ListOf) -> Node:
        items = tuple(self.visit(item) for item in node.items)
        return replace(node, items=items, type=self.item_list(items))

    def item_list(self, items: Iterable[Node]) -> ListType:
        type_: Type = NEVER
        for item in items:
            joined = join(type_, item.typed)
            if joined is None:
                return ListType(Mixed(tuple(dict.fromkeys(item.typed for item in items))))
            type_ = joined
        return ListType(type_)

    def record(self, node: tree.RecordOf) -> Node:
        entries: list[tuple[str, Node]] = []
        self.locals.append({})
        for name, value in node.entries:
            checked = self.visit(value)
            entries.append((name, checked))
            self.locals[-1][name] = Symbol(name, checked.typed, "local")
        self.locals.pop()
        type_ = RecordType("", tuple((name, value.typed) for name, value in entries))
        return replace(node, entries=tuple(entries), type=type_)

    def range_(self, node: tree.RangeOf) -> Node:
        low, high = self.visit(node.low), self.visit(node.high)
        item = join(low.typed, high.typed)
        if item is None or not comparable("<", low.typed, high.typed):
            self.mismatched("..", node.span, low.typed, high.typed)
            item = NEVER
        return replace(node, low=low, high=high, type=RangeType(item))
