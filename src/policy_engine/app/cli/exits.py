"""Exit codes, and errors told without a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from pathlib import Path

import typer

from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.decision.answer import Decision
from policy_engine.decision.masking import mask_message
from policy_engine.errors import (
    DisagreementError,
    FactsError,
    LedgerError,
    PolicyEngineError,
    Problem,
    RequestError,
    problem,
)
from policy_engine.expression.names import nearest

__all__ = ["MOST", "Exit", "exit_for", "report", "told", "unknown_person", "without_pack"]

MOST = 20
"""Problems of a facts file that are shown: one that is no facts file at all has as many as it has lines."""


class Exit(IntEnum):
    """What a program may rely on."""

    DECIDED = 0
    COULD_NOT_RUN = 1
    USAGE = 2
    INVALID = 3
    UNDETERMINED = 4
    OUT_OF_SCOPE = 5
    GAP_OR_CONFLICT = 6


def exit_for(decisions: Iterable[Decision]) -> Exit:
    """The code for a run: the gravest of all subjects."""
    found = list(decisions)
    statuses = {answer.status for decision in found for answer in decision.answers}
    if statuses & {"gap", "conflict"}:
        return Exit.GAP_OR_CONFLICT
    if "undetermined" in statuses or any(decision.scope.inside is None for decision in found):
        return Exit.UNDETERMINED
    if found and all(decision.scope.inside is False for decision in found):
        return Exit.OUT_OF_SCOPE
    return Exit.DECIDED


_masked: ContextVar[bool] = ContextVar("masked", default=False)
"""Are problems told without values: was the command given `--mask`?"""


def report(problems: Iterable[Problem], most: int | None = None, *, headed: bool = False) -> None:
    """Problems to standard error, each with its place; `most` of them, and how many more there are.

    Under `told(mask=True)` they say nothing about people. Warnings are marked, unless they stand under a heading of their own.
    """
    every = list(problems)
    for found in every[:most]:
        mark = words("提醒：", "warning: ") if found.severity == "warning" and not headed else ""
        shown = mask_message(found) if _masked.get() else found
        print(f"{mark}{shown.show(LANGUAGE)}", file=sys.stderr)
    if left := len(every[most:]) if most is not None else 0:
        print(words(f"…另有 {left} 个问题", f"… and {left} more problems"), file=sys.stderr)


def without_pack(file: Path) -> FactsError | RequestError:
    """What is wrong with a file that is no case file, where no pack is given for facts."""
    if not file.exists():
        return FactsError([problem("file.not_found", where=str(file), path=file)])
    return RequestError([problem("request.facts_need_pack", where=str(file))])


def unknown_person(person: str, known: Iterable[str]) -> Iterator[Problem]:
    """A warning where a code is none of those that are known."""
    codes = set(known)
    if person not in codes:
        yield problem("request.unknown_person", warning=True, found=person, near=nearest(person, codes))


@contextmanager
def told(*, mask: bool = False) -> Iterator[None]:
    """Problems end the command with their code and no traceback; with `mask` they are told without anything about people."""
    before = _masked.set(mask)
    try:
        yield
    except PolicyEngineError as error:
        report(error.problems, MOST if isinstance(error, FactsError) else None)
        raise typer.Exit(code_of(error)) from None
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough
        raise typer.Exit(Exit.COULD_NOT_RUN) from None
    except OSError as error:
        print(f"{error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        raise typer.Exit(Exit.COULD_NOT_RUN) from None
    finally:
        _masked.reset(before)


def code_of(error: PolicyEngineError) -> Exit:
    if isinstance(error, RequestError):
        return Exit.USAGE
    if isinstance(error, (DisagreementError, LedgerError)):
        return Exit.COULD_NOT_RUN
    if all(found.code.startswith("file.") for found in error.problems):
        return Exit.COULD_NOT_RUN
    return Exit.INVALID
