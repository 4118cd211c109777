"""Problems as data, and the exceptions that carry them.

A problem has a stable code; its sentence is made when it is shown, in Chinese or English, from `problems.yaml`
beside this file. Tests and programs match the code and the span, never the sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from policy_engine.source import Span

__all__ = [
    "DisagreementError",
    "FactsError",
    "Language",
    "LedgerError",
    "MissingExtra",
    "PackError",
    "PolicyEngineError",
    "Problem",
    "RequestError",
    "Severity",
]

Language: TypeAlias = Literal["zh", "en"]
Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing found wrong: a stable code, the user's own words in `details`, and the place."""

    code: str
    details: tuple[tuple[str, str], ...] = ()
    span: Span | None = None
    where: str = ""
    severity: Severity = "error"

    def message(self, language: Language = "en") -> str:
        """One sentence: what was found, in the user's own words."""
        return self._sentence("says", language)

    def help(self, language: Language = "en") -> str:
        """What to do about it; empty where there is nothing more to say."""
        return self._sentence("help", language)

    def _sentence(self, part: str, language: Language) -> str:
        template = catalogue()[self.code].get(part, {}).get(language, "")
        if "{near}" in template and not dict(self.details).get("near"):
            return ""
        return template.format_map({name: said(value, language) for name, value in self.details})

    @property
    def place(self) -> str:
        """`file:line:column` where known, else the path inside the data, else empty."""
        return str(self.span) if self.span else self.where

    def show(self, language: Language = "en") -> str:
        """The whole report of the problem: place, sentence, code, excerpt with carets, help."""
        head = ": ".join(part for part in (self.place, f"{self.message(language)} [{self.code}]") if part)
        lines = [head]
        if self.span is not None:
            lines += ["    " + line for line in self.span.excerpt().splitlines()]
        if help_ := self.help(language):
            lines.append("  = " + help_)
        return "\n".join(lines)


def problem(
    code: str, span: Span | None = None, *, where: str = "", warning: bool = False, **details: object
) -> Problem:
    """Make a problem; the keyword arguments fill the blanks of its sentence."""
    return problem_of(code, span, details, where=where, warning=warning)


def problem_of(
    code: str, span: Span | None, details: Mapping[str, object], *, where: str = "", warning: bool = False
) -> Problem:
    """Make a problem whose details are already a mapping."""
    words = tuple((name, str(value)) for name, value in details.items())
    return Problem(code, words, span, where, "warning" if warning else "error")


def said(word: str, language: Language) -> str:
    """One of the engine's own words in this language; any other text as it is."""
    return catalogue()["words"].get(word, {}).get("zh", word) if language == "zh" else word


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, dict[str, dict[str, str]]]:
    """Every problem code with its sentences, `{code: {says: {zh, en}, help: {zh, en}}}`; `words` are the engine's own."""
    from importlib.resources import files  # with the next, only when a sentence is shown

    from ruamel.yaml import YAML

    text = files("policy_engine").joinpath("problems.yaml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, dict[str, str]]] = YAML(typ="safe", pure=True).load(text)
    return loaded


class PolicyEngineError(Exception):
    """The root of everything this package raises on purpose; `problems` says all that is wrong, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(problem.show("en") for problem in self.problems)


class PackError(PolicyEngineError):
    """A pack cannot be used as it stands."""


class FactsError(PolicyEngineError):
    """Facts, settings or cases cannot be used as they stand."""


class RequestError(PolicyEngineError):
    """What was asked for does not exist: a pack, a decision, a parameter, a reading option."""


class DisagreementError(PolicyEngineError):
    """Two engines answer the same question differently: one of them is wrong."""


class LedgerError(PolicyEngineError):
    """A ledger cannot be used or trusted, or a record in it cannot be read."""


class MissingExtra(PolicyEngineError):
    """An optional part of the package is not installed; the message names the command that installs it."""
