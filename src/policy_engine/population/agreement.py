"""Does the columnar runner agree with the single evaluator? Every row, decision, flag, determining rule, missing fact."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from policy_engine.expression.types import ListType, RecordType
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.model.vocabulary import RecordForm
from policy_engine.population.answers import Found, Layout
from policy_engine.population.compile import compile_pack
from policy_engine.population.rowwise import Asked, found_by_row
from policy_engine.population.run import answers_of, missing_facts
from policy_engine.population.tables import Population
from policy_engine.values import Record, format_number

__all__ = ["Disagreement", "as_case", "disagreements"]


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


def as_case(pack: Pack, facts: Facts, decision: str, on: datetime.date) -> str:
    """A case file that asks a decision about these facts; what to expect is left to be judged (`pack test --update`)."""
    data: dict[str, Any] = {"as_of": facts.as_of} if facts.as_of is not None else {}
    if facts.subject != "household":
        data = {"subject": facts.subject, **data}
    found = {**data, **_plain(facts.root, pack.vocabulary.form(facts.subject), pack)}
    return f'case: the runners differ on {decision}\non: {on}\nfacts: {_flow(found)}\nexpect: {{{decision}: "?"}}\n'


def _plain(record: Record, form: RecordForm, pack: Pack) -> dict[str, Any]:
    """A record as a facts file writes it; a judgement with evidence."""
    found: dict[str, Any] = {}
    for fact in form:
        value = record.get(fact.id)
        if value is None:
            continue
        item = fact.type.item if isinstance(fact.type, ListType) else fact.type
        if isinstance(item, RecordType):
            below = pack.vocabulary.form(item.name)
            if isinstance(fact.type, ListType):
                value = [_plain(part, below, pack) for part in value]
            elif fact.by_year:
                value = {year: _plain(part, below, pack) for year, part in value.items()}
            else:
                value = _plain(value, below, pack)
        found[fact.id] = {"value": value, "by": "?", "observed_on": "2000-01-01"} if fact.judgement else value
    return found


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format_number(value)
    return json.dumps(str(value), ensure_ascii=False)
