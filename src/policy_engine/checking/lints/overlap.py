"""Two rules of a `unique` or `any` table that can both hold with different outcomes; with a household, where one is found."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from policy_engine.checking.lints.witness import witness
from policy_engine.errors import Problem, problem
from policy_engine.model.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Problem]:
    for decision in pack.decisions.values():
        table = decision.table
        if table is None or table.hit not in ("unique", "any"):
            continue
        for (one, rule), (other, another) in combinations(enumerate(table.rules), 2):
            if rule.then == another.then or (one, other) in table.exclusive:
                continue
            found = witness(pack, decision, (rule.when, another.when))
            if found is not None:
                yield problem(
                    "lint.overlap", another.when.span, warning=True, id=another.id, other=rule.id, witness=found
                )
