"""Nodes of a document as JSON, every number with the digits that it was written with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from policy_engine.documents.yaml import ListNode, MapNode, Node

__all__ = ["json_text"]

_LITERAL = re.compile(r"true|false|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
"""What JSON writes without quotes; `0012` is a text there."""


def json_text(node: Node, gap: str = "") -> str:
    """The node on one line; where a gap is given (a line break and what stands before the closing bracket) on several."""
    inside = gap and gap + "  "
    if isinstance(node, MapNode):
        return _bracketed(
            "{", (f"{_quoted(k)}: {json_text(value, inside)}" for k, (_, value) in node.entries.items()), "}", gap
        )
    if isinstance(node, ListNode):
        return _bracketed("[", (json_text(item, inside) for item in node.items), "]", gap)
    if node.is_null:
        return "null"
    return node.text if node.plain and _LITERAL.fullmatch(node.text) else _quoted(node.text)


def _bracketed(opening: str, items: Iterable[str], closing: str, gap: str) -> str:
    found = list(items)
    if not gap or not found:
        return opening + ", ".join(found) + closing
    return opening + gap + "  " + f",{gap}  ".join(found) + gap + closing


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
