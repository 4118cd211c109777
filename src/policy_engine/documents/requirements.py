"""What decisions and readings require: the names in their expressions (DMN: information requirement)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from policy_engine.documents.forms import DecisionForm, ReadingForm
from policy_engine.expression import tree
from policy_engine.expression.types import ListType, RecordType
from policy_engine.model.decision import DecisionDefinition, DecisionTable
from policy_engine.model.reading import Reading
from policy_engine.model.vocabulary import Fact

__all__ = ["edges", "logic", "named", "required", "requires"]

_WORD = re.compile(r"\w+")


def named(form: ReadingForm | DecisionForm, names: Mapping[str, str]) -> tuple[str, ...]:
    """What the expressions of a form may require, before they are read: the words in them that name something."""
    if isinstance(form, ReadingForm):
        texts = [option.is_ for option in form.options.values()]
    else:
        texts = [*filter(None, [form.is_]), *(rule.when for rule in form.rules)]
    found = (word for text in texts for word in _WORD.findall(text.text))
    return tuple(dict.fromkeys(names[word] for word in found if word in names))


def logic(of: Reading | DecisionDefinition | Fact) -> tuple[tree.Node, ...]:
    """The expressions by which it is found."""
    if isinstance(of, Fact):
        return tuple(node for node in (of.derived_by, of.applies_when, of.otherwise_is) if node is not None)
    if isinstance(of, Reading):
        return tuple(option.expression for option in of.options if option.expression is not None)
    return tuple(rule.when for rule in of.logic.rules) if isinstance(of.logic, DecisionTable) else (of.logic,)


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
