"""New facts into the ledger: what they change is decided anew, alerts are raised and withdrawn, each exactly once.

What is due follows from the set of submissions and the last day looked at, and from nothing else: not from the order in which
they came, nor from what the ledger said before. An ingest writes the difference between that and what was told. Areas come
after the households that lie in them (`areas`).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

from policy_engine.decision.reactions import Due, Moment, due_along, due_for_duties, moment, steps, watched
from policy_engine.decision.request import Request
from policy_engine.errors import FactsError, LedgerError, problem
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.reaction import Owes
from policy_engine.model.scenario import Settings
from policy_engine.monitoring.areas import areas_in, households_in, households_of, may_lie_in, near, sets_off
from policy_engine.monitoring.life import Life, lived
from policy_engine.monitoring.state import (
    ALERT,
    WITHDRAWAL,
    State,
    day_entry,
    days_told,
    everyone,
    read_states,
)
from policy_engine.monitoring.submission import FORM, Submission, folded
from policy_engine.record.entry import Entry, Receipt
from policy_engine.record.form import entry_of, record_of
from policy_engine.record.ledger import Ledger
from policy_engine.record.unreadable import Warn

__all__ = ["Monitoring", "Subject", "Tally", "ingest", "look_at"]

AT_ONCE = 50
"""Subjects whose entries go into one transaction; those of one subject are never parted."""

_TRIES = 20
_PLACE = ("prefecture", "county", "town", "village", "grid_id")


class Tally(NamedTuple):
    """What an ingest has appended to the ledger."""

    submissions: int = 0
    decisions: int = 0
    alerts: int = 0
    withdrawals: int = 0

    def plus(self, receipts: Iterable[Receipt], kinds: Iterable[str]) -> Tally:
        new = [kind for receipt, kind in zip(receipts, kinds, strict=True) if receipt.new]
        names = (name.removesuffix("s") for name in self._fields)
        return Tally(*(before + new.count(name) for before, name in zip(self, names, strict=True)))


_NOTHING = Tally()


@dataclass(frozen=True)
class Monitoring:
    """With what is monitored: the pack, its files as they stand in the ledger, the clock, figures of the deployer.

    `check` is asked about the findings of each step; it raises where another engine fires other reactions. `warn` is told
    which entries of the ledger cannot be read, and which facts of earlier submissions the pack does not have; they are passed
    over.
    """

    pack: Pack
    files: Entry
    clock: Callable[[], datetime.datetime]
    settings: Settings = Settings()
    check: Callable[[frozenset[str]], None] = lambda _: None
    warn: Warn = lambda _: None


Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many of how many subjects are done."""


def ingest(
    ledger: Ledger, monitoring: Monitoring, new: Iterable[Submission], progress: Progress = lambda *_: None
) -> Tally:
    """Take facts in; returns when all that follows from them is on the disk. The same facts again append nothing.

    Raises `FactsError` where two of them say different things of one subject and day, known on one day: which of them counts
    is for no program to say. Raises `LedgerError`, or `DisagreementError` where the two engines differ; then nothing of that
    batch was written.
    """
    new = list(new)
    _check_said_once(new)
    ledger.append([monitoring.files], monitoring.clock())
    looked = max(days_told(ledger, monitoring.pack, monitoring.warn), default=datetime.date.min)
    by_subject: dict[tuple[str, str], list[Submission]] = {}
    for one in new:
        by_subject.setdefault((one.facts.subject, one.facts.id), []).append(one)
    tally = _appended(
        ledger, monitoring, {key: some for key, some in by_subject.items() if key[0] != "area"}, looked, progress
    )
    areas = {key: some for key, some in by_subject.items() if key[0] == "area"}
    if sets_off(monitoring.pack):
        codes = {id_ for kind, id_ in by_subject if kind == "household"}
        touched = [one.facts for one in households_in(ledger, monitoring.pack, codes, monitoring.warn)]
        for own in areas_in(ledger, monitoring.pack, monitoring.warn):
            if any(may_lie_in(household, own.facts) for household in touched):
                areas.setdefault(("area", own.facts.id), [])
    return _appended(ledger, monitoring, areas, looked, progress, tally=tally)


def _check_said_once(new: Sequence[Submission]) -> None:
    said: dict[tuple[str, str, datetime.date, datetime.date], dict[str, str]] = {}
    for one in new:
        said.setdefault((one.facts.subject, one.facts.id, one.day, one.known_on), {})[one.hash] = one.where
    twice = [(key, places) for key, places in said.items() if len(places) > 1]
    if twice:
        raise FactsError(
            problem("monitor.said_twice", id=id_, day=day, others=", ".join(sorted(places.values())))
            for (_, id_, day, _), places in twice
        )


def look_at(ledger: Ledger, monitoring: Monitoring, day: datetime.date, progress: Progress = lambda *_: None) -> Tally:
    """Tell what fell due by a day, about everyone who was ever handed in."""
    ledger.append([monitoring.files, day_entry(monitoring.pack, day)], monitoring.clock())
    looked = max(days_told(ledger, monitoring.pack, monitoring.warn))
    ordered = sorted(everyone(ledger, monitoring.pack, monitoring.warn), key=lambda key: key[0] == "area")
    return _appended(ledger, monitoring, {key: [] for key in ordered}, looked, progress)


def _appended(
    ledger: Ledger,
    monitoring: Monitoring,
    by_subject: dict[tuple[str, str], list[Submission]],
    looked: datetime.date,
    progress: Progress,
    *,
    tally: Tally = _NOTHING,
) -> Tally:
    every = list(by_subject.items())
    for start in range(0, len(every), AT_ONCE):
        progress(start, len(every))
        tally = _one_batch(ledger, monitoring, every[start : start + AT_ONCE], looked, tally)
    return tally


def _one_batch(
    ledger: Ledger,
    monitoring: Monitoring,
    some: Sequence[tuple[tuple[str, str], list[Submission]]],
    looked: datetime.date,
    tally: Tally,
) -> Tally:
    """All entries about some subjects, in one transaction; worked out anew where another writer was first."""
    for tries_left in reversed(range(_TRIES)):
        seen: dict[str, int] = {}
        known: list[tuple[State, list[Submission]]] = []
        for (kind, subject), new in some:
            found, seen[subject] = read_states(ledger, monitoring.pack, subject, monitoring.warn)
            known.append((found.get((kind, subject), State(kind, subject)), new))
        areas = [one for state, new in known if state.kind == "area" for one in (*state.submissions, *new)]
        households = households_of(ledger, monitoring.pack, areas, monitoring.warn) if sets_off(monitoring.pack) else []
        entries = [entry for state, new in known for entry in _news(monitoring, state, new, looked, households)]
        try:
            receipts = ledger.append(entries, monitoring.clock(), seen=seen) if entries else ()
        except LedgerError as error:
            if not tries_left or error.problems[0].code != "ledger.overtaken":
                raise
            continue
        monitoring.warn(warning for state, _ in known for warning in state.warnings)
        return tally.plus(receipts, (entry.kind for entry in entries))
    raise AssertionError


# ---- one subject


def _news(
    monitoring: Monitoring,
    state: State,
    new: Sequence[Submission],
    looked: datetime.date,
    households: Sequence[Submission] = (),
) -> Iterator[Entry]:
    """What is to be appended about a subject: submissions, decisions that are new or turn out otherwise, alerts.

    `households` are those from which an area is put together; then a decision stands beside each new alert about it.
    """
    known = {one.hash: one.known_on for one in state.submissions}
    fresh = [one for one in new if one.hash not in known or one.known_on < known[one.hash]]
    fresh = list({(one.hash, one.known_on): one for one in fresh}.values())
    yield from (one.entry(monitoring.pack) for one in fresh)
    every = [*state.submissions, *fresh]
    if not every:
        return
    subject = Subject(monitoring, every, looked, near(households, every) if state.kind == "area" else ())
    if fresh:
        yield from subject.decisions(state.submissions)
    due = subject.alerts()
    told = {id_: body for id_, body in due.items() if id_ in state.withdrawn or state.alerts.get(id_) != body}
    if told and subject.life.households and not fresh:
        yield from subject.decided({datetime.date.fromisoformat(body["day"]) for body in told.values()})
    yield from (_told(ALERT, state, id_, body) for id_, body in told.items())
    for id_, body in state.standing().items():
        if id_ not in due:
            yield _told(WITHDRAWAL, state, id_, subject.withdrawal(body))


def _told(kind: str, state: State, id_: str, body: dict[str, Any]) -> Entry:
    number = state.raised.get(id_, 0) + 1
    return Entry.of(kind, body, subject=state.subject, key=f"{kind}:{id_}:{number}")


class Subject:
    """All that was handed in about one subject, and what follows from it by a day; of an area also about its households."""

    def __init__(
        self,
        monitoring: Monitoring,
        own: Sequence[Submission],
        looked: datetime.date,
        households: Sequence[Submission] = (),
    ) -> None:
        self.monitoring = monitoring
        self.pack = monitoring.pack
        self.own = own
        self.every = [*own, *households]
        self.id = own[0].facts.id
        self.until = max(looked, *(one.known_on for one in self.every))
        self.asked = watched(self.pack, own[0].facts.subject)
        self.history = folded(self.pack, own, monitoring.settings)
        self.root = self.history.facts(self.until).root
        self.life = lived(self.pack, own, households, monitoring.settings)
        self.seen: dict[tuple[datetime.date, Facts], Moment] = {}
        self.stages: dict[datetime.date, Life] = {}
        self.now = self.moments(self.life, self.life.days())

    def moments(self, life: Life, days: Iterable[datetime.date]) -> list[Moment]:
        """What reactions look at on some days; what was looked at once is not looked at again."""
        given = [(day, facts) for day in days if (facts := life.on(day)) is not None]
        for day, facts in given:
            if (day, facts) not in self.seen:
                self.seen[day, facts] = moment(self.pack, facts, day, self.monitoring.settings)
        return [self.seen[one] for one in given]

    def decisions(self, before: Sequence[Submission]) -> Iterator[Entry]:
        """Records of the days that are new or come out otherwise than `before`, and last of what is known now."""
        earlier = replace(self.life, own=lived(self.pack, before, (), self.monitoring.settings).own)
        old = {one.day: one.answers for one in self.moments(earlier, earlier.days())}
        touched = [one for one in self.now[:-1] if old.get(one.day) != one.answers]
        return map(self.record, (*touched, *self.now[-1:]) if self.asked else ())

    def decided(self, days: Container[datetime.date]) -> Iterator[Entry]:
        """Records of some days."""
        return (self.record(one) for one in self.now if one.day in days)

    def record(self, found: Moment) -> Entry:
        request = Request(found.day, self.asked, self.monitoring.settings, ranked=False)
        decision = request.decide(self.pack, found.facts)
        record = record_of(decision, found.facts, request, self.monitoring.files.body_hash, self.until)
        return entry_of(record, decision)

    def alerts(self) -> dict[str, dict[str, Any]]:
        """Every alert that is due, by id: a function of the set of submissions and of the last day looked at."""
        along = list(steps(self.now))
        owed = list(due_for_duties(self.history, self.until))
        for step in along:
            self.monitoring.check(step.findings)
        self.monitoring.check(frozenset(f"owed:{item.duty.id}:{item.state}" for _, item in owed))
        first = min(one.known_on for one in self.own)
        due = [(one, self.known(one)) for one in due_along(self.pack, along, self.monitoring.settings)]
        due += [(one, max(one.day, first)) for one, _ in owed]
        return {one.id(self.pack.id, self.id): self.body(one, known) for one, known in due}

    def known(self, due: Due) -> datetime.date:
        """The first day on which enough was known for the alert to be due."""
        first = min(one.known_on for one in self.every if one.day == due.day)
        stages = sorted({one.known_on for one in self.every})
        for stage in (one for one in stages[:-1] if one >= first):
            then = self.known_at(stage)
            two = [day for day in then.days() if day <= due.day][-2:]
            last = list(steps(self.moments(then, two)))[-1:]
            if due in due_along(self.pack, last, self.monitoring.settings):
                return stage
        return stages[-1]

    def known_at(self, stage: datetime.date) -> Life:
        """What was known by the end of a day; folded once for all alerts."""
        if stage not in self.stages:
            then = [one for one in self.every if one.known_on <= stage]
            own = [one for one in then if one.facts.subject == self.history.subject]
            households = [one for one in then if one.facts.subject != self.history.subject]
            self.stages[stage] = lived(self.pack, own, households, self.monitoring.settings)
        return self.stages[stage]

    def body(self, due: Due, known: datetime.date) -> dict[str, Any]:
        """The alert as it stands in the ledger. It says what changed, not why: that is in the decisions."""
        reaction, root = due.reaction, self.root
        return {
            "form": FORM,
            "alert": due.id(self.pack.id, self.id),
            "pack": self.pack.id,
            "about": reaction.about,
            "reaction": reaction.id,
            "day": due.day.isoformat(),
            "known_on": known.isoformat(),
            "what": due.what,
            "which": due.which,
            "certain": due.certain,
            "to": list(reaction.alert),
            "persons": list(due.persons),
            "within": reaction.within,
            "opens": reaction.opens,
            "escalates": [{"to": list(step.to), "after": step.after} for step in reaction.escalates],
            "cites": [{"clause": cite.clause, "words": cite.words} for cite in reaction.cited()],
            "place": {name: root[name] for name in _PLACE if isinstance(root.get(name), str)},
        }

    def withdrawal(self, alert: dict[str, Any]) -> dict[str, Any]:
        """Why an alert no longer stands: `facts` now known, the `duty` is fulfilled, the `pack` orders it no more."""
        reaction = self.pack.reactions.get(alert["reaction"])
        why = "pack" if reaction is None else "duty" if isinstance(reaction.when, Owes) else "facts"
        kept = {name: alert[name] for name in ("form", "alert", "pack", "about")}
        return {**kept, "known_on": self.until.isoformat(), "why": why}
