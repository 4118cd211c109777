"""Duties as a calendar file (iCalendar, RFC 5545) that an office can subscribe to: an entry on the last day of each period."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from icalendar import Calendar, Event, vText

from policy_engine.decision.duties import Owed
from policy_engine.errors import Language
from policy_engine.model.pack import Pack
from policy_engine.report.case import owed_lines
from policy_engine.report.procedure import actors_text, in_
from policy_engine.report.text import cited

__all__ = ["calendar"]


def calendar(owed: Iterable[tuple[Pack, str, Owed]], on: datetime.date, language: Language = "zh") -> bytes:
    """What is due or overdue under each pack, of each subject by its code.

    The same on every run, so that entries are replaced, not doubled; where nothing is owed, without an entry.
    """
    owed = list(owed)
    file = Calendar()
    file.add("prodid", "-//policy_engine//duties//")
    file.add("version", "2.0")
    titles = dict.fromkeys(pack.title.in_(language) for pack, _, _ in owed)
    file.add("x-wr-calname", " · ".join(titles) or in_("职责", "Duties", language))
    for pack, subject, item in owed:
        if item.state not in ("due", "overdue", "open") or item.since is None:
            continue
        day = item.period.end if item.period else on
        event = Event()
        event.add(
            "uid",
            f"{pack.id}.{item.duty.id}.{subject}.{item.period.start if item.period else item.since}@policy-engine",
        )
        event.add("dtstamp", datetime.datetime.combine(on, datetime.time(), datetime.UTC))
        event.add("dtstart", day)
        event.add("summary", f"{subject} {item.duty.label.in_(language)} — {actors_text(pack, item.duty.by, language)}")
        event["description"] = vText(
            "\n".join([*owed_lines(pack, [item], item.duty.about, language), cited(item.duty.cites)])
        )
        file.add_component(event)
    return bytes(file.to_ical())
