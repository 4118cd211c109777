"""The life of a subject, folded from its events: what was known when, where each case stands, what was refused."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from policy_engine.decision.procedure import begin, step
from policy_engine.errors import Problem, problem_of
from policy_engine.evaluation.single import Single
from policy_engine.expression.names import nearest
from policy_engine.expression.tree import OWN, Node
from policy_engine.model.case import Case, Correction, Event, Learned, Opened, Ruling, Taken
from policy_engine.model.facts import Evidence, FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.paths import parts
from policy_engine.model.procedure import End, Procedure
from policy_engine.model.scenario import Settings
from policy_engine.values import Missing, Record, Unknown, Value

__all__ = ["History", "Settled", "fold", "lists_in"]


@dataclass(frozen=True, slots=True)
class Settled:
    """Facts that an ended procedure has settled, from a day on; `number` is the event that ended it."""

    case: str
    on: datetime.date
    number: int
    gives: Record
    adds: Record = Record()


@dataclass(frozen=True)
class History:
    """What the accepted events of one subject come to. `refused` are the others, each with its problems."""

    pack: Pack
    subject: str
    settings: Settings = Settings()
    events: tuple[Event, ...] = ()
    cases: Mapping[str, Case] = field(default_factory=Record)
    refused: tuple[tuple[Event, tuple[Problem, ...]], ...] = ()
    settled: tuple[Settled, ...] = ()

    def facts(self, on: datetime.date, *, before: int | None = None, settled_before: int | None = None) -> Facts:
        """What is known of a day: facts learned about it or about an earlier one, and what procedures have settled by then.

        `before` is the number of an event: only what stands before it in the file is taken. With `settled_before` all that
        was learned is taken, and what procedures settled before that event.
        """
        facts = self._nothing()
        for day, number, what in self._known(settled_before):
            if day <= on and (before is None or number < before):
                facts = _with(facts, what)
        return facts if before is not None else self._confirmed(facts, on)

    def along(self, until: datetime.date) -> Iterator[tuple[datetime.date, Facts]]:
        """Each day up to a day on which something known changed, and what is known of it (`facts`); folded once."""
        facts = self._nothing()
        for day, changes in groupby(self._known(), key=itemgetter(0)):
            if day > until:
                return
            for _, _, what in changes:
                facts = _with(facts, what)
            yield day, self._confirmed(facts, day)

    def _nothing(self) -> Facts:
        return Facts(self.subject, FactRecord({}, self.subject, ""))

    def _known(self, settled_before: int | None = None) -> list[tuple[datetime.date, int, Learned | Settled]]:
        """What was learned and what was settled, by day and number."""
        known: list[tuple[datetime.date, int, Learned | Settled]] = [
            (event.happened_on, event.number, event) for event in self.events if isinstance(event, Learned)
        ]
        known += [
            (settled.on, settled.number, settled)
            for settled in self.settled
            if settled_before is None or settled.number < settled_before
        ]
        return sorted(known, key=itemgetter(0, 1))

    def _confirmed(self, facts: Facts, on: datetime.date) -> Facts:
        """A list that a later day says again unchanged was complete on the days between."""
        evidence = dict(facts.evidence)
        for event in self.events:
            for name, value in (
                event.facts.root.items() if isinstance(event, Learned) and event.happened_on > on else ()
            ):
                known = evidence.get(name)
                if known is not None and known.complete_to is not None and value == facts.root.get(name):
                    evidence[name] = replace(known, complete_to=max(known.complete_to, event.happened_on))
        return replace(facts, evidence=Record(evidence))

    def run(self, on: datetime.date, *, before: int | None = None) -> Single:
        """The evaluator about the facts of a day."""
        return Single(self.pack, self.facts(on, before=before), on, self.settings)

    def days(self) -> list[datetime.date]:
        """The days on which something known about the subject changed."""
        learned = {event.happened_on for event in self.events if isinstance(event, Learned)}
        return sorted(learned | {settled.on for settled in self.settled})

    def until(self, day: datetime.date) -> History:
        """The history as it was at the end of a day, as known now: without what happened later."""
        opened = {id_: case for id_, case in self.cases.items() if case.opened.happened_on <= day}
        cases = {id_: _until(self.pack.procedure(case.procedure), case, day) for id_, case in opened.items()}
        events = tuple(event for event in self.events if event.happened_on <= day)
        return _resettled(replace(self, events=events, cases=Record(cases)))


def _until(procedure: Procedure, case: Case, day: datetime.date) -> Case:
    """The case with the steps taken and the rulings made by the end of a day, corrections among them."""
    taken = tuple(found for found in case.taken if found.happened_on <= day)
    at, since = procedure.start, case.opened.happened_on
    if taken:
        at, since = procedure.results(taken[-1].step)[taken[-1].result].to, taken[-1].happened_on
    rulings = tuple(ruling for ruling in case.rulings if ruling.happened_on <= day)
    return replace(case, at=at, since=since, taken=taken, rulings=rulings)


@dataclass(frozen=True, slots=True)
class _Known:
    """Conditions of a procedure are asked against what stood in the file before the event."""

    history: History
    before: int

    def value(self, node: Node, on: datetime.date, names: Mapping[str, Value]) -> Value:
        run = self.history.run(on, before=self.before)
        return run.value(node, {OWN: run.facts.root, **names})

    def parameter(self, id_: str, on: datetime.date) -> Value:
        run = self.history.run(on, before=self.before)
        found = run.parameter_value(id_)
        return Unknown() if found is None else found.value


def fold(pack: Pack, subject: str, events: Iterable[Event], settings: Settings | None = None) -> History:
    """The history of a subject. An event that is not valid where it stands is refused and changes nothing."""
    history = History(pack, subject, settings or Settings())
    for event in events:
        history = _added(history, event)
    return history


def _added(history: History, event: Event) -> History:
    accept = {Opened: _opened, Taken: _taken, Correction: _corrected, Learned: _known_more, Ruling: _ruled}[type(event)]
    found = accept(history, event)  # type: ignore[operator]
    if isinstance(found, History):
        return found
    return replace(history, refused=(*history.refused, (event, tuple(found))))


def _refuse(code: str, event: Event, **details: object) -> list[Problem]:
    return [problem_of(code, event.span, details, where="" if event.span else f"[{event.number}]")]


def _dated(event: Event) -> list[Problem]:
    if event.recorded_on >= event.happened_on:
        return []
    return _refuse(
        "case.recorded_early", event, found=event.recorded_on, happened=event.happened_on, clause="", step=""
    )


def _known_more(history: History, event: Learned) -> History | list[Problem]:
    return _dated(event) or _resettled(replace(history, events=(*history.events, event)))


def _opened(history: History, event: Opened) -> History | list[Problem]:
    known = [id_ for id_, found in history.pack.procedures.items() if found.about == history.subject]
    if event.procedure not in known:
        near = nearest(event.procedure, known) or ", ".join(known) or "—"
        return _refuse("case.unknown_procedure", event, found=event.procedure, near=near)
    if event.case in history.cases:
        return _refuse("case.opened_twice", event, case=event.case)
    if event.follows and event.follows not in history.cases:
        return _refuse("case.unknown_case", event, found=event.follows, near=_near(event.follows, history))
    case = begin(history.pack.procedure(event.procedure), event)
    return _dated(event) or _with_case(history, case, event)


def _near(case: str, history: History) -> str:
    return nearest(case, history.cases) or ", ".join(history.cases) or "—"


def _taken(history: History, event: Taken) -> History | list[Problem]:
    if event.case not in history.cases:
        return _refuse("case.unknown_case", event, found=event.case, near=_near(event.case, history))
    case = history.cases[event.case]
    case, problems = step(history.pack.procedure(case.procedure), case, event, _Known(history, event.number))
    return list(problems) or _with_case(history, case, event)


def _ruled(history: History, event: Ruling) -> History | list[Problem]:
    if event.case not in history.cases:
        return _refuse("case.unknown_case", event, found=event.case, near=_near(event.case, history))
    if not (event.by and event.why):
        return _refuse("case.ruling_without_reason", event)
    case = history.cases[event.case]
    return _dated(event) or _with_case(history, replace(case, rulings=(*case.rulings, event)), event)


def _corrected(history: History, event: Correction) -> History | list[Problem]:
    """The steps of the case taken anew, with the correction in its place; all must still be valid."""
    if event.case not in history.cases:
        return _refuse("case.unknown_case", event, found=event.case, near=_near(event.case, history))
    case = history.cases[event.case]
    known = {taken.number: taken for taken in case.taken}
    if event.corrects not in known:
        numbers = ", ".join(map(str, known)) or "—"
        return _refuse("case.nothing_to_correct", event, found=event.corrects, case=event.case, near=numbers)
    if not event.why:
        return _refuse("case.correction_without_reason", event)
    again = begin(history.pack.procedure(case.procedure), case.opened)
    for taken in case.taken:
        now = taken if taken.number != event.corrects else event.instead
        if now is None:
            continue
        number = event.number if taken.number == event.corrects else taken.number
        again, problems = step(history.pack.procedure(case.procedure), again, now, _Known(history, number))
        if problems:
            breaks = _refuse("case.correction_breaks", event, corrects=event.corrects, number=taken.number)
            return [*breaks, *problems]
    return _dated(event) or _with_case(history, replace(again, rulings=case.rulings), event)


def _with_case(history: History, case: Case, event: Event) -> History:
    cases = Record({**history.cases, case.id: case})
    return _resettled(replace(history, events=(*history.events, event), cases=cases))


# ---- what procedures settle


def _resettled(history: History) -> History:
    """What the ended procedures settle, each on the facts that the earlier ones have left."""
    ended = [(case, end) for case in history.cases.values() if (end := _end(history.pack, case)) is not None]
    history = replace(history, settled=())
    for case, end in sorted(ended, key=lambda pair: (pair[0].since, pair[0].taken[-1].number)):
        if _substance(history, case):
            history = replace(history, settled=(*history.settled, _settling(history, case, end)))
    return history


def _end(pack: Pack, case: Case) -> End | None:
    """The end at which a case stands, where it settles anything."""
    end: End | None = pack.procedure(case.procedure).ends.get(case.at)
    return end if end is not None and end.settles else None


def _substance(history: History, case: Case) -> bool:
    """Was the substance decided: by the facts as known then, or as known now, or by the authority?"""
    if case.rulings:
        return case.rulings[-1].substance
    needs = history.pack.procedure(case.procedure).needs
    if needs is None:
        return True
    runs = (history.run(case.since, before=number) for number in (case.taken[-1].number, None))
    return any(run.value(needs, {OWN: run.facts.root}) is True for run in runs)


def _settling(history: History, case: Case, end: End) -> Settled:
    run = history.run(case.since)
    recorded = {id_: value for taken in case.taken for id_, value in taken.particulars.items()}
    names = history.pack.procedure(case.procedure).particulars()
    env = {id_: recorded.get(id_, Unknown((Missing("particular", id_),))) for id_ in names}

    def values(nodes: Record) -> Record:
        found = {id_: run.value(node, {OWN: run.facts.root, **env}) for id_, node in nodes.items()}
        return Record((id_, value) for id_, value in found.items() if not isinstance(value, Unknown))

    return Settled(case.id, case.since, case.taken[-1].number, values(end.gives), values(end.adds))


# ---- facts, one statement after the other


def _with(facts: Facts, what: Learned | Settled) -> Facts:
    return _learned(facts, what) if isinstance(what, Learned) else _settled(facts, what)


def _settled(facts: Facts, settled: Settled) -> Facts:
    """The facts after an end. What it adds to a list says nothing of the rest of the list."""
    added = {name: (*facts.root.get(name, ()), item) for name, item in settled.adds.items()}
    root = FactRecord({**facts.root, **settled.gives, **added}, facts.subject, "")
    as_of = max(facts.as_of or settled.on, settled.on)
    evidence = _kept(facts, as_of, settled.gives)
    for name in settled.adds:
        if name not in facts.root:
            evidence[name] = Evidence(complete_to=datetime.date.min)
    return replace(facts, root=root, as_of=as_of, evidence=Record(evidence))


def _learned(facts: Facts, event: Learned) -> Facts:
    """The facts after an event: what is said anew replaces what was known, figures of a year entry by entry."""
    root = FactRecord(_merged(facts.root, event.facts.root), facts.subject, "")
    added = {name: (*root.get(name, ()), *value) for name, value in event.adds.root.items()}
    root = FactRecord({**root, **{name: _placed(name, value) for name, value in added.items()}}, facts.subject, "")
    evidence = _kept(facts, event.happened_on, {**event.facts.root, **event.adds.root})
    evidence |= event.facts.evidence
    as_of = max(facts.as_of or event.happened_on, event.happened_on)
    return Facts(facts.subject, root, as_of, Record(evidence))


def _merged(known: Record, new: Record) -> dict[str, Any]:
    merged = dict(known)
    for name, value in new.items():
        old = known.get(name)
        if isinstance(old, FactRecord) and isinstance(value, FactRecord):
            merged[name] = FactRecord(_merged(old, value), value.form, value.path)
        elif isinstance(old, Record) and isinstance(value, Record):
            merged[name] = Record(_merged(old, value))
        else:
            merged[name] = value
    return merged


def _placed(name: str, items: Sequence[Any]) -> tuple[Any, ...]:
    """Records of a list under the paths of their places in it."""
    return tuple(
        FactRecord(dict(item), item.form, f"{name}[{place}]") if isinstance(item, FactRecord) else item
        for place, item in enumerate(items, 1)
    )


def _kept(facts: Facts, day: datetime.date, new: Mapping[str, Any]) -> dict[str, Evidence]:
    """The evidence of what is not said anew; a list of events stays complete up to the day it was last spoken of."""
    kept = {path: found for path, found in facts.evidence.items() if _head(path) not in new}
    if facts.as_of is not None and day > facts.as_of:
        for path in lists_in({name: value for name, value in facts.root.items() if name not in new}):
            known = kept.get(path, facts.evidence_for(path) or Evidence())
            kept[path] = replace(known, complete_to=known.complete_to or facts.as_of)
    return kept


def lists_in(record: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The paths of all lists in a record, also of those in records and lists below."""
    for name, value in record.items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, Record):
            yield from lists_in(value, path)
        elif isinstance(value, tuple):
            yield path
            for place, item in enumerate(value, 1):
                if isinstance(item, Record):
                    yield from lists_in(item, f"{path}[{place}]")


def _head(path: str) -> str:
    return next(parts(path))[0]
