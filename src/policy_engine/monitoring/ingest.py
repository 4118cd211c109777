"""New facts into the ledger: what they change is decided anew, alerts are raised and withdrawn, each exactly once.

What is due follows from the set of submissions and the last day looked at, and from nothing else: not from the order in which
they came, nor from what the ledger said before. An ingest writes the difference between that and what was told.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from policy_engine.decision.reactions import Due, Moment, Step, due_along, due_for_duties, moments, steps, watched
from policy_engine.decision.request import Request
from policy_engine.errors import LedgerError
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

__all__ = ["Monitoring", "Tally", "ingest", "look_at"]

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

    `check` is asked about the findings of each step; it raises where another engine fires other reactions.
    """

    pack: Pack
    files: Entry
    clock: Callable[[], datetime.datetime]
    settings: Settings = Settings()
    check: Callable[[frozenset[str]], None] = lambda _: None


def ingest(ledger: Ledger, monitoring: Monitoring, new: Iterable[Submission]) -> Tally:
    """Take facts in; returns when all that follows from them is on the disk. The same facts again append nothing.

    Raises `LedgerError`, or `DisagreementError` where the two engines differ; then nothing of that batch was written.
    """
    ledger.append([monitoring.files], monitoring.clock())
    looked = max(days_told(ledger, monitoring.pack), default=datetime.date.min)
    by_subject: dict[tuple[str, str], list[Submission]] = {}
    for one in new:
        by_subject.setdefault((one.facts.subject, one.facts.id), []).append(one)
    return _appended(ledger, monitoring, by_subject, looked)


def look_at(ledger: Ledger, monitoring: Monitoring, day: datetime.date) -> Tally:
    """Tell what fell due by a day, about everyone who was ever handed in."""
    ledger.append([monitoring.files, day_entry(monitoring.pack, day)], monitoring.clock())
    looked = max(days_told(ledger, monitoring.pack))
    everyone = states(ledger.entries(), monitoring.pack)
    return _appended(ledger, monitoring, {key: [] for key in everyone}, looked)


def _appended(
    ledger: Ledger,
    monitoring: Monitoring,
    by_subject: dict[tuple[str, str], list[Submission]],
    looked: datetime.date,
) -> Tally:
    tally = Tally()
    pending = iter(by_subject.items())
    while some := list(islice(pending, AT_ONCE)):
        tally = _one_batch(ledger, monitoring, some, looked, tally)
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
            found, seen[subject] = read_states(ledger, monitoring.pack, subject)
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
    pack = monitoring.pack
    yield from (one.entry(pack) for one in fresh)
    every = [*state.submissions, *fresh]
    if not every:
        return
    until = max(looked, *(one.known_on for one in every))
    if fresh:
        yield from _decisions(monitoring, state.submissions, every, until)
    due = alerts_due(monitoring, every, until)
    for id_, body in due.items():
        if id_ in state.withdrawn or state.alerts.get(id_) != body:
            yield _told(ALERT, state, id_, body)
    for id_ in state.standing():
        if id_ not in due:
            reaction = pack.reactions.get(state.alerts[id_]["reaction"])
            why = "pack" if reaction is None else "duty" if isinstance(reaction.when, Owes) else "facts"
            about = {"alert": id_, "pack": pack.id, "about": state.kind}
            yield _told(WITHDRAWAL, state, id_, {"form": FORM, **about, "known_on": until.isoformat(), "why": why})


def _told(kind: str, state: State, id_: str, body: dict[str, Any]) -> Entry:
    number = state.raised.get(id_, 0) + 1
    return Entry.of(kind, body, subject=state.subject, key=f"{kind}:{id_}:{number}")


def _decisions(
    monitoring: Monitoring, before: Sequence[Submission], every: Sequence[Submission], until: datetime.date
) -> Iterator[Entry]:
    """Records of the days that are new or that come out otherwise than before, and last of what is known now."""
    pack, settings = monitoring.pack, monitoring.settings
    asked = watched(pack, every[0].facts.subject)
    if not asked:
        return
    old = {one.day: one.answers for one in moments(folded(pack, before, settings), until)}
    along = moments(folded(pack, every, settings), until)
    touched = [one for one in along[:-1] if old.get(one.day) != one.answers]
    for one in (*touched, *along[-1:]):
        request = Request(one.day, asked, settings, ranked=False)
        yield decision_entry(request.decide(pack, one.facts), one.facts, request, monitoring.files.body_hash, until)


def alerts_due(monitoring: Monitoring, every: Sequence[Submission], until: datetime.date) -> dict[str, dict[str, Any]]:
    """Every alert that is due about a subject by a day, by id: a function of the set of its submissions."""
    pack, settings = monitoring.pack, monitoring.settings
    history = folded(pack, every, settings)
    along = list(steps(moments(history, until)))
    found: dict[str, dict[str, Any]] = {}
    for step in along:
        monitoring.check(step.findings)
    for due in due_along(pack, along, settings):
        found[due.id(pack.id, every[0].facts.id)] = _body(monitoring, due, every, _known(monitoring, due, every))
    owed = list(due_for_duties(history, until))
    for due, _ in owed:
        known = max(due.day, min(one.known_on for one in every))
        found[due.id(pack.id, every[0].facts.id)] = _body(monitoring, due, every, known)
    monitoring.check(frozenset(f"owed:{item.duty.id}:{item.state}" for _, item in owed))
    return found


def _known(monitoring: Monitoring, due: Due, every: Sequence[Submission]) -> datetime.date:
    """The first day on which enough was known for the alert to be due."""
    stages = sorted({one.known_on for one in every})
    first = min(one.known_on for one in every if one.day == due.day)
    for stage in stages:
        if first <= stage < stages[-1]:
            then = folded(monitoring.pack, [one for one in every if one.known_on <= stage], monitoring.settings)
            around = moments(then, due.day)[-2:]
            if due in due_along(monitoring.pack, _last(around), monitoring.settings):
                return stage
    return stages[-1]


def _last(around: list[Moment]) -> list[Step]:
    return list(steps(around))[-1:]


def _body(monitoring: Monitoring, due: Due, every: Sequence[Submission], known: datetime.date) -> dict[str, Any]:
    reaction = due.reaction
    last = max(every, key=lambda one: (one.day, one.known_on, one.hash))
    root = folded(monitoring.pack, every, monitoring.settings).facts(last.day).root
    return {
        "form": FORM,
        "alert": due.id(monitoring.pack.id, last.facts.id),
        "pack": monitoring.pack.id,
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
