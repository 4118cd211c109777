"""The facts as a scenario supposes them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from policy_engine.errors import RequestError, problem
from policy_engine.evaluation.single import Single
from policy_engine.expression.tree import OWN
from policy_engine.expression.types import NumberType
from policy_engine.model.facts import Evidence, FactRecord, Facts, with_value
from policy_engine.model.pack import Pack
from policy_engine.model.paths import value_at
from policy_engine.model.scenario import FactChange, NewFact, Scenario, Settings
from policy_engine.values import CONTEXT, Possibly, Record, Unknown, Value

__all__ = ["SUPPOSED", "changed", "check_range", "rounded"]

SUPPOSED = Evidence(source="scenario")
"""Stands for the source of a fact that a scenario supposes."""


def changed(pack: Pack, facts: Facts, on: datetime.date, settings: Settings, scenario: Scenario) -> Facts:
    """The facts with every change of a scenario that speaks of this kind of subject, or of its members.

    All changes are worked out on the facts as they are, under the scenario's own parameters and readings, so their
    order does not matter. Facts that change bear the scenario as their source.
    """
    if not scenario.changes:
        return facts
    run = Single(pack, facts, on, settings, scenario)
    with localcontext(CONTEXT):
        new = [pair for change in scenario.changes for pair in _changes(run, change)]
    supposed = facts
    for path, value in new:
        root = with_value(supposed.root, path, value, pack.vocabulary)
        supposed = replace(supposed, root=root, evidence=Record({**supposed.evidence, path: SUPPOSED}))
    return supposed


def _changes(run: Single, change: FactChange) -> Iterator[tuple[str, Any]]:
    """The paths that change, as they are stored, and what stands there then; None is not known."""
    for record in _records(run.facts, change.about):
        with run.within(record):
            holds = run.value(change.when, {OWN: record})
            if holds is False:
                continue
            for new in change.set:
                value = _known(run.value(new.value, {OWN: record}), new)
                yield from _one(run, record, new, value, sure=holds is True)


def _records(facts: Facts, about: str) -> Iterable[FactRecord]:
    if about == facts.subject:
        return (facts.root,)
    return facts.root.get("members", ()) if about == "member" and facts.subject == "household" else ()


def _one(run: Single, record: FactRecord, new: NewFact, value: Any, *, sure: bool) -> Iterator[tuple[str, Any]]:
    def stored(path: str) -> str:
        return record.below(run.pack.vocabulary.stored(record.form, path, run.on.year))

    before = value_at(record, run.pack.vocabulary.stored(record.form, new.path, run.on.year))
    value = value if sure or value == before else None
    if value == before and not (value is None and new.behind):
        return
    yield stored(new.path), value
    yield from ((stored(path), None) for path in new.again)
    if value is None:
        yield from ((stored(path), None) for path in new.behind)


def _known(value: Value, new: NewFact) -> Any:
    """The value as facts hold it: rounded to its places, None where it is not known."""
    if isinstance(value, (Unknown, Possibly)):
        return None
    return rounded(value, new) if isinstance(value, Decimal) else value


def rounded(number: Decimal, new: NewFact) -> Decimal:
    """A figure as it is kept; `RequestError` where a fact of this kind cannot be so large, or so small."""
    check_range(number, new)
    return number.quantize(Decimal(1).scaleb(-new.places), ROUND_HALF_UP)


def check_range(number: Decimal, new: NewFact) -> None:
    assert isinstance(new.type, NumberType)
    counted = str(new.type.unit) in ("person", "household")
    if abs(number) >= (_MOST_COUNTED if counted else _MOST) or (counted and number < 0):
        raise RequestError([problem("scenario.bad_value", new.value.span, fact=new.path, found=f"{number:.6g}")])


_MOST = 10**12
_MOST_COUNTED = 10**9
