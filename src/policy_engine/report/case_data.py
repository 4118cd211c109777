"""Cases and duties as plain data for programs: stable names, dates as ISO texts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from policy_engine.decision.duties import Owed
from policy_engine.decision.history import History
from policy_engine.decision.standing import Divergence, Next, Standing, Substance
from policy_engine.model.citation import Citation
from policy_engine.values import Record, show

__all__ = ["history_data", "owed_data", "standing_data"]


def history_data(
    history: History, on: datetime.date, cases: Iterable[Standing], diverging: Iterable[Divergence]
) -> dict[str, Any]:
    """Every event that was accepted, every one that was refused and why, every case on a day, every divergence."""
    return {
        "pack": {"id": history.pack.id, "version": history.pack.version, "hash": history.pack.hash},
        "subject": history.subject,
        "on": on.isoformat(),
        "events": [
            {"number": event.number, "kind": type(event).__name__.lower(), "happened_on": event.happened_on.isoformat()}
            | {"recorded_on": event.recorded_on.isoformat()}
            for event in history.events
        ],
        "refused": [
            {"number": event.number, "problems": [{"code": p.code, **dict(p.details)} for p in problems]}
            for event, problems in history.refused
        ],
        "cases": [standing_data(found) for found in cases],
        "divergences": [plain(asdict(found)) for found in diverging],
    }


def standing_data(found: Standing) -> dict[str, Any]:
    """Where one case stands."""
    case = found.case
    return {
        "case": case.id,
        "procedure": case.procedure,
        "on": found.on.isoformat(),
        "at": case.at,
        "since": case.since.isoformat(),
        "ended": found.end is not None,
        "half": found.half,
        "effective": found.effective,
        "settles": {} if found.settled is None else plain(found.settled.gives) | plain(found.settled.adds),
        "substance": _substance(found.current),
        "substance_then": _substance(found.then),
        "differences": [plain(asdict(difference)) for difference in found.differences],
        "ruling": plain({"substance": found.ruling.substance, "by": found.ruling.by, "why": found.ruling.why})
        if found.ruling
        else None,
        "next": _next(found.next, found.on) if found.next else None,
        "follows": case.opened.follows or None,
    }


def _substance(found: Substance | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"holds": found.holds, "missing": list(found.missing), "facts": plain(dict(found.facts))}


def _next(found: Next, on: datetime.date) -> dict[str, Any]:
    return {
        "step": found.step.id,
        "by_actors": list(found.step.by),
        "particulars": list(found.step.particulars),
        "since": found.since.isoformat(),
        "days": found.days,
        "not_before": plain(found.not_before),
        "by": plain(found.by),
        "late": found.late(on),
        "cites": cites_data(found.step.cites),
    }


def owed_data(owed: Iterable[Owed]) -> list[dict[str, Any]]:
    """What is owed, an entry for each duty and period."""
    return [
        {
            "duty": item.duty.id,
            "state": item.state,
            "from": plain(item.period.start if item.period else item.since),
            "to": plain(item.period.end if item.period else None),
            "days": item.days,
            "by": list(item.duty.by),
            "persons": list(item.persons),
            "missing": list(item.missing),
            "cites": cites_data(item.duty.cites),
        }
        for item in owed
    ]


def cites_data(cites: Iterable[Citation]) -> list[dict[str, str]]:
    """Citations as clause and words."""
    return [{"clause": cite.clause, "words": cite.words} for cite in cites]


def plain(value: Any) -> Any:
    """A value of the engine as JSON: numbers and durations as an expression writes them, dates as ISO texts."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (dict, Record)):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, (str, bool, int)) else show(value)
