"""Proofs about conditions: which can never hold together, which leave nothing out.

A condition is cut into tests of one operand: a boolean, a code, or a comparison with one bound. Only what follows from
the form of the tests is proved; a proof never depends on a fact or on the value of a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from policy_engine.expression import tree
from policy_engine.expression.tree import Node
from policy_engine.expression.types import BOOLEAN, CodeType
from policy_engine.expression.unparse import unparse

__all__ = ["contradicts", "exclusive", "exhaustive", "implies"]

_CELLS = {
    "<": frozenset("<"),
    "<=": frozenset("<="),
    ">": frozenset(">"),
    ">=": frozenset(">="),
    "=": frozenset("="),
    "!=": frozenset("<>"),
}
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Region:
    """The part of an operand's values for which a test holds; `whole` are all of them."""

    operand: str
    cells: frozenset[str]
    whole: frozenset[str]

    def complement(self) -> Region:
        return Region(self.operand, self.whole - self.cells, self.whole)


def exclusive(conditions: Sequence[Node]) -> frozenset[tuple[int, int]]:
    """Pairs of positions whose conditions are proved never to hold together."""
    parts = [_conjuncts(condition) for condition in conditions]
    return frozenset(
        (one, other) for one, other in combinations(range(len(parts)), 2) if _apart(parts[one], parts[other])
    )


def exhaustive(conditions: Sequence[Node]) -> bool:
    """Is it proved that one of the conditions always holds? Where some of them together leave nothing of one operand out."""
    covered: dict[str, frozenset[str]] = {}
    for region in map(_region, conditions):
        if region is not None:
            covered[region.operand] = covered.get(region.operand, frozenset()) | region.cells
            if covered[region.operand] == region.whole:
                return True
    return False


def contradicts(condition: Node) -> bool:
    """Is it proved that the condition never holds? Two of its parts exclude each other, or one leaves nothing."""
    parts = _conjuncts(condition)
    return any(not part.cells for part in parts) or any(_apart([a], [b]) for a, b in combinations(parts, 2))


def implies(condition: Node, other: Node) -> bool:
    """Is it proved that `other` holds whenever the condition does? Every part of `other` contains one of the condition's."""
    needed = other.operands if isinstance(other, tree.Logic) and other.op == "and" else (other,)
    regions = [_region(part) for part in needed]
    own = _conjuncts(condition)
    return all(
        region is not None and any(part.operand == region.operand and part.cells <= region.cells for part in own)
        for region in regions
    )


def _apart(one: list[Region], other: list[Region]) -> bool:
    return any(a.operand == b.operand and not a.cells & b.cells for a in one for b in other)


def _conjuncts(condition: Node) -> list[Region]:
    parts = condition.operands if isinstance(condition, tree.Logic) and condition.op == "and" else (condition,)
    return [region for region in map(_region, parts) if region is not None]


def _region(node: Node) -> Region | None:
    if isinstance(node, tree.Call) and node.function == "not":
        inner = _region(node.arguments[0])
        return inner.complement() if inner else None
    if isinstance(node, tree.Logic):
        return _combined(node)
    if isinstance(node, tree.Binary) and node.op in _CELLS:
        return _comparison(node)
    if isinstance(node, tree.In):
        return _membership(node)
    if node.type == BOOLEAN:
        return Region(unparse(node), frozenset(["true"]), frozenset(["true", "false"]))
    return None


def _combined(node: tree.Logic) -> Region | None:
    regions = [_region(operand) for operand in node.operands]
    known = [region for region in regions if region is not None]
    if len(known) != len(regions) or len({region.operand for region in known}) != 1:
        return None
    cells = [region.cells for region in known]
    joined = frozenset.union(*cells) if node.op == "or" else frozenset.intersection(*cells)
    return Region(known[0].operand, joined, known[0].whole)


def _comparison(node: tree.Binary) -> Region | None:
    for operand, bound, op in ((node.left, node.right, node.op), (node.right, node.left, _MIRROR[node.op])):
        if isinstance(operand.type, CodeType) and isinstance(bound, tree.Literal) and op in ("=", "!="):
            cells = frozenset([str(bound.value)])
            region = Region(unparse(operand), cells, frozenset(operand.type.ids))
            return region if op == "=" else region.complement()
    left, right = unparse(node.left), unparse(node.right)
    op = node.op
    if right < left:
        left, right, op = right, left, _MIRROR[op]
    return Region(f"{left} ? {right}", _CELLS[op], frozenset("<=>"))


def _membership(node: tree.In) -> Region | None:
    if not isinstance(node.operand.type, CodeType):
        return None
    tests = [item for test in node.tests for item in (test.items if isinstance(test, tree.ListOf) else (test,))]
    if not all(isinstance(test, tree.Literal) for test in tests):
        return None
    cells = frozenset(str(test.value) for test in tests if isinstance(test, tree.Literal))
    return Region(unparse(node.operand), cells, frozenset(node.operand.type.ids))
