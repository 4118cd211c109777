"""A table without `otherwise` whose rules are not proved to leave nothing out; with a household, where one is found."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.checking.lints.witness import witness
from policy_engine.errors import Problem, problem
from policy_engine.model.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Problem]:
    for decision in pack.decisions.values():
        table = decision.table
        if table is None or table.hit == "collect" or table.otherwise is not None or table.exhaustive:
            continue
        found = witness(pack, decision, tuple(rule.when for rule in table.rules), wanted=False)
        if found is not None:
            yield problem("lint.gap", decision.span, warning=True, id=decision.id, witness=found)
