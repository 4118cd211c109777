"""The caseload of a ledger: who was decided about under which pack, what was known on a day, what would be decided now."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

from policy_engine.audit.knowledge import known_by
from policy_engine.audit.replay import Archive, Restored
from policy_engine.decision.answer import Answer, Decision
from policy_engine.errors import LedgerError, problem
from policy_engine.record.entry import Entered
from policy_engine.record.form import KIND, DecisionRecord, read_record
from policy_engine.record.unreadable import Warn, refuse, unreadable

__all__ = ["AsOf", "Standing", "as_of", "asked_again", "caseload", "differ"]


@dataclass(frozen=True, slots=True)
class Standing:
    """The records about one subject under one pack: (number of the entry, day it was known), in order of recording."""

    subject: str
    subject_id: str
    pack: str
    records: tuple[tuple[int, datetime.date], ...]

    def by(self, day: datetime.date) -> int | None:
        """The last record that was known by the end of a day."""
        return next((seq for seq, known in reversed(self.records) if known <= day), None)

    @property
    def last(self) -> int:
        return self.records[-1][0]


@dataclass(frozen=True, slots=True)
class AsOf:
    """Decided then, would decide now: the same question, on what was known by a day and on what is known today.

    `then` is None where nothing was known by that day.
    """

    standing: Standing
    then: Decision | None
    current: Decision

    def rows(self) -> Iterator[tuple[Answer | None, Answer | None]]:
        """Each answer then beside the one now; None where the question came up only once."""
        then = {(answer.decision, answer.item): answer for answer in self.then.answers} if self.then else {}
        now = {(answer.decision, answer.item): answer for answer in self.current.answers}
        for key in dict.fromkeys((*then, *now)):
            yield then.get(key), now.get(key)

    @property
    def changed(self) -> bool:
        then_inside = self.then.scope.inside if self.then is not None else None
        return then_inside is not self.current.scope.inside or any(differ(then, now) for then, now in self.rows())


def differ(then: Answer | None, now: Answer | None) -> bool:
    """Do two answers say different things?"""
    if then is None or now is None:
        return True
    return (then.status, then.outcome) != (now.status, now.outcome) or _possible(then) != _possible(now)


def _possible(answer: Answer) -> list[tuple[object, bool]]:
    return [(possible.outcome, possible.certain) for possible in answer.possible]


def caseload(archive: Archive, *, subject: str | None = None, warn: Warn = refuse) -> list[Standing]:
    """Every subject with the packs it was decided under, in the order of their first records. Suppositions decide nothing."""
    found: dict[tuple[str, str, str], list[tuple[int, datetime.date]]] = {}
    for entry in archive.ledger.entries(KIND, subject=subject):
        try:
            record = read_record(entry.content())
        except LedgerError as error:
            warn(unreadable(entry, error))
            continue
        if record.scenario.supposes:
            continue
        name = record.decision.subject_id or f"#{entry.seq}"
        key = record.facts.subject, name, record.decision.pack.id
        found.setdefault(key, []).append((entry.seq, known_on(record, entry)))
    return [Standing(*key, tuple(records)) for key, records in found.items()]


def known_on(record: DecisionRecord, entry: Entered) -> datetime.date:
    """The day by which a record was known: as it says, else when it was recorded."""
    return record.known_on or datetime.date.fromisoformat(entry.recorded_at[:10])


def as_of(archive: Archive, standing: Standing, day: datetime.date, on: datetime.date | None = None) -> AsOf:
    """The same question on what was known by a day, and on what is known now.

    It is asked about `on`, else about the date of the record of the time.
    """
    seq = standing.by(day)
    asked = _restored(archive, standing.records[0][0] if seq is None else seq)
    request = asked.record.request(asked.pack)
    request = replace(request, on=on or request.on)
    source = archive.ledger.entry(standing.records[0][0] if seq is None else seq)
    known = known_by(asked.record.facts, day, known_on(asked.record, source))
    then = None
    if seq is not None or known.facts:
        facts = asked.record.model_copy(update={"facts": known}).given_facts(asked.pack)
        then = request.decide(asked.pack, facts)
    latest = _restored(archive, standing.last)
    return AsOf(standing, then, request.decide(asked.pack, latest.facts))


def asked_again(
    archive: Archive, standing: Standing, decision: str, on: datetime.date
) -> tuple[Restored, Decision] | None:
    """One decision of the pack, asked about a date on what is known now; None where the pack does not have it."""
    latest = _restored(archive, standing.last)
    if decision not in latest.pack.decisions or latest.pack.decision(decision).about != standing.subject:
        return None
    request = replace(latest.record.request(latest.pack), on=on, decisions=(decision,))
    return latest, request.decide(latest.pack, latest.facts)


def _restored(archive: Archive, seq: int) -> Restored:
    entry = archive.ledger.entry(seq)
    if entry.kind != KIND:
        raise LedgerError([problem("record.unreadable", where=str(seq), why=entry.kind)])
    return archive.restore(entry)
