"""An outcome that no household can reach: all its rules are hidden or never hold."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.checking.lints.hidden_rule import hidden
from policy_engine.errors import Problem, problem
from policy_engine.expression.regions import contradicts
from policy_engine.model.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Problem]:
    for decision in pack.decisions.values():
        table = decision.table
        if table is None:
            continue
        dead = {rule.id for rule, _ in hidden(table)} | {rule.id for rule in table.rules if contradicts(rule.when)}
        alive = {rule.then for rule in table.rules if rule.id not in dead}
        if table.otherwise is not None and not table.exhaustive:
            alive.add(table.otherwise)
        for option in table.outcomes:
            if option.id not in alive:
                yield problem("lint.unreachable", decision.span, warning=True, id=option.id, decision=decision.id)
