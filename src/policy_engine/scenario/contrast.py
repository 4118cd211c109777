"""Two subjects side by side under one pack: every step of a decision in which they differ, with its clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policy_engine.decision.answer import Answer
from policy_engine.evaluation.observe import TraceNode

__all__ = ["Contrast", "contrasts"]


@dataclass(frozen=True, slots=True)
class Contrast:
    """A step of the trace with its value for one and for the other (None: not known; `seen`: was it looked at at all)."""

    node: TraceNode
    depth: int
    one: Any
    other: Any
    seen: tuple[bool, bool]


def contrasts(one: Answer, other: Answer) -> tuple[Contrast, ...]:
    """The steps in which two answers to the same decision differ, in the order of the trace; what agrees is left out."""
    return tuple(_between(one.trace, other.trace, 0))


def _between(one: TraceNode, other: TraceNode, depth: int) -> Iterator[Contrast]:
    if one.value == other.value and not _differ_below(one, other):
        return
    yield Contrast(one, depth, one.value, other.value, (True, True))
    mine, theirs = _by_name(one), _by_name(other)
    for key in dict.fromkeys((*mine, *theirs)):
        if key in mine and key in theirs:
            yield from _between(mine[key], theirs[key], depth + 1)
        elif key in mine:
            yield Contrast(mine[key], depth + 1, mine[key].value, None, (True, False))
        else:
            yield Contrast(theirs[key], depth + 1, None, theirs[key].value, (False, True))


def _differ_below(one: TraceNode, other: TraceNode) -> bool:
    mine, theirs = _by_name(one), _by_name(other)
    return set(mine) != set(theirs) or any(
        mine[key].value != theirs[key].value or _differ_below(mine[key], theirs[key]) for key in mine
    )


def _by_name(node: TraceNode) -> dict[tuple[str, str, str], TraceNode]:
    return {(child.kind, child.text, child.item): child for child in node.children}
