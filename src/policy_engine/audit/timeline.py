"""What happened about one household, or at all, entry by entry; and where the authority decided otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from policy_engine.audit.replay import Archive, Restored
from policy_engine.audit.standing import differ
from policy_engine.decision.answer import Answer, Possible, Reason
from policy_engine.errors import LedgerError, PolicyEngineError, Problem
from policy_engine.evaluation.observe import TraceNode
from policy_engine.model.pack import Pack
from policy_engine.record.decision_form import AnswerForm
from policy_engine.record.encoding import decode
from policy_engine.record.entry import Entered
from policy_engine.record.form import KIND, SUPPOSITION, read_record
from policy_engine.record.ledger import Ledger
from policy_engine.record.unreadable import Warn, refuse, unreadable

__all__ = ["DIVERGENCE", "Divergence", "Event", "divergences", "recorded_answer", "timeline"]

DIVERGENCE = "divergence"
"""Kind of the entries that say that the authority decided otherwise."""


@dataclass(frozen=True, slots=True)
class Event:
    """An entry; a decision with its record, and the answers that differ from those before it about the same subject.

    A supposition as well, with the answers that differ from what had been decided. `pack` is the one that the entry names, as
    the ledger kept it last by then (None: it kept none). `earlier` is the entry that this one goes back to: an alert that is
    withdrawn or acknowledged, the opening of a case. `problems` say why a decision, or the pack that is named, cannot be read.
    """

    entry: Entered
    restored: Restored | None
    changed: tuple[Answer, ...] = ()
    pack: Pack | None = None
    earlier: Entered | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def supposed(self) -> bool:
        return self.restored is not None and self.restored.record.scenario.supposes


def timeline(archive: Archive, subject: str | None = None) -> Iterator[Event]:
    """All entries about a subject, or every entry of the ledger, in order."""
    before: dict[tuple[str, str, str, str], Answer] = {}
    earlier: dict[tuple[str, str, str], Entered] = {}
    for entry in archive.ledger.entries(subject=subject):
        if entry.kind not in (KIND, SUPPOSITION):
            yield _other(archive, entry, earlier)
            continue
        try:
            restored = archive.restore(entry)
        except PolicyEngineError as error:
            yield Event(entry, None, problems=unreadable(entry, error))
            continue
        found = {
            (entry.subject, restored.pack.id, form.decision, form.item): recorded_answer(form, restored.pack)
            for form in restored.record.decision.answers
        }
        changed = tuple(one for key, one in found.items() if differ(before.get(key), one))
        event = Event(entry, restored, changed, restored.pack)
        if not event.supposed:
            before |= found
        yield event


def _other(archive: Archive, entry: Entered, earlier: dict[tuple[str, str, str], Entered]) -> Event:
    """An entry that is no decision; alerts and openings are kept in `earlier`, by what later entries call them."""
    content = entry.content()
    named = content.get("pack")
    id_ = named.get("id") if isinstance(named, dict) else named
    back = entry.subject, "alert" if "alert" in content else "case", str(content.get("alert", content.get("case")))
    found = earlier.get(back)
    if entry.kind == "alert" or content.get("event") == "opened":
        earlier[back] = entry
    try:
        pack = archive.pack_by(id_, entry.seq) if isinstance(id_, str) else None
    except PolicyEngineError as error:
        return Event(entry, None, (), None, found, unreadable(entry, error))
    return Event(entry, None, (), pack, found)


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where the authority decided otherwise: what it decided, by whom and why, beside what the engine had answered.

    `answered` is the answer in the last record about the subject before it, as JSON; None where there is none.
    """

    entry: Entered
    content: dict[str, Any]
    answered: Any


def divergences(ledger: Ledger, warn: Warn = refuse) -> Iterator[Divergence]:
    """Entries of the kind `divergence`: content `{decision, item, outcome, by, why, on}`."""
    for entry in ledger.entries(DIVERGENCE):
        content = entry.content()
        answered = None
        for earlier in ledger.entries(KIND, subject=entry.subject, last=entry.seq):
            for answer in _answers(earlier, warn):
                if (answer["decision"], answer["item"]) == (content.get("decision"), content.get("item", "")):
                    answered = answer
        yield Divergence(entry, content, answered)


def _answers(entry: Entered, warn: Warn) -> list[dict[str, Any]]:
    """The answers of a decision's record as JSON; none where the record is not one."""
    try:
        return [one.model_dump(mode="json") for one in read_record(entry.content()).decision.answers]
    except LedgerError as error:
        warn(unreadable(entry, error))
        return []


def recorded_answer(form: AnswerForm, pack: Pack) -> Answer:
    """The answer as it was recorded, without its reasons: for showing it in one phrase."""
    type_ = pack.decision(form.decision).type
    item = getattr(type_, "item", type_)
    low, high = form.bounds or ("0", None)
    return Answer(
        decision=form.decision,
        status=form.status,
        outcome=None if form.outcome is None else decode(form.outcome, type_),
        possible=tuple(
            Possible(decode(found.outcome, item), found.certain, found.rules, found.waits_for)
            for found in form.possible
        ),
        conflict=form.conflict,
        gap=form.gap,
        force=form.force,
        rules=(),
        missing=(),
        reasons=Reason(TraceNode("decision", form.decision)),
        problems=(),
        item=form.item,
        bounds=None if form.bounds is None else (Decimal(low), Decimal(high or "Infinity")),
    )
