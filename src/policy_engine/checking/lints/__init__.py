"""What is likely a mistake in a pack that links: a file for each lint. Lints warn; they never refuse a pack."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policy_engine.checking.lints import gap, hidden_rule, never_holds, overlap, short_window, unreachable, unused
from policy_engine.errors import Problem
from policy_engine.model.pack import Pack

__all__ = ["LINTS", "lint"]

LINTS: tuple[Callable[[Pack], Iterator[Problem]], ...] = (
    unused.check,
    never_holds.check,
    hidden_rule.check,
    unreachable.check,
    overlap.check,
    gap.check,
    short_window.check,
)


def lint(pack: Pack) -> tuple[Problem, ...]:
    """Everything the lints find, in their order."""
    return tuple(found for check in LINTS for found in check(pack))
