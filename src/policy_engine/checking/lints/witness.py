"""A concrete household (or village, or area) for which conditions hold or fail, found by trying; none found proves nothing."""

from __future__ import annotations

import datetime
import itertools
import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from policy_engine.evaluation.single import Single
from policy_engine.expression import tree
from policy_engine.expression.tree import Node
from policy_engine.expression.types import BOOLEAN, CodeType, NumberType, Type
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.values import show

__all__ = ["witness"]

TRIES = 400


def witness(pack: Pack, about: str, conditions: Sequence[Node], *, wanted: bool = True) -> str | None:
    """The facts, as text, of a subject for which all conditions have the wanted truth; None where none was found."""
    names = list(dict.fromkeys(_facts(pack, conditions)))
    form = pack.vocabulary.form(about)
    choices = []
    for name in names:
        fact = form.find(name)
        values = _values(fact.type) if fact is not None else ()
        if not values:
            return None
        choices.append(values)
    on = pack.in_force.from_ or datetime.date(2020, 1, 1)
    for values in _tries(choices):
        root = FactRecord(zip(names, values, strict=True), about, "")
        run = Single(pack, Facts(about, root, on), on)
        if all(run.value(condition, {"own": root}) is wanted for condition in conditions):
            return ", ".join(f"{name}: {show(value)}" for name, value in zip(names, values, strict=True))
    return None


def _tries(choices: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """All combinations where they are few; else a fixed sample of them."""
    total = 1
    for values in choices:
        total *= len(values)
    if total <= TRIES:
        yield from itertools.product(*choices)
        return
    chance = random.Random(20)  # noqa: S311 - a fixed sample, nothing secret
    for _ in range(TRIES):
        yield tuple(chance.choice(values) for values in choices)


def _facts(pack: Pack, conditions: Sequence[Node]) -> Iterator[str]:
    """The plain facts that the conditions rest on, through decisions and readings; figures by year are not tried."""
    todo, seen = list(conditions), set()
    while todo:
        for node in tree.walk(todo.pop()):
            if not isinstance(node, tree.Name) or (node.kind, node.id) in seen:
                continue
            seen.add((node.kind, node.id))
            if node.kind == "fact":
                yield node.id
            elif node.kind == "decision":
                logic = pack.decision(node.id).logic
                todo += [logic] if isinstance(logic, Node) else [rule.when for rule in logic.rules]
            elif node.kind == "reading":
                option = pack.reading(node.id).option(pack.reading(node.id).default)
                todo += [option.expression] if option.expression is not None else []
                if option.expression is None:
                    yield node.id


def _values(type_: Type) -> tuple[Any, ...]:
    if type_ == BOOLEAN:
        return True, False
    if isinstance(type_, CodeType):
        return type_.ids
    if isinstance(type_, NumberType):
        return tuple(map(Decimal, (1, 2, 3, 5, 10, 100)))
    return ()
