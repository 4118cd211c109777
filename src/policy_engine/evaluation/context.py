"""Expressions evaluated by themselves, over named values: for `eval`, and for conformance cases."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal

from policy_engine.errors import Problem
from policy_engine.evaluation.expressions import Evaluator
from policy_engine.expression import tree
from policy_engine.expression.check import check
from policy_engine.expression.lex import ExpressionText
from policy_engine.expression.names import Symbol
from policy_engine.expression.parse import parse
from policy_engine.expression.types import (
    BOOLEAN,
    DATE,
    DAYS,
    MONTHS,
    NEVER,
    NUMBER,
    TEXT,
    ListType,
    Mixed,
    RecordType,
    Type,
    join,
)
from policy_engine.values import Missing, Months, Record, Unknown, Value

__all__ = ["Context", "evaluate", "type_of"]


class Context(Evaluator):
    """Names stand for the entries of a record; a name with a type and no value is unknown."""

    def __init__(self, values: Record, types: dict[str, Type] | None = None) -> None:
        self.values = values
        self.types = types or {name: type_of(value) for name, value in values.items()}

    def find(self, name: str) -> Symbol | None:
        return Symbol(name, self.types[name], "context") if name in self.types else None

    def added(self, record: str, name: str) -> Symbol | None:  # noqa: ARG002 - nothing is added here
        return None

    def names(self) -> Iterable[str]:
        return self.types

    def global_(self, node: tree.Name) -> Value:
        found = self.values.get(node.id)
        return Unknown((Missing("fact", node.id, (node.span,)),)) if found is None else found


def evaluate(text: ExpressionText | str, context: Context) -> tuple[tree.Node | None, Value, tuple[Problem, ...]]:
    """The typed tree, its value, and the problems; without a tree or with problems the value is unknown."""
    node, problems = parse(text)
    if node is None:
        return None, Unknown(problems=problems), problems
    checked, problems = check(node, context)
    if problems:
        return checked, Unknown(problems=problems), problems
    return checked, context.value(checked, {}), ()


def type_of(value: Value) -> Type:
    """The narrowest type of a value; of a list, of all its items."""
    if isinstance(value, tuple):
        items = [type_of(item) for item in value]
        joined: Type | None = NEVER
        for item in items:
            joined = None if joined is None else _joined(joined, item)
        return ListType(joined or Mixed(tuple(dict.fromkeys(items))))
    if isinstance(value, Record):
        return RecordType("", tuple((name, type_of(item)) for name, item in value.items()))
    simple: dict[type, Type] = {
        bool: BOOLEAN,
        Decimal: NUMBER,
        str: TEXT,
        datetime.date: DATE,
        datetime.timedelta: DAYS,
        Months: MONTHS,
    }
    return simple.get(type(value), NEVER)


def _joined(one: Type, other: Type) -> Type | None:
    """Records of one list may differ in their entries: an absent entry is unknown."""
    if isinstance(one, RecordType) and isinstance(other, RecordType):
        entries = dict(one.entries)
        for name, type_ in other.entries:
            entries[name] = _joined(entries.get(name, NEVER), type_) or NEVER
        return RecordType("", tuple(entries.items()))
    return join(one, other)
