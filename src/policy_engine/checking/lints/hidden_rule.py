"""A rule of a `first` table behind an earlier one that holds whenever it does."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.errors import Problem, problem
from policy_engine.expression.regions import implies
from policy_engine.model.decision import DecisionTable, Rule
from policy_engine.model.pack import Pack

__all__ = ["check", "hidden"]


def check(pack: Pack) -> Iterator[Problem]:
    for decision in pack.decisions.values():
        if decision.table is not None:
            for rule, earlier in hidden(decision.table):
                yield problem("lint.hidden_rule", rule.when.span, warning=True, id=rule.id, earlier=earlier.id)


def hidden(table: DecisionTable) -> Iterator[tuple[Rule, Rule]]:
    """Rules that an earlier rule always comes before."""
    for number, rule in enumerate(table.rules if table.hit == "first" else ()):
        earlier = next((other for other in table.rules[:number] if implies(rule.when, other.when)), None)
        if earlier is not None:
            yield rule, earlier
