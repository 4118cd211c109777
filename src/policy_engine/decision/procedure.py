"""One step of a case: pure, `(procedure, case, event) -> (case, problems)`. A refused event leaves the case as it was."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from policy_engine.errors import Problem, problem_of
from policy_engine.expression.names import nearest
from policy_engine.expression.temporal import add_months
from policy_engine.expression.tree import Node
from policy_engine.model.case import Case, Opened, Taken
from policy_engine.model.citation import Citation
from policy_engine.model.procedure import REACHED, End, Particular, Procedure, Requirement, Step
from policy_engine.values import Missing, Months, Unknown, Value

__all__ = ["Ground", "after", "begin", "step"]


class Ground(Protocol):
    """What the conditions of a procedure are asked against: a subject's facts, a pack's parameters."""

    def value(self, node: Node, on: datetime.date, names: Mapping[str, Value]) -> Value:
        """The value of a condition on a day; `names` are the particulars recorded with the step."""

    def parameter(self, id_: str, on: datetime.date) -> Value:
        """The value of a parameter on a day, or an `Unknown`."""


def begin(procedure: Procedure, opened: Opened) -> Case:
    """A case newly opened stands at the first step."""
    return Case(opened.case, procedure.id, opened, procedure.start, opened.happened_on)


def step(procedure: Procedure, case: Case, event: Taken, ground: Ground) -> tuple[Case, tuple[Problem, ...]]:
    """The case after the event; or the case as it was, with everything that keeps the event from being valid."""
    problems = tuple(_place(procedure, case, event)) or tuple(_faults(procedure, case, event, ground))
    if problems:
        return case, problems
    result = procedure.results(event.step)[event.result]
    taken = (*case.taken, event)
    return Case(case.id, case.procedure, case.opened, result.to, event.happened_on, taken, case.rulings), ()


def after(day: datetime.date, duration: Value) -> datetime.date | None:
    """The last day of a time limit: the first day is not counted, months end on the same day or on their last.

    None where the duration is not known. (民法典 201, 202)
    """
    if isinstance(duration, Months):
        return add_months(day, duration)
    return day + duration if isinstance(duration, datetime.timedelta) else None


def _refuse(code: str, event: Taken, cites: Iterable[Citation], **details: object) -> Problem:
    """A refusal with the clauses it rests on, as `3.2 “words”`."""
    clauses = "; ".join(dict.fromkeys(f"{c.clause} “{c.words}”" if c.words else c.clause for c in cites))
    where = "" if event.span else f"[{event.number}]"
    return problem_of(code, event.span, {"step": event.step, "clause": clauses, **details}, where=where)


def _place(procedure: Procedure, case: Case, event: Taken) -> Iterator[Problem]:
    """Is this the step at which the case stands, and is it a result of that step?"""
    if event.step not in procedure.steps:
        near = nearest(event.step, procedure.steps) or ", ".join(procedure.steps)
        yield _refuse("case.unknown_step", event, procedure.cites, near=near)
    elif case.at in procedure.ends:
        end = procedure.ends[case.at]
        yield _refuse("case.ended", event, end.cites or procedure.cites, since=case.since, **_label(end))
    elif event.step != case.at:
        here = procedure.step(case.at)
        yield _refuse("case.out_of_order", event, here.cites, at=case.at, since=case.since, **_label(here))
    elif event.result not in procedure.results(event.step):
        known = ", ".join(procedure.results(event.step))
        near = nearest(event.result, procedure.results(event.step)) or known
        yield _refuse("case.unknown_result", event, procedure.step(event.step).cites, found=event.result, near=near)


def _faults(procedure: Procedure, case: Case, event: Taken, ground: Ground) -> Iterator[Problem]:
    here = procedure.step(event.step)
    result = procedure.results(event.step)[event.result]
    actors = result.by or here.by
    if event.by not in actors:
        found = event.by or "—"
        yield _refuse("case.wrong_actor", event, result.cites or here.cites, found=found, actors=", ".join(actors))
    if event.happened_on < case.since:
        yield _refuse("case.before_previous", event, here.cites, found=event.happened_on, since=case.since)
    if event.recorded_on < event.happened_on:
        yield _refuse("case.recorded_early", event, (), found=event.recorded_on, happened=event.happened_on)
    if event.result in here.results:
        yield from _recorded(here, case, event, ground)
        yield from _requirements(here, case, event, ground)
        yield from _waiting(here, case, event, ground)


def _recorded(here: Step, case: Case, event: Taken, ground: Ground) -> Iterator[Problem]:
    """Every particular that is needed is there, and none that the step does not have."""
    for name in event.particulars:
        if name not in here.particulars:
            near = nearest(name, here.particulars) or ", ".join(here.particulars) or "—"
            yield _refuse("case.unknown_particular", event, here.cites, found=name, near=near)
    for particular in here.particulars.values():
        if particular.id in event.particulars or (particular.results and event.result not in particular.results):
            continue
        needed = _is_needed(particular, here, case, event, ground)
        cites = particular.cites or here.cites
        if needed is True:
            yield _refuse("case.missing_particular", event, cites, particular=particular.id, **_label(particular))
        elif isinstance(needed, Unknown):
            yield _refuse("case.particular_open", event, cites, missing=_paths(needed), **_label(particular))


def _is_needed(particular: Particular, here: Step, case: Case, event: Taken, ground: Ground) -> Value:
    if particular.needed is None:
        return not particular.optional
    return ground.value(particular.needed, event.happened_on, _names(here, case, event))


def _requirements(here: Step, case: Case, event: Taken, ground: Ground) -> Iterator[Problem]:
    for required in here.requires:
        if required.results and event.result not in required.results:
            continue
        holds = ground.value(required.when, event.happened_on, _names(here, case, event))
        what = {"requirement": required.id, **_label(required)}
        if holds is False:
            yield _refuse("case.requirement_not_met", event, required.cites, **what)
        elif isinstance(holds, Unknown):
            yield _refuse("case.requirement_open", event, required.cites, **what, missing=_paths(holds))


def _waiting(here: Step, case: Case, event: Taken, ground: Ground) -> Iterator[Problem]:
    lasts = here.lasts
    if lasts is None or (lasts.results and event.result not in lasts.results):
        return
    start = event.particulars.get(lasts.since, case.since) if lasts.since else case.since
    if start < case.since:
        yield _refuse("case.before_previous", event, here.cites, found=start, since=case.since)
    until = after(start, ground.parameter(lasts.parameter, event.happened_on))
    if until is not None and event.happened_on < until:
        yield _refuse("case.too_early", event, here.cites, found=event.happened_on, start=start, until=until)


def _names(here: Step, case: Case, event: Taken) -> dict[str, Value]:
    """The particulars by name, what is not recorded being unknown; and the day on which the step was reached."""
    return {
        REACHED: case.since,
        **{
            id_: event.particulars.get(id_, Unknown((Missing("particular", f"{here.id}.{id_}"),)))
            for id_ in here.particulars
        },
    }


def _label(what: End | Particular | Requirement | Step) -> dict[str, str]:
    return {"label": what.label.zh or what.id, "label_en": what.label.en or what.id}


def _paths(unknown: Unknown) -> str:
    return ", ".join(missing.path for missing in unknown.missing) or "—"
