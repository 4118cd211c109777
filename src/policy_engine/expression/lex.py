"""Text to tokens. Every token knows its span in the source; nothing is skipped but white space and comments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from policy_engine.errors import Problem, problem
from policy_engine.expression.notation import SIGN, SIGNS
from policy_engine.source import Source, Span
from policy_engine.values import format_number

__all__ = ["MAX_LENGTH", "ExpressionText", "Refused", "Token", "tokens"]

MAX_LENGTH = 20_000
"""Characters of one expression."""


class Refused(Exception):
    """Raised inside the expression room by the lexer and the parser; the parser turns it into a result."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class ExpressionText:
    """The text of an expression and where it stands: character i is at `offsets[i]` of the source.

    Inside a YAML file an expression may be quoted or folded; the offsets keep every span absolute.
    """

    text: str
    source: Source
    offsets: Sequence[int]

    @staticmethod
    def of(text: str, name: str = "<expression>") -> ExpressionText:
        return ExpressionText(text, Source(name, text), range(len(text) + 1))

    def span(self, start: int, end: int) -> Span:
        """The span of characters `start` to `end` of the expression in its source."""
        if end > start:
            return Span(self.source, self.offsets[start], self.offsets[end - 1] + 1)
        if start < len(self.text):
            return Span(self.source, self.offsets[start], self.offsets[start])
        after = self.offsets[len(self.text) - 1] + 1 if self.text else self.offsets[0]
        return Span(self.source, after, after)


class Token(NamedTuple):
    """kind: number, text, name, at, op, end. `text` is the value: digits, unescaped text, name, or operator."""

    kind: str
    text: str
    span: Span


_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t\r\n\u00a0\u3000\ufeff]+ | //[^\n]* | /\*.*?\*/)
    | (?P<percent>[0-9]+(?:\.[0-9]+)?[%％])
    | (?P<sign>(?!!=)(?:{SIGN}))
    | (?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<at>@"(?:[^"\\]|\\.)*")
    | (?P<name>[^\W\d]\w*)
    | (?P<op>\.\.|<=|>=|!=|->|\*\*|[-+*/<>=()\[\]{{}},.:?])
    """,
    re.VERBOSE | re.DOTALL,
)

_ESCAPE = re.compile(r'\\(U[0-9a-fA-F]{6}|u[0-9a-fA-F]{4}|["\\\'nrt])|\\(.)?', re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def tokens(text: ExpressionText) -> list[Token]:
    """All tokens of the text, closed by one of kind `end`; raises `Refused`."""
    if len(text.text) > MAX_LENGTH:
        raise Refused(problem("expression.too_long", text.span(0, 1), length=len(text.text), limit=MAX_LENGTH))
    found: list[Token] = []
    position = 0
    while position < len(text.text):
        if text.text.startswith("/*", position) and text.text.find("*/", position + 2) < 0:
            raise Refused(problem("expression.open_comment", text.span(position, position + 2)))
        match = _TOKEN.match(text.text, position)
        if match is None:
            raise Refused(_stray(text, position))
        kind = match.lastgroup or ""
        if kind in ("sign", "percent"):
            raise Refused(_otherwise(match, text.span(position, match.end())))
        if kind != "space":
            found.append(_token(kind, match.group(), text, position, match.end()))
        position = match.end()
    found.append(Token("end", "", text.span(position, position)))
    return found


def _otherwise(match: re.Match[str], span: Span) -> Problem:
    found = match.group()
    meant = SIGNS[found] if match["sign"] else format_number(Decimal(found[:-1]).scaleb(-2))
    return problem("expression.written_otherwise", span, found=found, meant=meant)


def _token(kind: str, raw: str, text: ExpressionText, start: int, end: int) -> Token:
    span = text.span(start, end)
    if kind == "text":
        return Token(kind, _unescape(raw[1:-1], span), span)
    if kind == "at":
        return Token(kind, _unescape(raw[2:-1], span), span)
    return Token(kind, raw, span)


def _unescape(body: str, span: Span) -> str:
    def replaced(match: re.Match[str]) -> str:
        escape = match.group(1)
        if escape is None:
            raise Refused(problem("expression.bad_escape", span, found="\\" + (match.group(2) or "")))
        if escape[0] in "uU":
            return chr(int(escape[1:], 16))
        return _SIMPLE_ESCAPES.get(escape, escape)

    try:
        joined = _ESCAPE.sub(replaced, body)
        return joined.encode("utf-16", "surrogatepass").decode("utf-16")
    except ValueError:
        raise Refused(problem("expression.bad_escape", span, found=body)) from None


_FULL_WIDTH = dict(zip("（），：＜＞＝＋－＊／．【】「」“”‘’", '(),:<>=+-*/.[]""""""', strict=True))

_FULL_WIDTH_DIGITS = re.compile("[０-９]+(?:[.．][０-９]+)?")


def _stray(text: ExpressionText, position: int) -> Problem:
    character = text.text[position]
    span = text.span(position, position + 1)
    if digits := _FULL_WIDTH_DIGITS.match(text.text, position):
        meant = unicodedata.normalize("NFKC", digits.group())
        return problem("expression.full_width", text.span(position, digits.end()), found=digits.group(), meant=meant)
    if character == '"' or text.text.startswith('@"', position):
        return problem("expression.open_text", span)
    if character in _FULL_WIDTH:
        return problem("expression.full_width", span, found=character, meant=_FULL_WIDTH[character])
    return problem("expression.stray_character", span, found=character)
