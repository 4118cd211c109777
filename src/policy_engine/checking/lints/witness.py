"""A concrete household (or village, or area) for which conditions hold or fail, found by trying; none found proves nothing."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from policy_engine.decision.lines import dates_around, numbers_around
from policy_engine.decision.missing import with_fact
from policy_engine.evaluation.operations import unknown_of
from policy_engine.evaluation.single import Single
from policy_engine.expression.tree import OWN, Node
from policy_engine.expression.types import BOOLEAN, DATE, CodeType, ListType, NumberType, RecordType
from policy_engine.model.decision import DecisionDefinition
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.values import Unknown, show

__all__ = ["witness"]

TRIES = 400
"""Evaluations at most."""
_PLAIN = tuple(map(Decimal, (1, 2, 3, 5, 10, 100)))
"""Numbers to try beside those around each line."""

Found: TypeAlias = tuple[tuple[str, Any], ...]


def witness(pack: Pack, decision: DecisionDefinition, conditions: Sequence[Node], *, wanted: bool = True) -> str | None:
    """The facts, as text, of a subject for which all conditions have the wanted truth; None where none was found."""
    on = pack.in_force.from_ or datetime.date(2020, 1, 1)
    facts = Facts(decision.about, FactRecord({}, decision.about, ""), on)
    found = _Search(pack, decision.id, conditions, on, wanted=wanted).from_(facts, ())
    return None if found is None else ", ".join(f"{path}: {show(value)}" for path, value in found)


class _Search:
    """Sets one missing fact after the other, and goes back where a condition is settled the other way."""

    def __init__(
        self, pack: Pack, decision: str, conditions: Sequence[Node], on: datetime.date, *, wanted: bool
    ) -> None:
        self.pack, self.decision, self.conditions, self.on, self.wanted = pack, decision, conditions, on, wanted
        self.left = TRIES

    def from_(self, facts: Facts, known: Found) -> Found | None:
        self.left -= 1
        run = Single(self.pack, facts, self.on)
        truths = [run.value(condition, {OWN: facts.root}) for condition in self.conditions]
        if any(truth is not self.wanted and not isinstance(truth, Unknown) for truth in truths):
            return None
        if all(truth is self.wanted for truth in truths):
            return known
        path, values = self.next(run, [item.path for item in unknown_of(*truths).missing if item.kind != "parameter"])
        for value in values:
            if self.left <= 0:
                break
            found = self.from_(with_fact(facts, path, value, run), (*known, (path, value)))
            if found is not None:
                return found
        return None

    def next(self, run: Single, missing: list[str]) -> tuple[str, tuple[Any, ...]]:
        """The missing fact with the fewest values to try, figures last; a figure whose lines are known before others."""
        choices = [(path, *self.values(run, path)) for path in missing]
        choices = [choice for choice in choices if choice[2]] or [("", 0, ())]
        path, _, values = min(choices, key=lambda choice: choice[1])
        return path, values

    def values(self, run: Single, path: str) -> tuple[int, tuple[Any, ...]]:
        """What can be tried for a fact, and how late."""
        fact = self.pack.vocabulary.fact(run.facts.subject, path)
        type_ = fact.type if fact is not None else None
        if type_ == BOOLEAN:
            return 0, (True, False)
        if isinstance(type_, CodeType):
            return 0, type_.ids
        if isinstance(type_, ListType) and isinstance(type_.item, CodeType):
            return 0, ((), *((id_,) for id_ in type_.item.ids))
        if isinstance(type_, ListType) and isinstance(type_.item, RecordType):
            return 1, ((FactRecord({}, type_.item.name, f"{path}[1]"),), ())
        if type_ == DATE:
            return 1, dates_around(run, (self.decision, ""), path)
        if isinstance(type_, NumberType):
            around = numbers_around(run, (self.decision, ""), path, type_)
            late = 2 if len(around) > 1 else 4 if "CNY" in str(type_.unit) else 3
            return late, tuple(dict.fromkeys((*around, *_PLAIN)))
        return 0, ()
