"""Tokens to a tree: recursive descent over the grammar of DMN 1.5, 10.3.1.2, without what the subset leaves out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NoReturn

from policy_engine.errors import Problem, problem
from policy_engine.expression import temporal, tree
from policy_engine.expression.cursor import Cursor
from policy_engine.expression.functions import FUNCTIONS, OUTSIDE
from policy_engine.expression.lex import ExpressionText, Refused, Token, tokens
from policy_engine.expression.tree import Node
from policy_engine.source import Span
from policy_engine.values import CONTEXT

__all__ = ["KEYWORDS", "MAX_BINDINGS", "MAX_DEPTH", "parse"]

MAX_DEPTH = 50
"""Levels of a tree: nested brackets, and operators in one chain."""

MAX_BINDINGS = 4
"""Variables of a quantifier and of those around it: every combination of their items is judged."""

_COMPARISONS = ("=", "!=", "<=", ">=", "<", ">")
KEYWORDS = frozenset("and or if then else between in some every satisfies true false null for return function".split())
_KEYWORDS_BEHIND = frozenset("and or then else between in satisfies".split())
_NOT_IN_SUBSET = {"for": "for … return", "function": "function definitions"}


def parse(text: ExpressionText | str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The tree of one expression, or the problem that stopped the reading."""
    if isinstance(text, str):
        text = ExpressionText.of(text)
    try:
        parser = _Parser(tokens(text))
        node = parser.expression()
        parser.expect("end", "")
        _limit_depth(node)
    except Refused as refused:
        return None, (refused.problem,)
    return node, ()


def _limit_depth(root: Node) -> None:
    stack = [(root, 1)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise Refused(problem("expression.too_deep", node.span, limit=MAX_DEPTH))
        stack += [(child, depth + 1) for child in tree.children(node)]


class _Parser(Cursor):
    def __init__(self, found: list[Token]) -> None:
        super().__init__(found)
        self.depth = 0
        self.bound = 0

    # ---- expressions, loosest first

    def expression(self) -> Node:
        self.deeper(1)
        if self.at("if"):
            node = self.if_()
        elif self.at("some", "every"):
            node = self.quantified()
        else:
            node = self.disjunction()
        self.deeper(-1)
        return node

    def deeper(self, step: int) -> None:
        self.depth += step
        if self.depth > MAX_DEPTH:
            raise Refused(problem("expression.too_deep", self.token.span, limit=MAX_DEPTH))

    def if_(self) -> Node:
        start = self.take()
        condition = self.expression()
        self.expect("name", "then")
        then = self.expression()
        self.expect("name", "else")
        otherwise = self.expression()
        return tree.If(span=start.span.to(otherwise.span), condition=condition, then=then, otherwise=otherwise)

    def quantified(self) -> Node:
        start = self.take()
        bindings = [self.binding()]
        while self.at(","):
            self.take()
            bindings.append(self.binding())
        self.bound += len(bindings)
        if self.bound > MAX_BINDINGS:
            raise Refused(problem("expression.too_many_bindings", start.span, limit=MAX_BINDINGS))
        self.expect("name", "satisfies")
        condition = self.expression()
        self.bound -= len(bindings)
        return tree.Quantified(
            span=start.span.to(condition.span),
            every=start.text == "every",
            bindings=tuple(bindings),
            condition=condition,
        )

    def binding(self) -> tuple[str, Node]:
        name = self.name()
        self.expect("name", "in")
        domain = self.additive()
        if self.at(".."):
            raise self.outside(self.token.span, "iteration over a range")
        return name, domain

    def name(self) -> str:
        if self.token.kind != "name" or self.token.text in KEYWORDS:
            self.unexpected("a name")
        return self.take().text

    def disjunction(self) -> Node:
        return self.logic("or", self.conjunction)

    def conjunction(self) -> Node:
        return self.logic("and", self.comparison)

    def logic(self, op: str, part: Callable[[], Node]) -> Node:
        operands = [part()]
        while self.at(op):
            self.take()
            operands.append(part())
        if len(operands) == 1:
            return operands[0]
        span = operands[0].span.to(operands[-1].span)
        return tree.Logic(span=span, op=op, operands=tuple(operands))

    def comparison(self) -> Node:
        left = self.additive()
        while True:
            if self.at(*_COMPARISONS):
                op = self.take().text
                right = self.additive()
                left = tree.Binary(span=left.span.to(right.span), op=op, left=left, right=right)
            elif self.at("between"):
                self.take()
                low = self.additive()
                self.expect("name", "and")
                high = self.additive()
                left = tree.Between(span=left.span.to(high.span), operand=left, low=low, high=high)
            elif self.at("in"):
                self.take()
                tests, end = self.tests()
                left = tree.In(span=left.span.to(end), operand=left, tests=tests)
            elif self.at("instance"):
                raise self.outside(self.token.span, "instance of")
            else:
                return left

    def tests(self) -> tuple[tuple[Node, ...], Span]:
        """What stands behind `in`: one test, or several in round brackets."""
        if not self.at("("):
            test = self.test()
            return (test,), test.span
        start = self.take()
        tests = [self.test()]
        if self.at(".."):
            range_ = self.range_(start, tests[0], low_in=False)
            return (range_,), range_.span
        while self.at(","):
            self.take()
            tests.append(self.test())
        return tuple(tests), self.expect("op", ")").span

    def test(self) -> Node:
        if self.at(*_COMPARISONS):
            op = self.take()
            operand = self.additive()
            return tree.Test(span=op.span.to(operand.span), op=op.text, operand=operand)
        return self.additive()

    def additive(self) -> Node:
        return self.chain(("+", "-"), self.multiplicative)

    def multiplicative(self) -> Node:
        node = self.chain(("*", "/"), self.unary)
        if self.at("**"):
            raise self.outside(self.token.span, "exponentiation (**)")
        return node

    def chain(self, ops: tuple[str, ...], part: Callable[[], Node]) -> Node:
        left = part()
        while self.at(*ops):
            op = self.take().text
            right = part()
            left = tree.Binary(span=left.span.to(right.span), op=op, left=left, right=right)
        return left

    def unary(self) -> Node:
        signs = []
        while self.at("-"):
            signs.append(self.take())
        node = self.postfix()
        for sign in reversed(signs):
            node = tree.Negative(span=sign.span.to(node.span), operand=node)
        return node

    def postfix(self) -> Node:
        node = self.primary()
        while True:
            if self.at("."):
                self.take()
                if self.token.kind != "name":
                    self.unexpected("a name")
                entry = self.take()
                node = tree.Path(span=node.span.to(entry.span), target=node, entry=entry.text)
            elif self.at("[") and not self.closes_range():
                self.take()
                condition = self.expression()
                end = self.expect("op", "]")
                node = tree.Filter(span=node.span.to(end.span), target=node, condition=condition)
            else:
                return node

    def closes_range(self) -> bool:
        """Is this `[` the end of `]a..b[`? Then nothing follows that could start a filter's condition."""
        following = self.tokens[self.position + 1]
        return (
            following.kind == "end"
            or (following.kind == "op" and following.text not in ("-", "(", "[", "{"))
            or (following.kind == "name" and following.text in _KEYWORDS_BEHIND)
        )

    # ---- primaries

    def primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.take()
            return tree.Literal(span=token.span, value=_number(token))
        if token.kind == "text":
            self.take()
            return tree.Literal(span=token.span, value=token.text)
        if token.kind == "at":
            self.take()
            return tree.Literal(span=token.span, value=self.at_literal(token))
        if token.kind == "name":
            return self.word()
        if token.text in ("(", "[", "]", "{"):
            return {"(": self.brackets, "[": self.list_, "]": self.open_range, "{": self.record}[token.text]()
        raise self.unexpected("a value")

    def at_literal(self, token: Token) -> object:
        value = temporal.read(token.text)
        if value is None:
            raise Refused(problem("expression.bad_literal", token.span, found=token.text))
        if value is temporal.OUTSIDE:
            raise self.outside(token.span, "times of day")
        return value

    def word(self) -> Node:
        call = self.function_name()
        if call is not None:
            return self.call(*call)
        token = self.token
        if token.text in ("true", "false"):
            self.take()
            return tree.Literal(span=token.span, value=token.text == "true")
        if token.text == "null":
            raise Refused(problem("expression.null", token.span))
        if token.text in _NOT_IN_SUBSET:
            raise self.outside(token.span, _NOT_IN_SUBSET[token.text])
        if token.text in ("if", "some", "every"):
            return self.expression()
        if token.text in KEYWORDS:
            self.unexpected("a value")
        self.take()
        return tree.Name(span=token.span, id=token.text)

    def function_name(self) -> tuple[str, Span] | None:
        """The longest run of words that names a function and is followed by `(`."""
        for length in range(6, 0, -1):
            words = self.tokens[self.position : self.position + length + 1]
            if len(words) == length + 1 and words[-1].text == "(" and all(word.kind == "name" for word in words[:-1]):
                name = " ".join(word.text for word in words[:-1])
                span = words[0].span.to(words[-2].span)
                if name in FUNCTIONS:
                    self.position += length + 1
                    return name, span
                if name in OUTSIDE:
                    raise self.outside(span, f"{name}()")
                if length == 1 and name not in KEYWORDS:
                    self.unknown_function(name, span)
        return None

    def unknown_function(self, name: str, span: Span) -> NoReturn:
        known = ", ".join(sorted(FUNCTIONS))
        raise Refused(problem("expression.unknown_function", span, found=name, known=known))

    def call(self, function: str, start: Span) -> Node:
        arguments: list[Node] = []
        names: list[str] = []
        while not self.at(")"):
            if arguments:
                self.expect("op", ",")
            if (name := self.argument_name()) is not None:
                names.append(name)
            arguments.append(self.expression())
        end = self.take()
        if names and len(names) != len(arguments):
            raise Refused(problem("expression.named_and_positional", start, function=function))
        return tree.Call(span=start.to(end.span), function=function, arguments=tuple(arguments), names=tuple(names))

    def argument_name(self) -> str | None:
        """`name:` in front of an argument; the name may be of several words."""
        end = self.position
        while self.tokens[end].kind == "name":
            end += 1
        if end == self.position or self.tokens[end].text != ":":
            return None
        words = self.tokens[self.position : end]
        self.position = end + 1
        return " ".join(word.text for word in words)

    def brackets(self) -> Node:
        start = self.take()
        node = self.expression()
        if self.at(".."):
            return self.range_(start, node, low_in=False)
        self.expect("op", ")")
        return node

    def open_range(self) -> Node:
        start = self.take()
        self.deeper(1)
        low = self.additive()
        self.deeper(-1)
        if not self.at(".."):
            self.unexpected("“..”")
        return self.range_(start, low, low_in=False)

    def list_(self) -> Node:
        start = self.take()
        items: list[Node] = []
        while not self.at("]"):
            if items:
                self.expect("op", ",")
            items.append(self.expression())
            if self.at("..") and len(items) == 1:
                return self.range_(start, items[0], low_in=True)
        return tree.ListOf(span=start.span.to(self.take().span), items=tuple(items))

    def range_(self, start: Token, low: Node, *, low_in: bool) -> Node:
        self.expect("op", "..")
        high = self.additive()
        if not self.at("]", ")", "["):
            self.unexpected("“]”, “)” or “[”")
        end = self.take()
        return tree.RangeOf(span=start.span.to(end.span), low=low, high=high, low_in=low_in, high_in=end.text == "]")

    def record(self) -> Node:
        start = self.take()
        entries: dict[str, Node] = {}
        while not self.at("}"):
            if entries:
                self.expect("op", ",")
            key = self.token
            name = self.take().text if key.kind == "text" else self.argument_name()
            if name is None:
                self.unexpected("a name")
            if key.kind == "text":
                self.expect("op", ":")
            if name in entries:
                raise Refused(problem("expression.entry_twice", key.span, name=name))
            entries[name] = self.expression()
        return tree.RecordOf(span=start.span.to(self.take().span), entries=tuple(entries.items()))


def _number(token: Token) -> Decimal:
    """The number as it is written; one that arithmetic would round is refused."""
    try:
        number = CONTEXT.create_decimal(token.text)
        if number == Decimal(token.text):
            return number
    except ArithmeticError:
        pass
    raise Refused(problem("expression.inexact_number", token.span, found=token.span.text[:40]))
