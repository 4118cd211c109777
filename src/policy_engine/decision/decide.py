"""Facts and a pack to a decision."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from policy_engine.decision.answer import Answer, Decision, DeterminingRule, MissingFact, Possible, Status
from policy_engine.decision.missing import Trials, missing_of, rank
from policy_engine.decision.reasons import Reasons
from policy_engine.decision.scope import scope_of
from policy_engine.errors import Problem, RequestError, problem
from policy_engine.evaluation.changes import changed
from policy_engine.evaluation.compiled import program_of
from policy_engine.evaluation.finding import Finding
from policy_engine.evaluation.single import Single
from policy_engine.expression.names import nearest
from policy_engine.expression.types import BOOLEAN, DATE, DAYS, MONTHS, TEXT, CodeType, ListType, NumberType, Type
from policy_engine.model.decision import DecisionDefinition
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.values import Missing, Months, Unknown, Value

__all__ = ["asked_decisions", "check_request", "decide_facts"]


_AS_IT_IS, _NOTHING_SUPPLIED = Scenario(), Settings()


def decide_facts(
    pack: Pack,
    facts: Facts,
    on: datetime.date | None = None,
    *,
    decisions: Iterable[str] | None = None,
    settings: Settings | None = None,
    scenario: Scenario | None = None,
    ranked: bool = True,
    compiled: bool = True,
    problems: Sequence[Problem] = (),
) -> Decision:
    """Answer the decisions (the pack's main questions for this kind of subject where none are named) about one subject.

    `on` is the date asked about, else the facts' `as_of`; without both, `RequestError`. With `ranked=False` missing
    facts come unranked, in the order of the vocabulary, which is faster. With `compiled=False` the compiled pack is not
    asked first, which is faster where the trace of every answer is read.
    """
    day = on or facts.as_of
    if day is None:
        raise RequestError([problem("request.no_date")])
    scenario, settings = scenario or _AS_IT_IS, settings or _NOTHING_SUPPLIED
    check_request(pack, settings, scenario)
    asked = asked_decisions(pack, facts.subject, decisions)
    supposed = changed(pack, facts, day, settings, scenario)
    scope = scope_of(pack, supposed, day)
    case = _Case(pack, supposed, day, settings, scenario, ranked=ranked, compiled=compiled)
    wanted = () if scope.inside is False else asked
    answers = tuple(answer for id_ in wanted for answer in case.answers(pack.decision(id_)))
    return Decision(pack, facts.subject, facts.id, day, scope, answers, tuple(problems))


def asked_decisions(pack: Pack, subject: str, decisions: Iterable[str] | None) -> tuple[str, ...]:
    """The decisions asked, by id: those named, by id or label, else the pack's main questions about this kind of subject.

    Questions about a household include those about its members. Raises `RequestError` where there is no such decision, or
    it is about something else.
    """
    kinds = (subject, "member") if subject == "household" else (subject,)
    if decisions is None:
        main = tuple(id_ for id_ in pack.answers if pack.decision(id_).about in kinds)
        if not main:
            raise RequestError([problem("request.no_question", pack=pack.id, subject=subject)])
        return main
    asked = tuple(dict.fromkeys(decisions))
    if not all(name in pack.decisions for name in asked):
        by_label = {decision.label.zh: id_ for id_, decision in pack.decisions.items()}
        asked = tuple(dict.fromkeys(by_label.get(name, name) for name in asked))
    for id_ in asked:
        if id_ not in pack.decisions:
            near = nearest(id_, pack.decisions) or ", ".join(pack.answers)
            raise RequestError([problem("request.unknown_decision", found=id_, pack=pack.id, near=near)])
        about = pack.decision(id_).about
        if about not in kinds:
            raise RequestError([problem("request.other_subject", found=id_, about=about, subject=subject)])
    return asked


def check_request(pack: Pack, settings: Settings, scenario: Scenario) -> None:
    """Every parameter and option named in a scenario or in settings exists, and every value is of the parameter's type."""
    if not (scenario.parameters or scenario.readings or settings.parameters or settings.readings):
        return
    problems: list[Problem] = []
    for id_ in (*scenario.parameters, *settings.parameters):
        if id_ not in pack.parameters:
            near = nearest(id_, pack.parameters) or ", ".join(pack.parameters)
            problems.append(problem("request.unknown_parameter", found=id_, pack=pack.id, near=near))
    given = [
        *scenario.parameters.items(),
        *((id_, one.value) for id_, some in settings.parameters.items() for one in some),
    ]
    for id_, value in given:
        if id_ in pack.parameters and not _of_type(value, pack.parameter(id_).type):
            wanted = str(pack.parameter(id_).type)
            problems.append(problem("request.wrong_type", parameter=id_, type=wanted, found=value))
    for id_, option in (*scenario.readings.items(), *settings.readings.items()):
        if id_ not in pack.readings:
            near = nearest(id_, pack.readings) or ", ".join(pack.readings)
            problems.append(problem("request.unknown_reading", found=id_, pack=pack.id, near=near))
        elif option not in [known.id for known in pack.reading(id_).options]:
            known = ", ".join(known.id for known in pack.reading(id_).options)
            problems.append(problem("request.unknown_option", found=option, reading=id_, near=known))
    if problems:
        raise RequestError(problems)


def _of_type(value: Value, type_: Type) -> bool:
    if isinstance(type_, ListType):
        return isinstance(value, tuple) and all(_of_type(item, type_.item) for item in value)
    if isinstance(type_, CodeType):
        return value in type_.ids
    if isinstance(type_, NumberType):
        return isinstance(value, Decimal) and value.is_finite()
    kinds: dict[Type, type] = {BOOLEAN: bool, TEXT: str, DATE: datetime.date, DAYS: datetime.timedelta, MONTHS: Months}
    return type(value) is kinds.get(type_)


class _Case:
    """One subject on one date: each decision asked of the compiled pack first, where it cannot say, of the evaluator."""

    def __init__(
        self,
        pack: Pack,
        facts: Facts,
        on: datetime.date,
        settings: Settings,
        scenario: Scenario,
        *,
        ranked: bool,
        compiled: bool,
    ) -> None:
        self.facts = facts
        self.reasons = Reasons(pack, facts, on, settings, scenario)
        self.trials: Trials | None = {} if ranked else None
        program = program_of(pack, settings, scenario)
        program.uses += 1
        self.compiled = program.run(facts, on) if compiled else None

    def answers(self, definition: DecisionDefinition) -> Iterator[Answer]:
        """One answer about the subject; or one about each member."""
        if definition.about == self.facts.subject:
            yield self.answer(definition, self.facts.root)
            return
        members = self.facts.root.get("members")
        if members is None:
            finding = Finding(definition.id, MEMBERS_MISSING, (), open=MEMBERS_MISSING)
            missing = (MissingFact("fact", "members"),)
            yield _answer(definition, finding, missing, self.reasons)
            return
        for member in members:
            yield self.answer(definition, member)

    def answer(self, definition: DecisionDefinition, record: FactRecord) -> Answer:
        if self.compiled is not None:
            finding = self.compiled.find(definition.id, record)
            if finding is not None:
                answering = self.compiled.program.once(finding, partial(_answering, definition))
                return answering((), self.reasons, (), record.path)
        run = self.reasons.run
        finding = run.ask(definition.id, record.path)
        missing = () if finding.determined else _missing(run, definition.id, finding, record.path, self.trials)
        return _answer(definition, finding, missing, self.reasons, record.path)


MEMBERS_MISSING = Unknown((Missing("fact", "members"),))


def _answering(definition: DecisionDefinition, finding: Finding) -> Callable[..., Answer]:
    """An answer as far as it follows from the finding alone: what is missing, the reasons, problems and item are to come."""
    return partial(
        Answer,
        definition.id,
        _status(finding),
        finding.value if finding.determined else None,
        _possible(finding),
        finding.conflict,
        finding.gap,
        _force(definition, finding),
        _rules(definition, finding),
    )


def _answer(
    definition: DecisionDefinition,
    finding: Finding,
    missing: tuple[MissingFact, ...],
    reasons: Reasons,
    item: str = "",
) -> Answer:
    unknowns = [outcome.waits_for for outcome in finding.outcomes]
    unknowns += [part for part in (finding.value, finding.open) if isinstance(part, Unknown)]
    bounds = finding.open.between if finding.open is not None else None
    problems = Unknown.merge(unknowns).problems
    return _answering(definition, finding)(missing, reasons, problems, item, bounds)


def _status(finding: Finding) -> Status:
    if finding.conflict is True:
        return "conflict"
    if finding.gap is True:
        return "gap"
    return "determined" if finding.determined else "undetermined"


def _possible(finding: Finding) -> tuple[Possible, ...]:
    return tuple(
        Possible(
            outcome.value, outcome.certain, outcome.rules, tuple(missing.path for missing in outcome.waits_for.missing)
        )
        for outcome in finding.outcomes
    )


def _force(definition: DecisionDefinition, finding: Finding) -> str:
    """The force of the one rule that decided; of an expression, its own; empty where several or none decided."""
    if definition.table is None:
        return definition.force
    if finding.determined and not finding.determining and definition.table.otherwise is not None:
        return definition.table.otherwise_force
    deciding = [rule.rule for rule in finding.determining if rule.holds is True]
    forces = {rule.force for rule in definition.table.rules if rule.id in deciding}
    return forces.pop() if len(forces) == 1 and finding.determined else ""


def _rules(definition: DecisionDefinition, finding: Finding) -> tuple[DeterminingRule, ...]:
    if definition.table is None:
        return ()
    by_id = {rule.id: rule for rule in definition.table.rules}
    return tuple(
        DeterminingRule(
            found.rule,
            found.outcome,
            by_id[found.rule].force,
            True if found.holds is True else None,
            by_id[found.rule].cites,
        )
        for found in finding.determining
    )


def _missing(run: Single, id_: str, finding: Finding, item: str, trials: Trials | None) -> tuple[MissingFact, ...]:
    missing = missing_of(finding)
    if trials is not None:
        return rank(run, id_, missing, item, trials)
    order = run.pack.vocabulary.order
    plain = [MissingFact(found.kind, found.path, note=found.note) for found in missing]
    return tuple(
        sorted(plain, key=lambda found: (found.kind == "parameter", order(run.facts.subject, found.path), found.path))
    )
