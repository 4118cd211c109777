"""Facts and a pack to a decision."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence

from policy_engine.decision.answer import Answer, Decision, DeterminingRule, MissingFact, Possible, Relied, Status
from policy_engine.decision.missing import Trials, missing_of, rank
from policy_engine.decision.resting import resting
from policy_engine.decision.scope import scope_of
from policy_engine.errors import Problem, RequestError, problem
from policy_engine.evaluation.changes import SUPPOSED, changed
from policy_engine.evaluation.finding import Finding
from policy_engine.evaluation.observe import Traced, TraceNode
from policy_engine.expression.names import nearest
from policy_engine.model.decision import DecisionDefinition
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.values import Missing, Unknown

__all__ = ["check_request", "decide_facts"]


def decide_facts(
    pack: Pack,
    facts: Facts,
    on: datetime.date | None = None,
    *,
    decisions: Iterable[str] | None = None,
    settings: Settings | None = None,
    scenario: Scenario | None = None,
    ranked: bool = True,
    problems: Sequence[Problem] = (),
) -> Decision:
    """Answer the decisions (the pack's main questions for this kind of subject where none are named) about one subject.

    `on` is the date asked about, else the facts' `as_of`; without both, `RequestError`. With `ranked=False` missing
    facts come unranked, in the order of the vocabulary, which is faster.
    """
    day = on or facts.as_of
    if day is None:
        raise RequestError([problem("request.no_date")])
    scenario, settings = scenario or Scenario(), settings or Settings()
    check_request(pack, settings, scenario)
    asked = _asked(pack, facts.subject, decisions)
    supposed = changed(pack, facts, day, settings, scenario)
    scope = scope_of(pack, supposed, day)
    run = Traced(pack, supposed, day, settings, scenario)
    trials: Trials | None = {} if ranked else None
    wanted = () if scope.inside is False else asked
    answers = tuple(answer for id_ in wanted for answer in _answers(run, pack.decision(id_), trials))
    return Decision(pack, facts.subject, facts.id, day, scope, answers, tuple(problems))


def _asked(pack: Pack, subject: str, decisions: Iterable[str] | None) -> tuple[str, ...]:
    kinds = (subject, "member") if subject == "household" else (subject,)
    if decisions is None:
        main = tuple(id_ for id_ in pack.answers if pack.decision(id_).about in kinds)
        if not main:
            raise RequestError([problem("request.no_question", pack=pack.id, subject=subject)])
        return main
    by_label = {decision.label.zh: id_ for id_, decision in pack.decisions.items()}
    asked = tuple(dict.fromkeys(by_label.get(name, name) for name in decisions))
    for id_ in asked:
        if id_ not in pack.decisions:
            near = nearest(id_, pack.decisions) or ", ".join(pack.answers)
            raise RequestError([problem("request.unknown_decision", found=id_, pack=pack.id, near=near)])
        about = pack.decision(id_).about
        if about not in kinds:
            raise RequestError([problem("request.other_subject", found=id_, about=about, subject=subject)])
    return asked


def check_request(pack: Pack, settings: Settings, scenario: Scenario) -> None:
    """Every parameter and option named in a scenario or in settings exists."""
    problems: list[Problem] = []
    for id_ in (*scenario.parameters, *settings.parameters):
        if id_ not in pack.parameters:
            near = nearest(id_, pack.parameters) or ", ".join(pack.parameters)
            problems.append(problem("request.unknown_parameter", found=id_, pack=pack.id, near=near))
    for id_, option in (*scenario.readings.items(), *settings.readings.items()):
        if id_ not in pack.readings:
            near = nearest(id_, pack.readings) or ", ".join(pack.readings)
            problems.append(problem("request.unknown_reading", found=id_, pack=pack.id, near=near))
        elif option not in [known.id for known in pack.reading(id_).options]:
            known = ", ".join(known.id for known in pack.reading(id_).options)
            problems.append(problem("request.unknown_option", found=option, reading=id_, near=known))
    if problems:
        raise RequestError(problems)


def _answers(run: Traced, definition: DecisionDefinition, trials: Trials | None) -> Iterator[Answer]:
    """One answer about the subject; or one about each member."""
    if definition.about == run.facts.subject:
        yield _answer(run, definition, run.decision(definition.id), trials)
        return
    members = run.facts.root.get("members")
    if members is None:
        finding = Finding(definition.id, MEMBERS_MISSING, (), open=MEMBERS_MISSING)
        yield _answer(run, definition, finding, None)
        return
    for member in members:
        yield _answer(run, definition, run.about(definition.id, member), trials, member.path)


MEMBERS_MISSING = Unknown((Missing("fact", "members"),))


def _answer(
    run: Traced, definition: DecisionDefinition, finding: Finding, trials: Trials | None, item: str = ""
) -> Answer:
    known = (definition.id, item) in run.findings
    trace = run.trace(definition.id, item) if known else TraceNode("decision", definition.id, cites=definition.cites)
    unknowns = [outcome.waits_for for outcome in finding.outcomes]
    unknowns += [part for part in (finding.value, finding.open) if isinstance(part, Unknown)]
    return Answer(
        decision=definition.id,
        status=_status(finding),
        outcome=finding.value if finding.determined else None,
        possible=_possible(finding),
        conflict=finding.conflict,
        gap=finding.gap,
        force=_force(definition, finding),
        rules=_rules(definition, finding),
        missing=_missing(run, definition.id, finding, item, trials if known else None),
        relied=tuple(_relied(run, trace)),
        trace=trace,
        problems=Unknown.merge(unknowns).problems,
        item=item,
        bounds=finding.open.between if finding.open is not None else None,
    )


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


def _missing(run: Traced, id_: str, finding: Finding, item: str, trials: Trials | None) -> tuple[MissingFact, ...]:
    if finding.determined:
        return ()
    missing = missing_of(finding)
    if trials is not None:
        return rank(run, id_, missing, item, trials)
    order = run.pack.vocabulary.order
    plain = [MissingFact(found.kind, found.path, note=found.note) for found in missing]
    return tuple(
        sorted(plain, key=lambda found: (found.kind == "parameter", order(run.facts.subject, found.path), found.path))
    )


def _relied(run: Traced, trace: TraceNode) -> Iterator[Relied]:
    """Readings, assumptions, settings, suppositions and judgements on which the answer rests, once each."""
    seen: set[tuple[str, str]] = set()
    for node in resting(trace, run.pack):
        if node.kind == "fact" and node.origin != SUPPOSED.source:
            continue
        found = _relied_on(run, node)
        if found is not None and (found.kind, found.id) not in seen:
            seen.add((found.kind, found.id))
            yield found


def _relied_on(run: Traced, node: TraceNode) -> Relied | None:
    if node.kind == "reading":
        return Relied("reading", node.text, node.origin, _whose(run, node.text), node.cites)
    if node.kind == "parameter" and node.origin in ("assumption", "settings", "scenario"):
        found = run.parameter_value(node.text)
        return Relied(node.origin, node.text, node.value, found.source if found else "", node.cites)
    if node.kind in ("fact", "judgement") and node.origin == SUPPOSED.source:
        return Relied("scenario", node.text, node.value, run.scenario.name)
    if node.kind == "judgement" and node.value is not None:
        evidence = run.evidence(node.text)
        why = f"{evidence.by} {evidence.observed_on}" if evidence else ""
        return Relied("judgement", node.text, node.value, why)
    return None


def _whose(run: Traced, reading: str) -> str:
    if reading in run.scenario.readings:
        return "scenario"
    return "settings" if reading in run.settings.readings else "default"
