"""What a case file tells, as entries of a ledger: steps, rulings, divergences of the authority, duties fulfilled."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from policy_engine.decision.duties import duties, snapshots
from policy_engine.decision.history import History
from policy_engine.decision.standing import divergences
from policy_engine.expression import tree
from policy_engine.expression.unparse import unparse
from policy_engine.model.case import Event, Learned
from policy_engine.monitoring.submission import FORM
from policy_engine.record.encoding import encode
from policy_engine.record.entry import Entry

__all__ = ["DIVERGENCE", "EVENT", "FULFILLED", "entries_of"]

EVENT, DIVERGENCE, FULFILLED = "event", "divergence", "fulfilled"


def entries_of(history: History, subject: str, on: datetime.date) -> list[Entry]:
    """The entries for the life of a subject up to a day; facts are not among them, they are handed in (`monitor ingest`).

    The same file again gives the same entries. An event that says something else under its number is refused by the ledger.
    """
    return [*_events(history, subject, on), *_divergences(history, subject, on), *_fulfilled(history, subject, on)]


def _events(history: History, subject: str, on: datetime.date) -> Iterator[Entry]:
    for event in history.events:
        if isinstance(event, Learned) or event.happened_on > on:
            continue
        content = {"form": FORM, "pack": history.pack.id, **_plain(event)}
        yield Entry.of(EVENT, content, subject=subject, key=f"{EVENT}:{history.pack.id}:{subject}:{event.number}")


def _plain(event: Event) -> dict[str, Any]:
    values = {field.name: getattr(event, field.name) for field in fields(event) if field.name != "span"}
    instead = values.pop("instead", None)
    known = {name: value if isinstance(value, int) else encode(value) for name, value in values.items()}
    return {"event": type(event).__name__.lower(), **known} | ({"instead": _plain(instead)} if instead else {})


def _divergences(history: History, subject: str, on: datetime.date) -> Iterator[Entry]:
    """`decision` is the one that the procedure's substance asks for, `outcome` the condition that the authority found."""
    for found in divergences(history.until(on)):
        procedure = history.pack.procedure(history.cases[found.case].procedure)
        if procedure.needs is None:
            continue
        asked = (
            node.id for node in tree.walk(procedure.needs) if isinstance(node, tree.Name) and node.kind == "decision"
        )
        condition = unparse(procedure.needs)
        content = {
            "form": FORM,
            "pack": history.pack.id,
            "case": found.case,
            "procedure": procedure.id,
            "decision": next(asked, ""),
            "item": "",
            "outcome": condition if found.authority else f"not({condition})",
            "by": found.by,
            "why": found.why,
            "on": found.on.isoformat(),
        }
        yield Entry.of(DIVERGENCE, content, subject=subject)


def _fulfilled(history: History, subject: str, on: datetime.date) -> Iterator[Entry]:
    for owed in duties(history.pack, snapshots(history, on), on, history.settings):
        if owed.state not in ("fulfilled", "late") or owed.since is None:
            continue
        by = owed.period.end.isoformat() if owed.period else None
        content = {"form": FORM, "pack": history.pack.id, "duty": owed.duty.id, "since": owed.since.isoformat()}
        content |= {"by": by, "late": owed.state == "late", "persons": list(owed.persons)}
        yield Entry.of(FULFILLED, content, subject=subject)
