"""Entries of a ledger that cannot be read: each is told with its number and passed over, or ends the reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

from policy_engine.errors import LedgerError, PolicyEngineError, Problem, problem
from policy_engine.record.entry import Entered

__all__ = ["Warn", "refuse", "unreadable"]

Warn: TypeAlias = Callable[[Iterable[Problem]], None]
"""Is told of entries that cannot be read; they are passed over unless it raises."""


def refuse(problems: Iterable[Problem]) -> None:
    """A `Warn` that passes nothing over."""
    if found := list(problems):
        raise LedgerError(found)


def unreadable(entry: Entered, why: Exception | str) -> tuple[Problem, ...]:
    """That an entry cannot be read, by its number. An entry of a newer form is no malformed one: its error is raised."""
    if not isinstance(why, PolicyEngineError):
        return (problem("record.unreadable", where=f"#{entry.seq}", why=why),)
    if any(found.code == "record.newer" for found in why.problems):
        raise why
    return tuple(replace(found, where=f"#{entry.seq}") for found in why.problems)
