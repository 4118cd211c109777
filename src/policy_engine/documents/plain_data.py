"""Python data as nodes, so that one reader serves files and programs. Places are paths into the data."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from numbers import Integral
from typing import Any

from policy_engine.documents.reader import number_of
from policy_engine.documents.yaml import MAX_DEPTH, ListNode, MapNode, Node, Scalar
from policy_engine.errors import FactsError, problem
from policy_engine.expression import temporal
from policy_engine.source import Source, Span
from policy_engine.values import Missing, Record, Unknown, format_number

__all__ = ["context_of", "is_text", "nodes"]


def nodes(value: Any, path: str = "", depth: int = 0) -> Node:
    """The data as a facts file would hold it. A binary float is read by its shortest decimal form; NaN stays NaN."""
    if depth > MAX_DEPTH:
        raise FactsError([problem("yaml.too_deep", _span("…", path), limit=MAX_DEPTH)])
    if isinstance(value, Mapping):
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, item in value.items():
            name = str(key)
            if name in entries:
                raise FactsError([problem("yaml.duplicate_key", _span(name, path), key=name)])
            entries[name] = _scalar(name, path), nodes(item, _below(path, key), depth + 1)
        return MapNode(entries, _span("{…}", path))
    if isinstance(value, (list, tuple)):
        return ListNode(
            tuple(nodes(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(value, 1)), _span("[…]", path)
        )
    return _leaf(value, path)


def _leaf(value: Any, path: str) -> Node:
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str) and is_text(value):
        return _scalar(value, path, plain=False)
    if isinstance(value, bool):
        return _scalar("true" if value else "false", path)
    if value is None:
        return _scalar("", path)
    if isinstance(value, Decimal):
        small = value.is_finite() and abs(value.adjusted()) < _LONGEST
        return _scalar(format_number(value) if small else str(value), path)
    if isinstance(value, float):
        return _scalar(float.__repr__(value), path)
    if isinstance(value, Integral):  # also those of NumPy
        return _scalar("1e999" if int(value).bit_length() > _LONGEST else str(int(value)), path)
    if isinstance(value, datetime.date):
        return _scalar(str(value), path)
    raise FactsError([problem("facts.strange", _span(path or "…", path), found=type(value).__name__)])


def is_text(given: str) -> bool:
    """Is the text one that can be written down: no halves of characters?"""
    try:
        given.encode()
    except UnicodeEncodeError:
        return False
    return True


_LONGEST = 400
"""Bits of a whole number, or digits of a decimal; a longer one is no fact, and is refused."""


def context_of(node: Node, path: str = "") -> Any:
    """A node as a value for `eval`: numbers, texts, booleans, dates in quotes or not, lists, records; null is unknown."""
    if isinstance(node, MapNode):
        return Record({key: context_of(value, _below(path, key)) for key, (_, value) in node.entries.items()})
    if isinstance(node, ListNode):
        return tuple(context_of(item, f"{path}[{number}]") for number, item in enumerate(node.items, 1))
    if node.is_null:
        return Unknown((Missing("fact", path, (node.span,)),))
    number = number_of(node)
    if number is not None:
        return number
    if node.plain and node.text in ("true", "false"):
        return node.text == "true"
    found = temporal.read(node.text)
    return node.text if found is None or found is temporal.OUTSIDE else found


def _below(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _scalar(text: str, path: str, *, plain: bool = True) -> Scalar:
    return Scalar(text, _span(text, path), plain)


def _span(text: str, path: str) -> Span:
    return Span(Source(path or "<facts>", text), 0, len(text))
