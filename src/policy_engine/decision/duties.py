"""What is owed on a day: duties in each period and duties owed once, fulfilled, due, overdue, or not to be said."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias

from policy_engine.decision.history import History
from policy_engine.decision.periods import Period, periods
from policy_engine.decision.procedure import after
from policy_engine.evaluation.operations import truth_of
from policy_engine.evaluation.single import Single
from policy_engine.expression.tree import OWN, Node
from policy_engine.model.duty import Duty
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Settings
from policy_engine.values import Possibly, Unknown, Value

__all__ = ["Owed", "Snapshot", "State", "duties", "snapshots"]

State: TypeAlias = Literal["fulfilled", "late", "due", "overdue", "open", "unknown"]
"""`late`: fulfilled after its time; `open`: owed, and no figure for a time limit; `unknown`: facts are missing."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Facts that hold from a day to a day, both included."""

    start: datetime.date
    end: datetime.date
    facts: Facts


@dataclass(frozen=True, slots=True)
class Owed:
    """One duty in one period, as it stands on the day asked about.

    `period` ends with the last day on which it can be fulfilled in time; None where no time limit is stated or supplied, or
    where it cannot be said since when it is owed. `days` have passed since it began. `missing` would settle what is unknown.
    """

    duty: Duty
    state: State
    period: Period | None
    since: datetime.date | None
    days: int
    persons: tuple[str, ...]
    missing: tuple[str, ...] = ()

    @property
    def names_nobody(self) -> bool:
        """Does the document say which persons owe it, and the facts name none of them?"""
        return self.duty.persons is not None and not self.persons


def duties(
    pack: Pack, known: Sequence[Snapshot], on: datetime.date, settings: Settings | None = None
) -> tuple[Owed, ...]:
    """Everything owed up to a day about one subject, in the order of the pack, older periods first.

    `known` is what is known of the subject, one snapshot after the other (`snapshots`); the facts of the last one are
    what evidence is looked for in. A period counts where the duty still holds on its last day, or on the day asked about.
    Nothing is owed before the pack is in force.
    """
    begins = pack.in_force.from_
    if not known or (begins is not None and on < begins):
        return ()
    found: list[Owed] = []
    for duty in pack.duties.values():
        if duty.about == known[-1].facts.subject:
            found += dict.fromkeys(_Duty(pack, duty, known, on, settings or Settings()).owed())
    return tuple(found)


def snapshots(source: History | Facts, on: datetime.date) -> tuple[Snapshot, ...]:
    """What is known of a subject up to a day: of a history, by the days on which something changed; facts, of any day."""
    if isinstance(source, Facts):
        return (Snapshot(datetime.date.min, datetime.date.max, source),)
    along = list(source.along(on))
    ends = [next_day - datetime.timedelta(days=1) for next_day, _ in along[1:]] + [on]
    return tuple(Snapshot(day, end, facts) for (day, facts), end in zip(along, ends, strict=False))


@dataclass(frozen=True, slots=True)
class _Duty:
    """One duty about one subject; each method answers one question of it."""

    pack: Pack
    duty: Duty
    known: Sequence[Snapshot]
    on: datetime.date
    settings: Settings

    def owed(self) -> Iterator[Owed]:
        for ended, stretch in self.stretches():
            starts, end = self.starts(stretch, ended), self.end(stretch)
            if isinstance(starts, Unknown) or isinstance(end, Unknown):
                yield self.unknown(starts if isinstance(starts, Unknown) else end, stretch)  # type: ignore[arg-type]
            elif self.duty.every is not None:
                yield from self.recurring(starts[0], end)
            else:
                for start in starts:
                    yield from self.once(start, end, stretch[-1])

    def stretches(self) -> Iterator[tuple[datetime.date, list[Snapshot]]]:
        """Runs of neighbouring snapshots in which the duty is owed or may be; each with the last day it was owed before."""
        ended = datetime.date.min
        truths = [self.asked(self.duty.while_, snapshot) if self.duty.while_ else True for snapshot in self.known]
        keyed = groupby(zip(truths, self.known, strict=True), key=lambda pair: truth_of(pair[0]))
        for truth, pairs in keyed:
            run = [snapshot for _, snapshot in pairs]
            if truth is not False:
                yield ended, run
            if truth:
                ended = run[-1].end

    def asked(self, node: Node, snapshot: Snapshot) -> Value:
        """The value of a condition in a snapshot: on its first day, or on the day its facts describe."""
        day = snapshot.start if snapshot.start != datetime.date.min else min(self.on, snapshot.facts.as_of or self.on)
        return self.run(snapshot.facts, day).value(node, {OWN: snapshot.facts.root})

    def run(self, facts: Facts, on: datetime.date) -> Single:
        return Single(self.pack, facts, on, self.settings)

    def starts(self, stretch: list[Snapshot], ended: datetime.date) -> list[datetime.date] | Unknown:
        """The days from which it is owed in a stretch, each an occasion of its own; never before the pack is in force.

        A day said anew is a new occasion where it lies after the day on which the former was last said; else it corrects it.
        A day up to which it was owed before was said of the earlier stretch; then this one begins when it is known.
        """
        if self.duty.while_ is not None and isinstance(holds := self.asked(self.duty.while_, stretch[0]), Unknown):
            return holds
        if self.duty.since is None:
            return [self.pack.in_force.from_ or stretch[0].start]
        found: list[datetime.date] = []
        open_, said = Unknown(), datetime.date.min
        for snapshot in stretch:
            day = self.asked(self.duty.since, snapshot)
            if isinstance(day, Unknown):
                open_ = day
                continue
            day = day if day > ended else stretch[0].start
            if not found or (day != found[-1] and day > said):
                found.append(day)
            found[-1] = day
            said = snapshot.start
        return [max(day, self.pack.in_force.from_ or day) for day in found] or open_

    def end(self, stretch: list[Snapshot]) -> datetime.date | Unknown:
        """The last day on which it is owed in a stretch, up to the day asked about."""
        until = self.asked(self.duty.until, stretch[-1]) if self.duty.until else self.on
        if isinstance(until, Unknown):
            return until
        return min(stretch[-1].end, self.on, until, self.pack.in_force.to or self.on)

    def unknown(self, open_: Unknown, stretch: list[Snapshot]) -> Owed:
        missing = tuple(item.path for item in open_.missing)
        return Owed(self.duty, "unknown", None, None, 0, self.persons(stretch[-1].start, self.on), missing)

    def recurring(self, start: datetime.date, end: datetime.date) -> Iterator[Owed]:
        """Each period on whose last day the duty is still owed, and the one that has not ended on the day asked about."""
        assert self.duty.every is not None
        for period in periods(self.duty.every, start, end) if start <= end else ():
            if period.end <= end or end == self.on:
                yield self.state(period, period.start)

    def once(self, start: datetime.date, end: datetime.date, last: Snapshot) -> Iterator[Owed]:
        """The duty from its first day to its last; nothing is owed where what gives rise to it has ended before its time."""
        if start > end:
            return
        until = self.limit(start, last)
        if isinstance(until, Unknown):
            until = None
        found = self.state(None if until is None else Period(start, until), start)
        if end == self.on or found.state in ("fulfilled", "late") or (until is not None and until <= end):
            yield found

    def limit(self, start: datetime.date, last: Snapshot) -> datetime.date | Unknown | None:
        """The last day for a duty owed once; None where no figure is stated or supplied."""
        if self.duty.due_on is not None:
            day: datetime.date | Unknown = self.asked(self.duty.due_on, last)
            return day if isinstance(day, Unknown) else max(day, start)
        found = self.run(last.facts, start).parameter_value(self.duty.within) if self.duty.within else None
        return None if found is None else after(start, found.value)

    def state(self, period: Period | None, since: datetime.date) -> Owed:
        days = (self.on - since).days
        in_time = self.fulfilled(since, min(self.on, period.end) if period else self.on)
        missing: tuple[str, ...] = ()
        if in_time is True:
            state: State = "fulfilled"
        elif period is None or self.on <= period.end:
            state = "open" if period is None else "due"
        elif isinstance(in_time, Unknown):
            state, missing = "unknown", tuple(item.path for item in in_time.missing)
        elif self.duty.every is None and self.fulfilled(since, self.on) is True:
            state = "late"
        else:
            state = "overdue"
        persons = self.persons(since, min(self.on, period.end) if period else self.on)
        return Owed(self.duty, state, period, since, days, persons, missing)

    def fulfilled(self, start: datetime.date, end: datetime.date) -> Value:
        """Is there evidence from `start` to `end`? Asked on the last day, of what is known now."""
        facts = self.known[-1].facts
        names = {OWN: facts.root, "period_start": start, "period_end": end}
        return self.run(facts, end).value(self.duty.fulfilled_by, names)

    def persons(self, start: datetime.date, end: datetime.date) -> tuple[str, ...]:
        """Those who owe it in a period, as known of its last day."""
        if self.duty.persons is None:
            return ()
        facts = next((known.facts for known in reversed(self.known) if known.start <= end), self.known[0].facts)
        names = {OWN: facts.root, "period_start": start, "period_end": end}
        found = self.run(facts, end).value(self.duty.persons, names)
        items = (item for item, _ in found.items) if isinstance(found, Possibly) else found
        return tuple(item for item in items if isinstance(item, str)) if not isinstance(found, Unknown) else ()
