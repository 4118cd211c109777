"""Kleene's strong three-valued logic: the tables, nothing else.

A truth is `True`, `False` or `None` (unknown). An operand that decides wins: `False` for *and*, `True` for *or*.
Semantics: DMN 1.5, tables 50 and 51; Kleene 1952.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

__all__ = ["Truth", "conjunction", "disjunction", "negation"]

Truth: TypeAlias = bool | None


def negation(truth: Truth) -> Truth:
    return None if truth is None else not truth


def conjunction(truths: Iterable[Truth]) -> Truth:
    """*and* over any number of truths; `True` over none."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def disjunction(truths: Iterable[Truth]) -> Truth:
    """*or* over any number of truths; `False` over none."""
    result: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            result = None
    return result
