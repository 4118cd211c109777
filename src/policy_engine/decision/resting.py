"""What an answer rests on: the part of its trace without which it would not follow. `docs/decisions.md` states the rule."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.evaluation.observe import TraceNode
from policy_engine.expression import tree
from policy_engine.expression.tree import Node
from policy_engine.expression.types import BOOLEAN
from policy_engine.model.pack import Pack

__all__ = ["resting", "rests_on"]


def resting(root: TraceNode, pack: Pack) -> Iterator[TraceNode]:
    """The node and everything below it that its value rests on, in the order of the trace; a decision comes once."""
    todo = [(root, False)]
    walked: set[tuple[str, str, bool]] = set()
    while todo:
        node, settled = todo.pop()
        settled = settled or node.value is not None
        if node.kind == "decision":
            if {(node.name, node.item, False), (node.name, node.item, settled)} & walked:
                continue  # what an open value rests on, a settled one rests on in part
            walked.add((node.name, node.item, settled))
        yield node
        if node.children:
            todo += [(child, settled) for child in reversed(rests_on(node, pack, settled=settled))]


def rests_on(node: TraceNode, pack: Pack, *, settled: bool) -> tuple[TraceNode, ...]:
    """The children that the node's value rests on; `settled`: the node has a value, or stands below one that has.

    Left out are operands of *and* and *or*, and items of *some* and *every*, where others have decided; and below what is
    settled, what is not known: no value of it would change anything. Where that would leave nothing, all stay.
    """
    parts, decisive = _alternatives(node.node)
    decided = bool(parts) and node.value is decisive
    kept = tuple(
        child
        for child in node.children
        if not (decided and child.value is not decisive and _notes(child, parts))
        and not (settled and child.value is None and _absorbed(child, pack))
    )
    return kept or node.children


def _alternatives(node: Node | None) -> tuple[tuple[Node, ...], bool]:
    """The expressions of which one is enough, and the truth that is."""
    if isinstance(node, tree.Logic):
        return node.operands, node.op == "or"
    if isinstance(node, tree.Quantified):
        return (node.condition,), not node.every
    return (), True


def _notes(child: TraceNode, parts: tuple[Node, ...]) -> bool:
    """Was this noted of one of these expressions as a whole?"""
    if child.node is not None:
        return any(child.node is part for part in parts)
    last = child.name.rpartition(".")[2]
    return any(last == (part.entry if isinstance(part, tree.Path) else getattr(part, "id", "")) for part in parts)


def _absorbed(child: TraceNode, pack: Pack) -> bool:
    """Is what is not known here not known altogether? Open lists, candidates and bounds are known in part."""
    if child.kind == "decision":
        return pack.decision(child.name).type == BOOLEAN
    return child.kind != "reading" or pack.reading(child.name).type == BOOLEAN
