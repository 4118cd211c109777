"""Missing facts, ranked: which one, once known, would most often determine the asked decision.

For each missing fact its values are enumerated (both booleans, every code, numbers and dates around each line), the
decision is evaluated with each, and the share that determines it is the rank; ties in the order of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import localcontext
from fractions import Fraction
from typing import Any, TypeAlias

from policy_engine.decision.answer import MissingFact
from policy_engine.decision.lines import dates_around, numbers_around
from policy_engine.evaluation.compiled import program_of
from policy_engine.evaluation.finding import Finding
from policy_engine.evaluation.operations import unknown_of
from policy_engine.evaluation.single import Single
from policy_engine.expression.types import BOOLEAN, DATE, CodeType, ListType, NumberType, Type
from policy_engine.model.facts import Facts, with_value
from policy_engine.model.paths import value_at
from policy_engine.values import CONTEXT, Missing, Unknown

__all__ = ["Trials", "missing_of", "rank", "values_of", "with_fact"]


class Trial:
    """A subject with one more fact known: of which decisions would that determine the answer?"""

    def __init__(self, run: Single, facts: Facts) -> None:
        self.single = Single(run.pack, facts, run.on, run.settings, run.scenario)
        self.compiled = program_of(run.pack, run.settings, run.scenario).run(facts, run.on)

    def determines(self, decision: str, item: str) -> bool:
        if self.compiled is not None:
            record = value_at(self.single.facts.root, item) if item else self.single.facts.root
            if self.compiled.find(decision, record) is not None:
                return True
        return self.single.ask(decision, item).determined


Trials: TypeAlias = dict[tuple[str, Any], Trial]
"""Trials by path and value of the fact: for all answers about one subject."""


def missing_of(finding: Finding) -> tuple[Missing, ...]:
    """Everything the finding waits for, once each."""
    unknowns = [outcome.waits_for for outcome in finding.outcomes]
    unknowns += [finding.open] if finding.open is not None else []
    return Unknown.merge((*unknowns, unknown_of(finding.value))).missing


def rank(
    run: Single, decision: str, missing: Iterable[Missing], item: str = "", trials: Trials | None = None
) -> tuple[MissingFact, ...]:
    """The missing facts of an undetermined decision, the most telling first; what a deployer must supply comes last."""
    with localcontext(CONTEXT):
        ranked = [_ranked(run, decision, wanted, item, {} if trials is None else trials) for wanted in missing]
    order = run.pack.vocabulary.order

    def key(found: MissingFact) -> tuple[Any, ...]:
        share = Fraction(found.settles, found.tried) if found.tried else Fraction(0)
        return found.kind == "parameter", -share, order(run.facts.subject, found.path), found.path

    return tuple(sorted(ranked, key=key))


def _ranked(run: Single, decision: str, wanted: Missing, item: str, trials: Trials) -> MissingFact:
    if wanted.kind == "parameter":
        return MissingFact(wanted.kind, wanted.path, note=wanted.note)
    values = values_of(run, decision, wanted.path, item)
    settled = sum(_with(run, wanted.path, value, trials).determines(decision, item) for value in values)
    return MissingFact(wanted.kind, wanted.path, settled, len(values))


def _with(run: Single, path: str, value: Any, trials: Trials) -> Trial:
    """The trial of one fact; kept, so that the other decisions asked need not evaluate it anew."""
    key = path, value
    if key not in trials:
        trials[key] = Trial(run, with_fact(run.facts, path, value, run))
    return trials[key]


def values_of(run: Single, decision: str, path: str, item: str) -> tuple[Any, ...]:
    """The values to try for a fact that is not known: all codes, both booleans, numbers and dates around each line."""
    fact = run.pack.vocabulary.fact(run.facts.subject, path)
    type_: Type | None = fact.type if fact is not None else None
    if type_ == BOOLEAN:
        return True, False
    if isinstance(type_, CodeType):
        return type_.ids
    if isinstance(type_, ListType) and isinstance(type_.item, CodeType):
        return (), *((id_,) for id_ in type_.item.ids)
    if isinstance(type_, NumberType):
        return numbers_around(run, (decision, item), path, type_)
    if type_ == DATE:
        return dates_around(run, (decision, item), path)
    if any(path == name for name, _ in run.pack.area.places):
        return tuple(place for name, places in run.pack.area.places if name == path for place in places)
    return ()


def with_fact(facts: Facts, path: str, value: Any, run: Single) -> Facts:
    """A copy of the facts in which the fact at the path has this value."""
    stored = run.pack.vocabulary.stored(facts.subject, path, run.on.year)
    return replace(facts, root=with_value(facts.root, stored, value, run.pack.vocabulary))
