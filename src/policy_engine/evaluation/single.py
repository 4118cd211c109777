"""THE evaluator: the meaning of a pack for one subject on one date.

Everything else that evaluates must agree with it. It reads no file and no clock, keeps no state but the findings of the
run it was made for, and knows nothing of traces: an observer overrides its methods.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from policy_engine.evaluation.expressions import Evaluator, Locals
from policy_engine.evaluation.finding import Finding, Outcome
from policy_engine.evaluation.operations import is_open, undefined, unknown_of
from policy_engine.evaluation.tables import evaluate_table
from policy_engine.expression import tree
from policy_engine.expression.functions import FUNCTIONS, Undefined
from policy_engine.expression.types import BOOLEAN, ListType, RecordType
from policy_engine.model.decision import DecisionDefinition, Rule
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.parameter import DatedValue
from policy_engine.model.paths import value_at
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.model.vocabulary import SUBJECTS, YEARS, Fact
from policy_engine.source import Span
from policy_engine.values import Missing, Possibly, Unknown, Value

__all__ = ["Single"]


class Single(Evaluator):
    """Evaluates the decisions of a pack for one subject; make one for each subject and date."""

    def __init__(
        self,
        pack: Pack,
        facts: Facts,
        on: datetime.date,
        settings: Settings = Settings(),  # noqa: B008 - immutable
        scenario: Scenario = Scenario(),  # noqa: B008 - immutable
    ) -> None:
        self.pack = pack
        self.facts = facts
        self.on = on
        self.settings = settings
        self.scenario = scenario
        self.whole = facts
        self.own = facts.root
        self.findings: dict[tuple[str, str], Finding] = {}

    # ---- decisions

    def decision(self, id_: str) -> Finding:
        """The finding of a decision; each is evaluated once in a run for each thing it is about."""
        key = id_, self.own.path
        if key not in self.findings:
            self.findings[key] = self.find(self.pack.decision(id_))
        return self.findings[key]

    def ask(self, id_: str, item: str = "") -> Finding:
        """The finding of a decision about the subject, or about the item of its facts at this path (`members[2]`)."""
        return self.decision(id_) if not item else self.about(id_, value_at(self.facts.root, item))

    def about(self, id_: str, record: FactRecord) -> Finding:
        """The finding of a decision about an item: a member of the household, a household or village of the area."""
        with self.within(record):
            return self.decision(id_)

    @contextmanager
    def within(self, record: FactRecord) -> Iterator[None]:
        """Names stand for the facts of this record, and of the household, village or area that it belongs to."""
        around = self.facts, self.own
        root = record if record.form in SUBJECTS else self.owner(record)
        if root is not self.facts.root:
            self.facts = replace(self.facts, subject=root.form, root=root)
        self.own = record
        try:
            yield
        finally:
            self.facts, self.own = around

    def find(self, decision: DecisionDefinition) -> Finding:
        if decision.table is not None:
            return evaluate_table(decision.id, decision.table, map(self.rule, decision.table.rules))
        assert isinstance(decision.logic, tree.Node)
        value = self.rounded(decision, self.value(decision.logic, {tree.OWN: self.own}))
        if not is_open(value):
            return Finding(decision.id, value, (Outcome(value, certain=True),))
        if isinstance(value, Unknown) and decision.type == BOOLEAN:
            outcomes = tuple(Outcome(truth, certain=False, waits_for=value) for truth in (True, False))
            return Finding(decision.id, value.plain(), outcomes)
        return Finding(decision.id, value, (), open=value if isinstance(value, Unknown) else unknown_of(value))

    def rounded(self, decision: DecisionDefinition, value: Value) -> Value:
        """As the decision says it is rounded; the bounds of a number that is open likewise."""
        if decision.rounding is None:
            return value
        name = "decimal" if decision.rounding.mode == "half even" else f"round {decision.rounding.mode}"
        apply, places = FUNCTIONS[name][0].apply, Decimal(decision.rounding.places)
        try:
            if isinstance(value, Decimal):
                return apply(value, places)
            if isinstance(value, Unknown) and value.between is not None:
                low, high = (end if end.is_infinite() else apply(end, places) for end in value.between)
                return replace(value, between=(low, high))
        except ArithmeticError:
            assert isinstance(decision.logic, tree.Node)
            return undefined(Undefined("value.overflow"), decision.logic.span)
        return value

    def rule(self, rule: Rule) -> Value:
        """The truth of a rule's condition."""
        return self.value(rule.when, {tree.OWN: self.own})

    # ---- names

    def global_(self, node: tree.Name) -> Value:
        if node.kind == "household":
            return self.facts.root
        if node.kind == "fact":
            return self.fact(self.facts.root, node.id, node.span)
        if node.kind == "parameter":
            return self.parameter(node.id, node.span)
        if node.kind == "decision":
            return self.required(node.id).value
        if node.kind == "reading":
            return self.reading(node.id, node.span)
        assert node.kind == "on", node.kind
        return self.on

    def required(self, id_: str) -> Finding:
        """A decision named by another: about the same thing, or about the household of the member in question."""
        about = self.pack.decision(id_).about
        return self.decision(id_) if about == self.own.form else self.about(id_, self.facts.root)

    def name(self, node: tree.Name, env: Locals) -> Value:
        if node.kind == "own":
            return self.fact(env[tree.OWN], node.id, node.span)
        return super().name(node, env)

    def reading(self, id_: str, span: Span) -> Value:
        """The chosen option of a reading; left to judgement, the fact of that name."""
        option = self.pack.reading(id_).option(self.chosen(id_))
        if option.expression is None:
            return self.fact(self.own if self.own.form == "member" else self.facts.root, id_, span)
        return self.value(option.expression, {tree.OWN: self.own})

    def chosen(self, reading: str) -> str:
        """The option in use: the scenario's, else the deployer's, else the default."""
        choice: str = self.scenario.readings.get(reading) or self.settings.readings.get(reading, "")
        return choice or self.pack.reading(reading).default

    def parameter(self, id_: str, span: Span) -> Value:
        found = self.parameter_value(id_)
        if found is not None:
            return found.value
        missing = Missing("parameter", id_, (span,), note=str(self.on.year))
        return Unknown((missing,))

    def parameter_value(self, id_: str) -> DatedValue | None:
        """The value in use on the date, and whose it is: the scenario's, the document's, or the deployer's."""
        if id_ in self.scenario.parameters:
            return DatedValue(self.scenario.parameters[id_], source="scenario")
        stated = self.pack.parameter(id_).on(self.on)
        if stated is not None:
            return stated
        supplied: tuple[DatedValue, ...] = self.settings.parameters.get(id_, ())
        return next((value for value in supplied if value.holds_on(self.on)), None)

    def parameter_origin(self, id_: str) -> str:
        """Where that value comes from: `scenario`, the kind of a figure of the pack, `settings`, else `not stated`."""
        if id_ in self.scenario.parameters:
            return "scenario"
        parameter = self.pack.parameter(id_)
        if parameter.on(self.on) is not None:
            return parameter.kind
        return "not stated" if self.parameter_value(id_) is None else "settings"

    # ---- facts

    def entry(self, target: Value, node: tree.Path) -> Value:
        if isinstance(target, FactRecord):
            return self.fact(target, node.entry, node.span)
        return super().entry(target, node)

    def fact(self, record: FactRecord, entry: str, span: Span) -> Value:
        """A fact of a record: as supplied, else as derived, else unknown. A record that is absent is an empty one."""
        if entry in YEARS:
            return self.year(record, entry)
        fact = self.pack.vocabulary.form(record.form).find(entry)
        if fact is None:
            return self.about(entry, record).value
        if fact.applies_when is not None:
            return self.applicable(record, fact, span)
        return self.supplied(record, fact, span)

    def applicable(self, record: FactRecord, fact: Fact, span: Span) -> Value:
        """*Applies when C, otherwise V*: the name means `if C then fact else V`."""
        assert fact.applies_when is not None
        assert fact.otherwise_is is not None
        env = {tree.OWN: record}
        with self.within(self.owner(record)):
            applies = self.value(fact.applies_when, env)
        if applies is True:
            return self.supplied(record, fact, span)
        with self.within(self.owner(record)):
            otherwise = self.value(fact.otherwise_is, env)
        if applies is False:
            return otherwise
        value = self.supplied(record, fact, span)
        same = not isinstance(value, Unknown) and value == otherwise
        return (
            value if same else Unknown.merge(part for part in (applies, value, otherwise) if isinstance(part, Unknown))
        )

    def supplied(self, record: FactRecord, fact: Fact, span: Span) -> Value:
        value = record.get(fact.id)
        if value is not None:
            return self.up_to_date(value, record, fact, span) if fact.events or self.in_part(record, fact) else value
        if isinstance(fact.type, RecordType):
            return FactRecord({}, fact.type.name, record.below(fact.id))
        if fact.derived_by is not None:
            with self.within(self.owner(record)):
                derived = self.value(fact.derived_by, {tree.OWN: record})
            if not isinstance(derived, Unknown) or not fact.question:
                return derived
        kind = "judgement" if fact.judgement else "fact"
        return Unknown((Missing(kind, record.below(fact.id), (span,)),))

    def owner(self, record: FactRecord) -> FactRecord:
        """The household, village or area that a record belongs to."""
        path = record.path
        while path and path != self.facts.root.path:
            found: FactRecord = value_at(self.whole.root, path)
            if path.endswith("]") and found.form in SUBJECTS:
                return found
            path = path.rpartition(".")[0]
        return self.facts.root

    def up_to_date(self, value: Value, record: FactRecord, fact: Fact, span: Span) -> Value:
        """A list of events; what may have happened after the day the facts describe is not known."""
        path = record.below(fact.id)
        known_to = complete_to(self.facts, path)
        if known_to is None or self.on <= known_to:
            return value
        later = Missing("fact", path, (span,), note=f"> {known_to}")
        return Possibly(tuple((item, True) for item in value), Unknown((later,)))

    def in_part(self, record: FactRecord, fact: Fact) -> bool:
        """Is this a list of households or villages of which it is not said that it is all of them?"""
        if not isinstance(fact.type, ListType) or getattr(fact.type.item, "name", "") not in SUBJECTS:
            return False
        evidence = self.facts.evidence.get(record.below(fact.id))
        return evidence is not None and evidence.complete_to == datetime.date.min

    def year(self, record: FactRecord, alias: str) -> FactRecord:
        """`this_year`, `last_year`: the figures of the year of the date, or of the year before."""
        fact = next(fact for fact in self.pack.vocabulary.form(record.form) if fact.by_year)
        years: Any = record.get(fact.id, {})
        found = years.get(str(self.on.year + YEARS[alias]), {})
        return renamed(found, getattr(fact.type, "name", ""), record.below(alias))


def complete_to(facts: Facts, path: str) -> datetime.date | None:
    """The day up to which a list of events is complete; None where the facts name no day."""
    evidence = facts.evidence.get(path)
    return (evidence and evidence.complete_to) or facts.as_of


def renamed(record: Any, form: str, path: str) -> FactRecord:
    """The record, and all records in it, under another path."""
    entries = {
        name: renamed(value, value.form, f"{path}.{name}") if isinstance(value, FactRecord) else value
        for name, value in record.items()
    }
    return FactRecord(entries, form, path)
