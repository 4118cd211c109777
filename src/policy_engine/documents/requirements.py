"""What decisions and readings require: the names in their expressions (DMN: information requirement)."""

from __future__ import annotations

from policy_engine.expression import tree
from policy_engine.expression.types import ListType, RecordType
from policy_engine.model.decision import DecisionDefinition, DecisionTable
from policy_engine.model.reading import Reading

__all__ = ["edges", "required", "requires"]


def requires(logic: tree.Node | DecisionTable) -> tuple[tuple[str, str], ...]:
    """The facts, parameters, readings and decisions that the logic names: (kind, id), in order, once each."""
    roots = [rule.when for rule in logic.rules] if isinstance(logic, DecisionTable) else [logic]
    found: list[tuple[str, str]] = []
    for root in roots:
        for part in tree.walk(root):
            if isinstance(part, tree.Name) and part.kind in ("fact", "parameter", "reading"):
                found.append((part.kind, part.id))
            elif decision := required(part):
                found.append(("decision", decision))
    return tuple(dict.fromkeys(found))


def required(part: tree.Node) -> str:
    """The decision that a name stands for, or that a path asks of an item; empty where it is none."""
    if isinstance(part, tree.Name):
        return part.id if part.kind == "decision" else ""
    if not isinstance(part, tree.Path):
        return ""
    given = part.target.type
    item = given.item if isinstance(given, ListType) else given
    return part.entry if isinstance(item, RecordType) and item.name and item.find(part.entry) is None else ""


def edges(linked: Reading | DecisionDefinition) -> tuple[str, ...]:
    """What a reading or decision requires of the others."""
    if isinstance(linked, DecisionDefinition):
        found = linked.requires
    else:
        found = tuple(pair for option in linked.options if option.expression for pair in requires(option.expression))
    return tuple(name for kind, name in found if kind in ("decision", "reading"))
