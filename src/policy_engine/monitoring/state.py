"""What a ledger says about each subject under a pack: facts handed in, alerts that stand, who has acknowledged them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from policy_engine.errors import LedgerError, Problem
from policy_engine.model.pack import Pack
from policy_engine.monitoring.submission import FORM, KIND, Submission, read_submission
from policy_engine.record.entry import Entered, Entry
from policy_engine.record.ledger import Ledger
from policy_engine.record.unreadable import Warn, refuse, unreadable

__all__ = [
    "ACKNOWLEDGEMENT",
    "ALERT",
    "DAY",
    "KINDS",
    "MALFORMED",
    "WITHDRAWAL",
    "State",
    "content_of",
    "day_entry",
    "days_told",
    "everyone",
    "read_states",
    "states",
]

ALERT, WITHDRAWAL, ACKNOWLEDGEMENT, DAY = "alert", "withdrawal", "acknowledgement", "day"
"""Kinds of the entries that monitoring writes, beside submissions and decisions."""

_ABOUT = {"pack", "alert", "about"}
_PARTS = {
    KIND: {"form", "pack", "known_on", "facts"},
    ALERT: _ABOUT | {"reaction", "day", "known_on", "what", "certain", "to", "persons", "escalates"},
    WITHDRAWAL: _ABOUT | {"known_on"},
    ACKNOWLEDGEMENT: _ABOUT | {"on"},
}
"""What the content of an entry of each kind must have at least."""

KINDS = tuple(_PARTS)
"""Kinds of the entries that a state is folded from."""

MALFORMED = (LedgerError, KeyError, TypeError, AttributeError)
"""What reading an entry raises that others wrote by hand."""


@dataclass
class State:
    """One subject, folded from its entries in order.

    `alerts` by id, as they were last raised; those in `withdrawn` do not stand. `raised` counts, for each id, the entries
    about it. `acknowledged` has the first acknowledgement of each. `warnings` tell what could not be read of submissions.
    """

    kind: str
    subject: str
    submissions: list[Submission] = field(default_factory=list)
    alerts: dict[str, dict[str, Any]] = field(default_factory=dict)
    withdrawn: dict[str, dict[str, Any]] = field(default_factory=dict)
    raised: dict[str, int] = field(default_factory=dict)
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)

    def standing(self) -> dict[str, dict[str, Any]]:
        """The alerts that stand, by id, in the order of their days."""
        found = [(id_, body) for id_, body in self.alerts.items() if id_ not in self.withdrawn]
        return dict(sorted(found, key=lambda item: (item[1]["day"], item[1]["reaction"], item[0])))

    def take(self, entry: Entered, content: dict[str, Any], pack: Pack) -> None:
        if entry.kind == KIND:
            read, warnings = read_submission(content, pack, entry.seq)
            self.submissions.append(read)
            self.warnings += warnings
            return
        id_ = content["alert"]
        if entry.kind == ACKNOWLEDGEMENT:
            self.acknowledged.setdefault(id_, content)
            return
        self.raised[id_] = self.raised.get(id_, 0) + 1
        if entry.kind == ALERT:
            self.alerts[id_] = content
            self.withdrawn.pop(id_, None)
        else:
            self.withdrawn[id_] = content


def states(
    entries: Iterable[Entered], pack: Pack, known_by: datetime.date = datetime.date.max, warn: Warn = refuse
) -> dict[tuple[str, str], State]:
    """The state of every subject that these entries are about, by kind and code; of what was known by the end of a day."""
    found: dict[tuple[str, str], State] = {}
    for entry in entries:
        if entry.kind not in KINDS:
            continue
        try:
            content = content_of(entry)
            day = content["on" if entry.kind == ACKNOWLEDGEMENT else "known_on"]
            if content["pack"] != pack.id or day > known_by.isoformat():
                continue
            kind = content["facts"]["subject"] if entry.kind == KIND else content["about"]
            state = found.setdefault((kind, entry.subject), State(kind, entry.subject))
            state.take(entry, content, pack)
        except MALFORMED as error:
            warn(unreadable(entry, error))
    return found


def content_of(entry: Entered) -> dict[str, Any]:
    """What an entry of one of the `KINDS` says; raises KeyError where that lacks what monitoring writes."""
    content = entry.content()
    if lacking := _PARTS[entry.kind] - set(content):
        raise KeyError(", ".join(sorted(lacking)))
    return content


def read_states(
    ledger: Ledger, pack: Pack, subject: str, warn: Warn = refuse
) -> tuple[dict[tuple[str, str], State], int]:
    """The states of a subject's code, and the number of the last entry about it when they were read."""
    last = ledger.last(subject)
    return states(ledger.entries(*KINDS, subject=subject), pack, warn=warn), last


def everyone(ledger: Ledger, pack: Pack, warn: Warn = refuse) -> list[tuple[str, str]]:
    """The kind and the code of every subject that was ever handed in under a pack."""
    found: dict[tuple[str, str], None] = {}
    for entry in ledger.entries(KIND):
        try:
            said = content_of(entry)
            if said["pack"] == pack.id:
                found[said["facts"]["subject"], entry.subject] = None
        except MALFORMED as error:
            warn(unreadable(entry, error))
    return list(found)


def day_entry(pack: Pack, day: datetime.date) -> Entry:
    """That a day was looked at: what fell due by then is told about everyone."""
    content = {"form": FORM, "pack": pack.id, "day": day.isoformat()}
    return Entry.of(DAY, content, subject=_days_of(pack), key=f"{DAY}:{pack.id}:{day}")


def days_told(ledger: Ledger, pack: Pack, warn: Warn = refuse) -> Iterator[datetime.date]:
    for entry in ledger.entries(DAY, subject=_days_of(pack)):
        try:
            yield datetime.date.fromisoformat(str(entry.content().get("day")))
        except ValueError as error:
            warn(unreadable(entry, error))


def _days_of(pack: Pack) -> str:
    return f"pack {pack.id}"
