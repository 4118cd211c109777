"""Worked cases of procedures, duties and reactions: events with what must become of each, run and compared."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_engine.checking.cases import written
from policy_engine.decision.duties import Owed, duties, snapshots
from policy_engine.decision.history import History, fold
from policy_engine.decision.reactions import Due, due_along, due_for_duties, moments, steps
from policy_engine.decision.standing import standing
from policy_engine.documents.case_forms import ProcedureCaseForm
from policy_engine.documents.plain_data import nodes
from policy_engine.documents.read_case import read_events
from policy_engine.documents.read_pack import read_text
from policy_engine.documents.read_settings import read_settings
from policy_engine.documents.reader import BAD, Reader
from policy_engine.documents.yaml import ListNode, MapNode, Node, Scalar, read
from policy_engine.errors import Problem, problem
from policy_engine.model.case import Event, Taken
from policy_engine.model.pack import Pack
from policy_engine.model.reaction import Becomes, Owes
from policy_engine.model.scenario import Settings
from policy_engine.source import Span
from policy_engine.values import Record

__all__ = [
    "ProcedureRun",
    "Way",
    "check_procedure_case",
    "read_procedure_cases",
    "run_procedure_case",
    "seen_ways",
    "ways",
]

_CASE = "case"
"""The id of the case in a worked case."""


@dataclass(frozen=True, slots=True)
class ProcedureRun:
    """A worked case and what came of it; `differences` are empty where it is as expected."""

    form: ProcedureCaseForm
    file: Path
    number: int
    history: History | None
    differences: tuple[Problem, ...]

    @property
    def name(self) -> str:
        return self.form.case.zh or self.form.case.en


def read_procedure_cases(folder: Path) -> tuple[list[tuple[Path, int, ProcedureCaseForm]], tuple[Problem, ...]]:
    """All cases in a pack's `cases/procedures/` folder: file, number in the file, form; and what could not be read."""
    found: list[tuple[Path, int, ProcedureCaseForm]] = []
    problems: list[Problem] = []
    for path in sorted((folder / "cases" / "procedures").glob("*.yaml")):
        text = read_text(path, problems)
        documents, faults = read(text, str(path)) if text is not None else ((), ())
        problems += faults
        for number, node in enumerate(documents, 1):
            reader = Reader()
            form = reader.read(node, ProcedureCaseForm)
            problems += reader.problems
            if form is not BAD:
                found.append((path, number, form))
    return found, tuple(problems)


def check_procedure_case(pack: Pack, form: ProcedureCaseForm) -> tuple[Problem, ...]:
    """What is wrong with a case before it is run: it expects nothing, or names what the pack does not have."""
    return _given(pack, form)[2]


def _given(pack: Pack, form: ProcedureCaseForm) -> tuple[tuple[Event, ...], Settings, tuple[Problem, ...]]:
    """The events and settings of a case, and what is wrong with them."""
    refused = [_codes(node) for node in form.events]
    if not (form.expect or form.cases or form.then or form.duties or form.alerts or any(refused)):
        return (), Settings(), (problem("case.expects_nothing", form.span),)
    faults: list[Problem] = []
    settings = read_settings(form.settings, pack, faults) if form.settings is not None else Settings()
    readings = Record({**settings.readings, **{word.text: option.text for word, option in form.readings.items()}})
    events, problems = read_events(list(_events(form)), pack, form.subject)
    faults += [found for found in problems if found.severity == "error"]
    return events, Settings(settings.parameters, readings), tuple(faults)


def run_procedure_case(pack: Pack, path: Path, number: int, form: ProcedureCaseForm) -> ProcedureRun:
    """Fold the case's events and compare; a case that expects nothing fails."""
    events, settings, faults = _given(pack, form)
    if faults:
        return ProcedureRun(form, path, number, None, faults)
    history = fold(pack, form.subject, events, settings)
    differences = [*_refusals(form, events, history), *_standing(form, history), *_facts_then(form, history)]
    differences += [*_duties(form, history), *_alerts(form, history)]
    return ProcedureRun(form, path, number, history, tuple(differences))


def _events(form: ProcedureCaseForm) -> Iterator[MapNode]:
    """The events in full: the facts first, then the case opened, then what the case writes in short."""
    day = form.opened or form.on
    if form.facts is not None:
        given: dict[str, tuple[Scalar, Node]] = {"facts": (Scalar("facts", form.facts.span), form.facts)}
        yield _event(form.facts.span, {"event": "facts", "happened_on": day}, given)
    if form.procedure is not None:
        opening = {"event": "open", "case": _CASE, "procedure": form.procedure.text, "happened_on": day}
        yield _event(form.procedure.span, opening, {})
    for node in form.events:
        kind = node.get("event")
        given = {key: entry for key, entry in node.entries.items() if key != "refused"}
        of_case = {} if isinstance(kind, Scalar) and kind.text == "facts" else {"case": _CASE}
        yield _event(node.span, {"event": "step", **of_case}, given)


def _event(span: Span, made: dict[str, Any], given: dict[str, tuple[Scalar, Node]]) -> MapNode:
    """An event of what is made here, and of what the case itself says."""
    entries = nodes(made)
    assert isinstance(entries, MapNode)
    return MapNode({**entries.entries, **given}, span)


def _codes(node: MapNode) -> tuple[str, ...]:
    found = node.get("refused")
    items = found.items if isinstance(found, ListNode) else (found,) if found is not None else ()
    return tuple(item.text for item in items if isinstance(item, Scalar))


def _refusals(form: ProcedureCaseForm, events: tuple[Event, ...], history: History) -> Iterator[Problem]:
    """Each event is refused for just the reasons given beside it."""
    found = {event.number: {item.code for item in problems} for event, problems in history.refused}
    made = len(events) - len(form.events)
    for number in range(1, made + 1):
        if number in found:
            yield from next(problems for event, problems in history.refused if event.number == number)
    for number, node in enumerate(form.events, made + 1):
        wanted, codes = set(_codes(node)), found.get(number, set())
        if wanted != codes:
            show = [", ".join(sorted(some)) or "—" for some in (wanted, codes)]
            yield problem("case.differs", node.span, what="refused", wanted=show[0], found=show[1])


def _standing(form: ProcedureCaseForm, history: History) -> Iterator[Problem]:
    expected = {word.text: (expect, word.span) for word, expect in form.cases.items()}
    if form.expect is not None:
        expected[_CASE] = form.expect, form.span
    for id_, (expect, span) in expected.items():
        if id_ not in history.cases:
            known = ", ".join(history.cases) or "—"
            yield problem("case.differs", span, what="case", wanted=id_, found=known)
            continue
        now = standing(history, id_, form.on)
        for what, wanted, found in (
            ("at", expect.at.text if expect.at else None, now.case.at),
            ("half", expect.half, now.half),
            ("effective", expect.effective, now.effective),
        ):
            if wanted is not None and wanted != found:
                where = what if id_ == _CASE else f"{id_}.{what}"
                yield problem("case.differs", span, what=where, wanted=str(wanted).lower(), found=str(found).lower())


def _facts_then(form: ProcedureCaseForm, history: History) -> Iterator[Problem]:
    if form.then is None:
        return
    root = history.facts(form.on).root
    for key, (word, node) in form.then.entries.items():
        wanted, found = node.text if isinstance(node, Scalar) else "", str(written(root.get(key, "")))
        if wanted != found:
            yield problem("case.differs", word.span, what=key, wanted=wanted, found=found or "—")


def _duties(form: ProcedureCaseForm, history: History) -> Iterator[Problem]:
    if form.duties is None:
        return
    owed = duties(history.pack, snapshots(history, form.on), form.on, history.settings)
    for key, (word, node) in form.duties.entries.items():
        if key not in history.pack.duties:
            yield problem("form.unknown_key", word.span, key=key, near=", ".join(history.pack.duties))
            continue
        mine = [item for item in owed if item.duty.id == key]
        if isinstance(node, MapNode):
            for start, (_, state) in node.entries.items():
                yield from _state(f"{key}.{start}", [i for i in mine if _begins(i, start)], state)
        else:
            yield from _state(key, mine, node)


def alerts(history: History, on: datetime.date) -> list[Due]:
    """Every alert due about the subject up to a day."""
    changes = due_along(history.pack, steps(moments(history, on)), history.settings)
    return [*changes, *(due for due, _ in due_for_duties(history, on))]


def _alerts(form: ProcedureCaseForm, history: History) -> Iterator[Problem]:
    found = alerts(history, form.on) if form.alerts else []
    for word, expected in form.alerts.items():
        if word.text not in history.pack.reactions:
            yield problem("form.unknown_key", word.span, key=word, near=", ".join(history.pack.reactions))
            continue
        mine = [f"{due.day} {due.what}{'' if due.certain else '?'}" for due in found if due.reaction.id == word.text]
        wanted = [one.text for one in expected]
        if sorted(mine) != sorted(wanted):
            both = (", ".join(sorted(some)) or "—" for some in (wanted, mine))
            yield problem("case.differs", word.span, what=word, wanted=next(both), found=next(both))


def _begins(item: Owed, start: str) -> bool:
    day = item.since if item.period is None else item.period.start
    return isinstance(day, datetime.date) and day.isoformat().startswith(start)


def _state(what: str, found: list[Owed], node: Node) -> Iterator[Problem]:
    wanted = node.text if isinstance(node, Scalar) else ""
    states = ", ".join(item.state for item in found) or "none"
    if wanted != states:
        yield problem("case.differs", node.span, what=what, wanted=wanted, found=states)


# ---- what a set of cases has seen


@dataclass(frozen=True, slots=True)
class Way:
    """What must be seen of a procedure: results taken, requirements refused, particulars missed, duties in a state,
    reactions that fire.
    """

    kind: str
    id: str


def ways(pack: Pack) -> tuple[Way, ...]:
    """Every result, every requirement, every particular that is needed, every duty fulfilled and not, every
    reaction set off, in the pack's order.
    """
    found: list[Way] = []
    for procedure in pack.procedures.values():
        for step in procedure.steps.values():
            at = f"{procedure.id}.{step.id}"
            found += [Way("result", f"{at}.{id_}") for id_ in procedure.results(step.id)]
            found += [Way("requirement", f"{at}.{required.id}") for required in step.requires]
            found += [Way("particular", f"{at}.{part.id}") for part in step.particulars.values() if not part.optional]
    for duty in pack.duties.values():
        late = ("overdue",) if duty.every or duty.within or duty.due_on else ("open",)
        found += [Way("duty", f"{duty.id}.{state}") for state in ("fulfilled", *late)]
    for reaction in pack.reactions.values():
        when = reaction.when
        what = when.to if isinstance(when, Becomes) else (when.state,) if isinstance(when, Owes) else ("arrived",)
        found += [Way("reaction", f"{reaction.id}.{one}") for one in what]
    return tuple(found)


def seen_ways(pack: Pack, runs: Iterable[ProcedureRun]) -> set[Way]:
    """What these cases have seen of the procedures, duties and reactions."""
    found: set[Way] = set()
    for run in runs:
        if run.history is None:
            continue
        for case in run.history.cases.values():
            found |= {Way("result", f"{case.procedure}.{taken.step}.{taken.result}") for taken in case.taken}
        for event, problems in run.history.refused:
            if isinstance(event, Taken) and event.case in run.history.cases:
                at = f"{run.history.cases[event.case].procedure}.{event.step}"
                found |= set(_refused_ways(at, problems))
        owed = duties(pack, snapshots(run.history, run.form.on), run.form.on, run.history.settings)
        found |= {Way("duty", f"{item.duty.id}.{item.state}") for item in owed}
        if pack.reactions:
            fired = alerts(run.history, run.form.on)
            found |= {Way("reaction", f"{due.reaction.id}.{due.what}") for due in fired if due.certain}
    return found


def _refused_ways(at: str, problems: Iterable[Problem]) -> Iterator[Way]:
    for found in problems:
        details = dict(found.details)
        if found.code == "case.requirement_not_met":
            yield Way("requirement", f"{at}.{details['requirement']}")
        if found.code == "case.missing_particular":
            yield Way("particular", f"{at}.{details['particular']}")
