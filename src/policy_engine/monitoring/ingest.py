"""New facts into the ledger: what they change is decided anew, alerts are raised and withdrawn, each exactly once.

What is due follows from the set of submissions and the last day looked at, and from nothing else: not from the order in which
they came, nor from what the ledger said before. An ingest writes the difference between that and what was told.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from policy_engine.decision.reactions import Due, Moment, due_along, due_for_duties, moments, steps, watched
from policy_engine.decision.request import Request
from policy_engine.errors import FactsError, LedgerError, problem
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.reaction import Owes
from policy_engine.model.scenario import Settings
from policy_engine.monitoring.state import (
    ALERT,
    WITHDRAWAL,
    State,
    day_entry,
    days_told,
    read_states,
    states,
)
from policy_engine.monitoring.submission import FORM, Submission, folded
from policy_engine.record.entry import Entry, Receipt
from policy_engine.record.form import decision_entry
from policy_engine.record.ledger import Ledger
from policy_engine.record.unreadable import Warn, refuse

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


@dataclass(frozen=True)
class Monitoring:
    """With what is monitored: the pack, its files as they stand in the ledger, the clock, figures of the deployer.

    `check` is asked about the findings of each step; it raises where another engine fires other reactions. `warn` is told
    which entries of the ledger cannot be read; they are passed over.
    """

    pack: Pack
    files: Entry
    clock: Callable[[], datetime.datetime]
    settings: Settings = Settings()
    check: Callable[[frozenset[str]], None] = lambda _: None
    warn: Warn = refuse


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
    return _appended(ledger, monitoring, by_subject, looked, progress)


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
    everyone = states(ledger.entries(), monitoring.pack, warn=monitoring.warn)
    return _appended(ledger, monitoring, {key: [] for key in everyone}, looked, progress)


def _appended(
    ledger: Ledger,
    monitoring: Monitoring,
    by_subject: dict[tuple[str, str], list[Submission]],
    looked: datetime.date,
    progress: Progress,
) -> Tally:
    tally, every = Tally(), list(by_subject.items())
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
        entries: list[Entry] = []
        for (kind, subject), new in some:
            found, seen[subject] = read_states(ledger, monitoring.pack, subject, monitoring.warn)
            state = found.get((kind, subject), State(kind, subject))
            entries += _news(monitoring, state, new, looked)
        try:
            receipts = ledger.append(entries, monitoring.clock(), seen=seen) if entries else ()
        except LedgerError as error:
            if not tries_left or error.problems[0].code != "ledger.overtaken":
                raise
            continue
        return tally.plus(receipts, (entry.kind for entry in entries))
    raise AssertionError


# ---- one subject


def _news(monitoring: Monitoring, state: State, new: Sequence[Submission], looked: datetime.date) -> Iterator[Entry]:
    """What is to be appended about a subject: submissions, decisions that are new or turn out otherwise, alerts."""
    known = {one.hash: one.known_on for one in state.submissions}
    fresh = [one for one in new if one.hash not in known or one.known_on < known[one.hash]]
    fresh = list({(one.hash, one.known_on): one for one in fresh}.values())
    yield from (one.entry(monitoring.pack) for one in fresh)
    every = [*state.submissions, *fresh]
    if not every:
        return
    subject = Subject(monitoring, every, looked)
    if fresh:
        yield from subject.decisions(state.submissions)
    due = subject.alerts()
    for id_, body in due.items():
        if id_ in state.withdrawn or state.alerts.get(id_) != body:
            yield _told(ALERT, state, id_, body)
    for id_, body in state.standing().items():
        if id_ not in due:
            yield _told(WITHDRAWAL, state, id_, subject.withdrawal(body))


def _told(kind: str, state: State, id_: str, body: dict[str, Any]) -> Entry:
    number = state.raised.get(id_, 0) + 1
    return Entry.of(kind, body, subject=state.subject, key=f"{kind}:{id_}:{number}")


class Subject:
    """All that was handed in about one subject, and what follows from it by a day."""

    def __init__(self, monitoring: Monitoring, every: Sequence[Submission], looked: datetime.date) -> None:
        self.monitoring = monitoring
        self.pack = monitoring.pack
        self.every = every
        self.id = every[0].facts.id
        self.until = max(looked, *(one.known_on for one in every))
        self.seen: dict[tuple[datetime.date, Facts], Moment] = {}
        self.history = folded(self.pack, every, monitoring.settings)

    def moments(self, submissions: Sequence[Submission], until: datetime.date) -> list[Moment]:
        return moments(folded(self.pack, submissions, self.monitoring.settings), until, self.seen)

    def decisions(self, before: Sequence[Submission]) -> Iterator[Entry]:
        """Records of the days that are new or come out otherwise than `before`, and last of what is known now."""
        asked = watched(self.pack, self.history.subject)
        old = {one.day: one.answers for one in self.moments(before, self.until)}
        along = self.moments(self.every, self.until)
        touched = [one for one in along[:-1] if old.get(one.day) != one.answers]
        for one in (*touched, *along[-1:]) if asked else ():
            request = Request(one.day, asked, self.monitoring.settings, ranked=False)
            decision = request.decide(self.pack, one.facts)
            yield decision_entry(decision, one.facts, request, self.monitoring.files.body_hash, self.until)

    def alerts(self) -> dict[str, dict[str, Any]]:
        """Every alert that is due, by id: a function of the set of submissions and of the last day looked at."""
        along = list(steps(self.moments(self.every, self.until)))
        owed = list(due_for_duties(self.history, self.until))
        for step in along:
            self.monitoring.check(step.findings)
        self.monitoring.check(frozenset(f"owed:{item.duty.id}:{item.state}" for _, item in owed))
        first = min(one.known_on for one in self.every)
        due = [(one, self.known(one)) for one in due_along(self.pack, along, self.monitoring.settings)]
        due += [(one, max(one.day, first)) for one, _ in owed]
        return {one.id(self.pack.id, self.id): self.body(one, known) for one, known in due}

    def known(self, due: Due) -> datetime.date:
        """The first day on which enough was known for the alert to be due."""
        first = min(one.known_on for one in self.every if one.day == due.day)
        stages = sorted({one.known_on for one in self.every})
        for stage in (one for one in stages[:-1] if one >= first):
            then = self.moments([one for one in self.every if one.known_on <= stage], due.day)
            last = list(steps(then[-2:]))[-1:]
            if due in due_along(self.pack, last, self.monitoring.settings):
                return stage
        return stages[-1]

    def body(self, due: Due, known: datetime.date) -> dict[str, Any]:
        """The alert as it stands in the ledger. It says what changed, not why: that is in the decisions."""
        reaction = due.reaction
        root = self.history.facts(self.until).root
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
