"""Nodes to forms: a named tuple says which keys a mapping may have and what stands under each.

Everything wrong is reported, each thing in its place, and reading goes on. A field `from_` is the key `from`; a form
with `short` may also be written as the bare value of that field.
"""

from __future__ import annotations

import dataclasses
import datetime
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from policy_engine.documents.meant import meant
from policy_engine.documents.yaml import ListNode, MapNode, Node, Scalar
from policy_engine.errors import Problem, problem, problem_of
from policy_engine.expression import temporal
from policy_engine.expression.lex import ExpressionText
from policy_engine.expression.names import nearest
from policy_engine.model.label import Label
from policy_engine.source import Span
from policy_engine.values import CONTEXT

__all__ = ["BAD", "Reader", "Word", "form_fields", "kind_of", "number_of", "wrong_kind"]


@dataclass(frozen=True, slots=True)
class Word:
    """A text with its place; equal to another with the same text."""

    text: str
    span: Span = dataclasses.field(compare=False, repr=False)

    def __str__(self) -> str:
        return self.text


class _Bad:
    """Stands for what could not be read; its problem has been reported."""

    def __repr__(self) -> str:
        return "BAD"


BAD: Any = _Bad()


@cache
def form_fields(form: type) -> dict[str, tuple[str, Any, bool]]:
    """Key to (field name, type, required) of a form."""
    defaults: dict[str, Any] = form._field_defaults  # type: ignore[attr-defined]
    hints = typing.get_type_hints(form)
    return {name.rstrip("_"): (name, hint, name not in defaults) for name, hint in hints.items() if name != "span"}


class Reader:
    """Reads nodes as what is expected in their place, and collects the problems."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def report(self, code: str, span: Span, **details: object) -> Any:
        self.problems.append(problem_of(code, span, details))
        return BAD

    def wrong_kind(self, node: Node, wanted: str, near: str = "") -> Any:
        self.problems.append(wrong_kind(node, wanted, near))
        return BAD

    def read(self, node: Node, wanted: Any) -> Any:
        """The node as a value of the wanted type, or `BAD`."""
        simple = _SIMPLE.get(wanted)
        if simple is not None:
            return simple(self, node)
        if hasattr(wanted, "_field_defaults"):
            return self.form(node, wanted)
        origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
        if origin in (typing.Union, types.UnionType):
            return self.read(node, next(kind for kind in arguments if kind is not type(None)))
        if origin is tuple:
            return self.items(node, arguments[0])
        if origin is dict:
            return self.mapping(node, arguments[1])
        if origin is typing.Literal:
            return self.choice(node, arguments)
        return node

    def form(self, node: Node, form: type) -> Any:
        short = form.short() if hasattr(form, "short") else ""
        if short and not isinstance(node, MapNode):
            name, wanted, _ = form_fields(form)[short]
            value = self.read(node, wanted)
            return BAD if value is BAD else self.build(form, {name: value}, node.span)
        if not isinstance(node, MapNode):
            return self.wrong_kind(node, "mapping")
        fields = form_fields(form)
        values: dict[str, Any] = {}
        for key, (word, value) in node.entries.items():
            if key not in fields:
                self.unknown_key(word, key, fields)
            elif not (isinstance(value, Scalar) and value.is_null):
                name, wanted, _ = fields[key]
                values[name] = self.read(value, wanted)
        missing = [key for key, (name, _, required) in fields.items() if required and name not in values]
        for key in missing:
            self.report("form.missing_key", Span(node.span.source, node.span.start, node.span.start + 1), key=key)
        bad = missing or any(value is BAD and fields[name.rstrip("_")][2] for name, value in values.items())
        return BAD if bad else self.build(form, {n: v for n, v in values.items() if v is not BAD}, node.span)

    def build(self, form: type, values: dict[str, Any], span: Span) -> Any:
        spanned = {"span": span} if "span" in form._fields else {}  # type: ignore[attr-defined]
        return form(**values, **spanned)

    def unknown_key(self, word: Scalar, key: str, known: typing.Iterable[str]) -> None:
        near = nearest(key, known) or ", ".join(known)
        self.report("form.unknown_key", word.span, key=key, near=near)

    def items(self, node: Node, wanted: Any) -> Any:
        if not isinstance(node, ListNode):
            written = node.span.text
            alone = len(written) <= _SHORT and "\n" not in written and (wanted is Word or hasattr(wanted, "short"))
            return self.wrong_kind(node, "list", f"[{written}]" if alone else "")
        return tuple(value for value in (self.read(item, wanted) for item in node.items) if value is not BAD)

    def mapping(self, node: Node, wanted: Any) -> Any:
        if not isinstance(node, MapNode):
            return self.wrong_kind(node, "mapping")
        read = {Word(key.text, key.span): self.read(value, wanted) for key, value in node.entries.values()}
        return {word: value for word, value in read.items() if value is not BAD}

    def choice(self, node: Node, options: tuple[str, ...]) -> Any:
        text = self.text(node)
        if text is BAD or text in options:
            return text
        near = nearest(text, options) or ", ".join(options)
        return self.report("form.not_an_option", node.span, found=text, near=near)

    # ---- scalars

    def scalar(self, node: Node, wanted: str) -> Any:
        if not isinstance(node, Scalar) or node.is_null:
            return self.wrong_kind(node, wanted)
        return node

    def text(self, node: Node) -> Any:
        scalar = self.scalar(node, "text")
        return scalar if scalar is BAD else scalar.text

    def filled(self, node: Node) -> Any:
        text = self.text(node)
        return text if text is BAD or text.strip() else self.report("form.blank", node.span)

    def word(self, node: Node) -> Any:
        text = self.filled(node)
        return text if text is BAD else Word(text, node.span)

    def expression(self, node: Node) -> Any:
        scalar = self.scalar(node, "expression")
        return scalar if scalar is BAD else scalar.expression()

    def label(self, node: Node) -> Any:
        if isinstance(node, Scalar) and not node.is_null:
            text = self.filled(node)
            return text if text is BAD else Label(zh=text)
        if not isinstance(node, MapNode):
            return self.wrong_kind(node, "label {zh, en}")
        for key, (word, value) in node.entries.items():
            if key not in ("zh", "en"):
                comma = isinstance(value, Scalar) and value.is_null
                self.report("form.unquoted_comma" if comma else "form.unknown_key", word.span, key=key, near="zh, en")
        if not node.entries:
            return self.report("form.blank", node.span)
        words = {key: self.filled(value) for key, (_, value) in node.entries.items() if key in ("zh", "en")}
        return Label(**{key: text for key, text in words.items() if text is not BAD})

    def boolean(self, node: Node) -> Any:
        if isinstance(node, Scalar) and node.plain and node.text in ("true", "false"):
            return node.text == "true"
        return self.wrong_kind(node, "true or false")

    def number(self, node: Node) -> Any:
        found = number_of(node)
        return self.wrong_kind(node, "number") if found is None else found

    def whole(self, node: Node) -> Any:
        found = number_of(node)
        if found is None or found != found.to_integral_value() or abs(found) >= 10**9:
            return self.wrong_kind(node, "whole number")
        return int(found)

    def date(self, node: Node) -> Any:
        found = temporal.read_date(node.text) if isinstance(node, Scalar) else None
        return self.wrong_kind(node, "date (YYYY-MM-DD)") if found is None else found


_SIMPLE: dict[Any, Callable[[Reader, Node], Any]] = {
    str: Reader.text,
    Word: Reader.word,
    ExpressionText: Reader.expression,
    Label: Reader.label,
    bool: Reader.boolean,
    int: Reader.whole,
    Decimal: Reader.number,
    datetime.date: Reader.date,
    Scalar: lambda reader, node: reader.scalar(node, "value"),
    MapNode: lambda reader, node: node if isinstance(node, MapNode) else reader.wrong_kind(node, "mapping"),
}


def number_of(node: Node) -> Decimal | None:
    """The number a plain scalar writes (YAML 1.2 core schema, decimal), or None."""
    if not isinstance(node, Scalar) or not node.plain:
        return None
    text = node.text.lstrip("+-")
    if not text or text.strip("0123456789.eE+-") or not (text[0].isdigit() or text[0] == "."):
        return None
    try:
        number = Decimal(node.text)
    except ArithmeticError:
        return None
    return number if len(number.as_tuple().digits) <= CONTEXT.prec and abs(number.adjusted()) < _MOST_DIGITS else None


_MOST_DIGITS = 100
"""Digits before or behind the point of a number in a file."""


_SHORT = 40
"""Characters of what is shown of a value."""


def wrong_kind(node: Node, wanted: object, near: str = "") -> Problem:
    """Something else was wanted in this place; with how to write it, where that is plain."""
    near = near or (meant(node.text, str(wanted)) if isinstance(node, Scalar) else "")
    return problem("form.wrong_kind", node.span, found=kind_of(node), wanted=wanted, near=near)


def kind_of(node: Node) -> str:
    """What stands there, in words: the value itself where it is short."""
    if isinstance(node, Scalar):
        if node.is_null:
            return "nothing"
        text = node.text if len(node.text) <= _SHORT else node.text[: _SHORT - 1] + "…"
        return text if node.plain else f'"{text}"'
    return "a list" if isinstance(node, ListNode) else "a mapping"
