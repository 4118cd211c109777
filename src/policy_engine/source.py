"""Where a piece of text stands: sources, spans, and a caret under a span.

A span is a half-open range of characters of one source. Lines and columns count from 1, in characters
(not bytes); the caret line is padded by display width, so that it points right under Chinese text.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["Place", "Source", "Span"]


def _line_starts(text: str) -> tuple[int, ...]:
    starts = [0]
    position = text.find("\n")
    while position >= 0:
        starts.append(position + 1)
        position = text.find("\n", position + 1)
    return tuple(starts)


@dataclass(frozen=True, slots=True)
class Source:
    """A named text: a file of a pack, a file of facts, or an expression typed on the command line."""

    name: str
    text: str = field(repr=False)
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", _line_starts(self.text))

    def place(self, offset: int) -> Place:
        """Line and column (both from 1) of the character at `offset`."""
        line = bisect_right(self._starts, offset)
        return Place(line, offset - self._starts[line - 1] + 1)

    def start(self, line: int) -> int:
        """The offset at which line `line` (from 1) begins."""
        return self._starts[line - 1]

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its line end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


class Place(NamedTuple):
    line: int
    column: int


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of a source."""

    source: Source
    start: int
    end: int

    @property
    def place(self) -> Place:
        return self.source.place(self.start)

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`, in the same source."""
        return Span(self.source, self.start, max(self.end, other.end))

    def __str__(self) -> str:
        place = self.place
        return f"{self.source.name}:{place.line}:{place.column}"

    def excerpt(self) -> str:
        """The line the span starts on, and a line of carets under it."""
        place = self.place
        line = self.source.line(place.line).expandtabs(1)
        before = line[: place.column - 1]
        marked = line[place.column - 1 : place.column - 1 + (self.end - self.start)]
        return f"{line}\n{' ' * width(before)}{'^' * max(1, width(marked))}"


def width(text: str) -> int:
    """Columns that `text` takes in a terminal: 2 for wide and full-width characters, 0 for combining ones."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
