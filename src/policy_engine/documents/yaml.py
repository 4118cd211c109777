"""YAML 1.2 text to nodes that know their place.

Only what packs and facts need: scalars, lists, mappings with text keys. Plain scalars keep their own text, so that
`2.10` stays a clause number and `no` stays a word: what a scalar means is decided by what is expected there. Duplicate
keys, tags and merge keys are refused; nesting, size and the expansion of aliases are limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, NamedTuple, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from policy_engine.errors import Problem, problem
from policy_engine.expression.lex import ExpressionText
from policy_engine.source import Source, Span

_FAST = find_spec("_ruamel_yaml") is not None
"""Is the compiled parser (`ruamel.yaml.clib`) installed? Without it the pure one reads the same, some ten times slower."""

__all__ = ["MAX_ALIASED", "MAX_DEPTH", "MAX_LENGTH", "ListNode", "MapNode", "Node", "Scalar", "read"]

MAX_LENGTH = 64_000_000
MAX_DEPTH = 40
MAX_ALIASED = 10_000
"""Nodes that aliases may repeat in one file."""


class Scalar(NamedTuple):
    """A single value as written; `plain` where it stands without quotes."""

    text: str
    span: Span
    plain: bool = True

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")

    def expression(self) -> ExpressionText:
        """The text as an expression with absolute places."""
        return ExpressionText(self.text, self.span.source, _offsets(self.text, self.span))


class ListNode(NamedTuple):
    items: tuple[Node, ...]
    span: Span


class MapNode(NamedTuple):
    """A mapping in the order written: key text to (key, value)."""

    entries: dict[str, tuple[Scalar, Node]]
    span: Span

    def get(self, key: str) -> Node | None:
        found = self.entries.get(key)
        return found[1] if found else None


Node: TypeAlias = Scalar | ListNode | MapNode


def _offsets(text: str, span: Span) -> Sequence[int]:
    """Where each character of a scalar's value stands in its source, whatever its quoting and folding."""
    raw, start = span.text, span.start
    if raw == text:
        return range(start, start + len(text) + 1)
    found: list[int] = []
    position = _body(raw)
    for character in text:
        if raw[position : position + 1] == "\\" and raw[:1] == '"':
            found.append(start + position)
            position += {"x": 4, "u": 6, "U": 10}.get(raw[position + 1 : position + 2], 2)
            continue
        if character.isspace():
            while position < len(raw) and not raw[position].isspace():
                position += 1
            found.append(start + min(position, max(len(raw) - 1, 0)))
            while position < len(raw) and raw[position].isspace():
                position += 1
            continue
        at = raw.find(character, position)
        position = at if at >= 0 else position
        found.append(start + min(position, max(len(raw) - 1, 0)))
        position += 2 if raw[:1] == "'" and raw[position : position + 2] == "''" else 1
    return [*found, start + len(raw)]


def _body(raw: str) -> int:
    """Where the value of a scalar begins: behind an anchor, the header of a block, or the opening quote."""
    position = 0
    if raw[:1] == "&":
        position = raw.find(" ") + 1
    if raw[position : position + 1] in ("|", ">"):
        return raw.find("\n", position) + 1
    return position + (raw[position : position + 1] in ("'", '"'))


def read(text: str, name: str) -> tuple[tuple[Node, ...], tuple[Problem, ...]]:
    """All documents of a text. With problems, the documents read before them."""
    source = Source(name, text)
    if len(text) > MAX_LENGTH:
        return (), (problem("yaml.too_large", Span(source, 0, 0), length=len(text), limit=MAX_LENGTH),)
    if _FAST:
        documents, problems = _compose(source, fast=True)
        if not any(found.code in _BROKEN for found in problems) or len(text) > _RETRIED:
            return documents, problems
        again = _compose(source, fast=False)  # the pure parser reads a little more
        return (documents, problems) if any(found.code == "yaml.unreadable" for found in again[1]) else again
    return _compose(source, fast=False)


_RETRIED = 100_000
"""Characters of a text at most that is read a second time, by the slower parser."""

_BROKEN = ("yaml.syntax", "yaml.tab", "yaml.full_width_colon", "yaml.full_width_comma")


def _compose(source: Source, *, fast: bool) -> tuple[tuple[Node, ...], tuple[Problem, ...]]:
    composer = _Composer(source)
    try:
        for event, start, end in _events(source, fast=fast):
            composer.take(event, Span(source, start, end))
    except _Stop as stop:
        return tuple(composer.documents), (*composer.problems, stop.problem)
    except MarkedYAMLError as error:
        return tuple(composer.documents), (*composer.problems, _syntax(error, source))
    except (YAMLError, ValueError, LookupError, ArithmeticError) as error:
        offset = getattr(error, "position", 0)
        at = Span(source, offset, offset + 1)
        code = "yaml.syntax" if isinstance(error, YAMLError) or fast else "yaml.unreadable"
        return (), (problem(code, at, what=" ".join(str(error).split())[:200]),)
    return tuple(composer.documents), tuple(composer.problems)


def _syntax(error: MarkedYAMLError, source: Source) -> Problem:
    mark = error.problem_mark or error.context_mark
    offset = min(_offset(source, mark), len(source.text)) if mark else 0
    number = source.place(offset).line
    for near in (number, number - 1):
        text = source.line(near) if near else ""
        if "：" in text and ": " not in text:
            at = source.start(near) + text.index("：")
            return problem("yaml.full_width_colon", Span(source, at, at + 1))
        if comma := re.search(r"(?<=[{\[])[^\"']*?，", text):
            at = source.start(near) + comma.end() - 1
            return problem("yaml.full_width_comma", Span(source, at, at + 1))
    line = source.line(number)
    what = " ".join(str(part) for part in (error.context, error.problem) if part)
    code = "yaml.tab" if "\t" in line[: len(line) - len(line.lstrip())] else "yaml.syntax"
    return problem(code, Span(source, offset, offset + 1), what=what)


def _offset(source: Source, mark: Any) -> int:
    start = 0
    for _ in range(mark.line):
        start = source.text.find("\n", start) + 1
    return int(start + mark.column)


def _events(source: Source, *, fast: bool) -> Iterator[tuple[Any, int, int]]:
    reader = YAML(typ="safe", pure=not fast)
    _, parser = reader.get_constructor_parser(source.text)
    shift = 1 if source.text.startswith("\ufeff") else 0
    while parser.check_event():
        event = parser.get_event()
        yield event, event.start_mark.index + shift, event.end_mark.index + shift


class _Stop(Exception):
    def __init__(self, found: Problem) -> None:
        super().__init__(found)
        self.problem = found


@dataclass
class _Open:
    """A list or mapping being read."""

    span: Span
    mapping: bool
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    key: Scalar | None = None
    size: int = 1


class _Composer:
    """Events to nodes, with a stack of its own: no text however nested can exhaust the interpreter's."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.documents: list[Node] = []
        self.problems: list[Problem] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.aliased = 0
        self.empty = True

    def take(self, event: Any, span: Span) -> None:
        kind = type(event)
        if kind is ScalarEvent:
            self.refuse_tag(event, span)
            plain = event.style in (None, "")
            if not event.value.isascii() and any("\ud800" <= character <= "\udfff" for character in event.value):
                raise _Stop(problem("yaml.syntax", span, what="a surrogate is no character"))
            self.add(Scalar(event.value, span, plain), event.anchor, 1)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            self.refuse_tag(event, span)
            if len(self.stack) >= MAX_DEPTH:
                raise _Stop(problem("yaml.too_deep", span, limit=MAX_DEPTH))
            self.stack.append(_Open(span, kind is MappingStartEvent, event.anchor))
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            done = self.stack.pop()
            whole = done.span.to(span)
            node = MapNode(done.entries, whole) if done.mapping else ListNode(tuple(done.items), whole)
            self.add(node, done.anchor, done.size)
        elif kind is AliasEvent:
            self.alias(event.anchor, span)
        elif kind is DocumentStartEvent:
            self.anchors, self.empty = {}, True
        elif kind is DocumentEndEvent and self.empty:
            self.documents.append(Scalar("", span))

    def refuse_tag(self, event: Any, span: Span) -> None:
        tag = event.tag if isinstance(event.tag, str) else getattr(event.ctag, "handle", None) and str(event.tag)
        if tag and tag != "!":
            self.problems.append(problem("yaml.tag", span, tag=tag))

    def alias(self, anchor: str, span: Span) -> None:
        if anchor not in self.anchors:
            raise _Stop(problem("yaml.syntax", span, what=f"*{anchor}"))
        node, size = self.anchors[anchor]
        self.aliased += size
        if self.aliased > MAX_ALIASED:
            raise _Stop(problem("yaml.too_many_aliases", span, limit=MAX_ALIASED))
        self.add(node, None, size)

    def add(self, node: Node, anchor: str | None, size: int) -> None:
        if anchor:
            self.anchors[anchor] = node, size
        if not self.stack:
            self.empty = False
            self.documents.append(node)
            return
        around = self.stack[-1]
        around.size += size
        if not around.mapping:
            around.items.append(node)
        elif around.key is None:
            around.key = self.key(node)
        else:
            key, around.key = around.key, None
            if key.plain and key.text == "<<":
                return
            if key.text in around.entries:
                self.problems.append(problem("yaml.duplicate_key", key.span, key=key.text))
            else:
                around.entries[key.text] = key, node

    def key(self, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            raise _Stop(problem("yaml.key_not_text", node.span))
        if node.plain and node.text == "<<":
            self.problems.append(problem("yaml.merge_key", node.span))
        return node
