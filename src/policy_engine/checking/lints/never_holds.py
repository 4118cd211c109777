"""A rule whose condition contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.errors import Problem, problem
from policy_engine.expression.regions import contradicts
from policy_engine.model.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Problem]:
    for decision in pack.decisions.values():
        for rule in decision.table.rules if decision.table else ():
            if contradicts(rule.when):
                yield problem("lint.never_holds", rule.when.span, warning=True, id=rule.id)
