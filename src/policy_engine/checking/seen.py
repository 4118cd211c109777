"""Which conditions of a pack a set of cases has seen both true and false."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policy_engine.evaluation.observe import TraceNode
from policy_engine.expression import tree
from policy_engine.expression.types import BOOLEAN
from policy_engine.expression.unparse import unparse
from policy_engine.model.pack import Pack

_OF_MEMBER = re.compile(r"^members\[\d+\]\.(?=\w+$)")
"""A member's own fact stands in the condition without the path that leads to the member."""

__all__ = ["Condition", "conditions", "unseen"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A boolean part of a rule, a decision or a reading's option that is not itself joined of others."""

    owner: str
    text: str


def conditions(pack: Pack) -> tuple[Condition, ...]:
    """All conditions of a pack, in its order, once each."""
    found = [Condition(owner, text) for owner, root in _roots(pack) for text in _atoms(root)]
    return tuple(dict.fromkeys(found))


def _roots(pack: Pack) -> Iterator[tuple[str, tree.Node]]:
    for reading in pack.readings.values():
        for option in reading.options:
            if option.expression is not None and option.expression.type == BOOLEAN:
                yield f"{reading.id}.{option.id}", option.expression
    for decision in pack.decisions.values():
        if decision.table is not None:
            yield from ((f"{decision.id}.{rule.id}", rule.when) for rule in decision.table.rules)
        elif decision.type == BOOLEAN:
            yield decision.id, decision.logic


def _atoms(node: tree.Node) -> Iterator[str]:
    if isinstance(node, tree.Logic):
        for operand in node.operands:
            yield from _atoms(operand)
    elif isinstance(node, tree.Call) and node.function == "not":
        yield from _atoms(node.arguments[0])
    elif not isinstance(node, tree.Literal):
        yield unparse(node)


def unseen(pack: Pack, traces: Iterable[TraceNode]) -> dict[Condition, tuple[bool, ...]]:
    """The conditions not seen both ways, each with the truths that are wanting."""
    truths: dict[Condition, set[bool]] = {}
    for trace in traces:
        _note(trace, "", truths, set())
    return {
        condition: tuple(truth for truth in (True, False) if truth not in truths.get(condition, set()))
        for condition in conditions(pack)
        if len(truths.get(condition, set())) < 2
    }


def _note(node: TraceNode, owner: str, truths: dict[Condition, set[bool]], noted: set[tuple[str, str]]) -> None:
    """Note the truth of everything under a node for the rule, decision or reading that looked at it; decisions once."""
    if node.kind == "decision":
        if (node.text, node.item) in noted:
            return
        noted.add((node.text, node.item))
        owner = node.text
    elif node.kind == "rule":
        owner = f"{owner.partition('.')[0]}.{node.text}"
    elif node.kind == "reading":
        owner = f"{node.text}.{node.origin}"
    for child in node.children:
        if isinstance(child.value, bool):
            text = _OF_MEMBER.sub("", child.text)
            truths.setdefault(Condition(owner, text), set()).add(child.value)
        _note(child, owner, truths, noted)
