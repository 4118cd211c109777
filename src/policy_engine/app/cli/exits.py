"""Exit codes, and errors told without a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum

import typer

from policy_engine.app.cli.words import LANGUAGE
from policy_engine.decision.answer import Decision
from policy_engine.decision.masking import mask_message
from policy_engine.errors import DisagreementError, LedgerError, PolicyEngineError, Problem, RequestError

__all__ = ["Exit", "exit_for", "report", "told"]


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


def report(problems: Iterable[Problem]) -> None:
    """Problems to standard error, each with its place; under `told(mask=True)` without anything about people."""
    for found in problems:
        shown = mask_message(found) if _masked.get() else found
        print(shown.show(LANGUAGE), file=sys.stderr)


@contextmanager
def told(*, mask: bool = False) -> Iterator[None]:
    """Problems end the command with their code and no traceback; with `mask` they are told without anything about people."""
    before = _masked.set(mask)
    try:
        yield
    except PolicyEngineError as error:
        report(error.problems)
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
