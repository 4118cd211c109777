"""Does the columnar runner agree with the single evaluator? Every row, decision, flag, determining rule, missing fact."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.population.answers import Found, Layout
from policy_engine.population.compile import compile_pack
from policy_engine.population.rowwise import Asked, found_by_row
from policy_engine.population.run import answers_of, missing_facts
from policy_engine.population.tables import Population

__all__ = ["Disagreement", "disagreements"]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A decision about a row (of the subjects, or of their members) on which the two runners differ."""

    decision: str
    row: int
    columns: Found | None
    single: Found | None


def disagreements(
    pack: Pack,
    population: Population,
    on: datetime.date,
    *,
    decisions: Iterable[str] | None = None,
    settings: Settings | None = None,
    scenario: Scenario | None = None,
) -> Iterator[Disagreement]:
    """Every difference between the runners, in the order of the decisions and rows."""
    asked = Asked(pack, on, settings or Settings(), scenario or Scenario())
    wanted = list(decisions) if decisions is not None else asked.about(population.subject)
    compiled = compile_pack(asked, population, wanted)
    answers = answers_of(asked, population, compiled)
    missing = missing_facts(asked, population, wanted)
    single = found_by_row(asked, population, [Layout.of_decision(pack.decision(id_)) for id_ in wanted])
    for id_ in wanted:
        columns = [
            replace(found, missing=waits) for found, waits in zip(answers.found(id_), missing.get(id_, ()), strict=True)
        ]
        rows = max(len(columns), len(single[id_]))
        for row in range(rows):
            one = columns[row] if row < len(columns) else None
            other = single[id_][row] if row < len(single[id_]) else None
            if one != other:
                yield Disagreement(id_, row, one, other)
