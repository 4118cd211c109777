"""Two subjects side by side under one pack: every step of a decision in which they differ, with its clause."""

from __future__ import annotations

from collections import Counter
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
    """The steps in which two answers to the same decision differ, in the order of the trace; what agrees is left out.

    A decision that others share is written out once, and only named where it stands again.
    """
    return tuple(_Comparison().between(one.trace, other.trace, 0))


class _Comparison:
    """Two traces walked together; what is shared in them is looked at once."""

    def __init__(self) -> None:
        self.differing: dict[tuple[int, int], bool] = {}
        self.written: set[tuple[int, int]] = set()

    def between(self, one: TraceNode, other: TraceNode, depth: int) -> Iterator[Contrast]:
        if not self.differ(one, other):
            return
        again = one.kind == "decision" and (id(one), id(other)) in self.written
        node = one._replace(children=(), origin="shown above") if again and one.children else one
        yield Contrast(node, depth, one.value, other.value, (True, True))
        if again:
            return
        self.written.add((id(one), id(other)))
        for mine, theirs in _paired(one, other):
            if mine is not None and theirs is not None:
                yield from self.between(mine, theirs, depth + 1)
            elif mine is not None:
                yield Contrast(mine, depth + 1, mine.value, None, (True, False))
            elif theirs is not None:
                yield Contrast(theirs, depth + 1, None, theirs.value, (False, True))

    def differ(self, one: TraceNode, other: TraceNode) -> bool:
        """Do the nodes differ, or anything below them?"""
        key = id(one), id(other)
        if key not in self.differing:
            self.differing[key] = one.value != other.value or any(
                mine is None or theirs is None or self.differ(mine, theirs) for mine, theirs in _paired(one, other)
            )
        return self.differing[key]


def _paired(one: TraceNode, other: TraceNode) -> list[tuple[TraceNode | None, TraceNode | None]]:
    """The children of both side by side: a condition on several members with the same one in its turn."""
    mine, theirs = _by_name(one), _by_name(other)
    return [(mine.get(key), theirs.get(key)) for key in dict.fromkeys((*mine, *theirs))]


def _by_name(node: TraceNode) -> dict[tuple[str, str, str, int], TraceNode]:
    """The children by what they are; conditions of the same words, which differ in what they are about, by their number."""
    times: Counter[str] = Counter()
    found = {}
    for child in node.children:
        if child.node is not None:
            times[child.text] += 1
        found[child.kind, child.text, child.item, times[child.text]] = child
    return found
