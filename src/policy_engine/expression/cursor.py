"""A walk along the tokens of an expression: look, take, expect, refuse. What they mean together is `parse`."""

from __future__ import annotations

from typing import NoReturn

from policy_engine.errors import Problem, problem
from policy_engine.expression.lex import Refused, Token
from policy_engine.expression.notation import WORDS
from policy_engine.source import Span

__all__ = ["Cursor"]


class Cursor:
    """The tokens, and how far they have been read."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.position = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def at(self, *texts: str) -> bool:
        return self.token.kind in ("op", "name") and self.token.text in texts

    def take(self) -> Token:
        token = self.token
        self.position += token.kind != "end"
        return token

    def expect(self, kind: str, text: str) -> Token:
        if self.token.kind != kind or (text and self.token.text != text):
            self.unexpected(f"“{text}”" if text else {"name": "a name", "end": "the end"}[kind])
        return self.take()

    def unexpected(self, expected: str) -> NoReturn:
        found, before = self.token, self.tokens[self.position - 1]
        for token in (found, before) if self.position else (found,):
            if token.kind in ("name", "op") and token.text in WORDS and (token is found or token.kind == "name"):
                raise Refused(self.otherwise(token))
        if found.kind == "end":
            raise Refused(problem("expression.ends_early", found.span, expected=expected))
        raise Refused(problem("expression.unexpected", found.span, found=found.span.text, expected=expected))

    def otherwise(self, token: Token) -> Problem:
        return problem("expression.written_otherwise", token.span, found=token.text, meant=WORDS[token.text])

    def outside(self, span: Span, what: str) -> Refused:
        return Refused(problem("expression.outside_subset", span, what=what))
