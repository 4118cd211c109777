"""Facts handed in: about whom, of which day, known since when. The set of them is all that monitoring's state rests on."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from policy_engine.decision.history import History
from policy_engine.errors import FactsError, LedgerError, Problem, problem, problem_of
from policy_engine.model.canonical import canonical
from policy_engine.model.case import Learned
from policy_engine.model.facts import Evidence, FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Settings
from policy_engine.record.encoding import decode_record
from policy_engine.record.entry import Entry
from policy_engine.record.form import FactsForm, facts_form
from policy_engine.values import Record

__all__ = ["FORM", "KIND", "Submission", "folded", "read_submission", "submission"]

FORM = 1
"""Version of the entries that monitoring writes."""

KIND = "submission"


@dataclass(frozen=True, slots=True)
class Submission:
    """The facts of one subject. `hash` is over the facts alone: the same facts handed in again are the same submission.

    `where` is the file they come from.
    """

    hash: str
    facts: Facts
    day: datetime.date
    known_on: datetime.date
    where: str = field(default="", compare=False)

    def entry(self, pack: Pack) -> Entry:
        form = facts_form(self.facts, pack.vocabulary).model_dump(mode="json")
        content = {"form": FORM, "pack": pack.id, "known_on": self.known_on.isoformat(), "facts": form}
        return Entry.of(KIND, content, subject=self.facts.id, key=f"{KIND}:{self.hash}:{self.known_on}")


def submission(
    pack: Pack, facts: Facts, known_on: datetime.date, day: datetime.date | None = None, where: str = ""
) -> Submission:
    """Facts to be handed in, from the file `where`. The day that they describe is their `as_of` or else `day`.

    Raises `FactsError` where that day or the subject's own code is not given, or where they would be known before that day.
    """
    described = facts.as_of or day
    if not facts.id or described is None:
        code = "monitor.no_day" if facts.id else "monitor.no_id"
        raise FactsError([problem(code, where=where, id=facts.id, subject=facts.subject)])
    if described > known_on:
        raise FactsError([problem("facts.known_before", where=where, id=facts.id, day=described, known=known_on)])
    facts = Facts(facts.subject, facts.root, described, facts.evidence)
    content = {"pack": pack.id, "facts": facts_form(facts, pack.vocabulary).model_dump(mode="json")}
    return Submission(sha256(canonical(content)).hexdigest(), facts, described, known_on, where)


def read_submission(content: Mapping[str, Any], pack: Pack, seq: int) -> tuple[Submission, tuple[Problem, ...]]:
    """A submission from its entry in a ledger, and warnings; raises `LedgerError`.

    It may have been handed in under an earlier version of the pack: what this one does not have is passed over.
    """
    if content.get("form") != FORM:
        raise LedgerError([problem("record.newer", found=content.get("form"), known=FORM)])
    passed_over: list[str] = []
    try:
        form = FactsForm.model_validate(content["facts"])
        vocabulary = pack.vocabulary
        root = decode_record(form.facts, vocabulary.form(form.subject), vocabulary, passed_over=passed_over)
        known = {path: found for path, found in form.evidence.items() if not _within(path, passed_over)}
        evidence = Record((path, Evidence(**dict(found))) for path, found in known.items())
        facts = Facts(form.subject, root, form.as_of, evidence)
        read = submission(pack, facts, datetime.date.fromisoformat(content["known_on"]))
    except (KeyError, ValueError, TypeError, ArithmeticError, FactsError) as error:
        raise LedgerError([problem("record.unreadable", where=str(seq), why=error)]) from None
    if not passed_over:
        return read, ()
    said = {"id": facts.id, "pack": f"{pack.id} {pack.version}", "facts": ", ".join(passed_over)}
    return read, (problem_of("monitor.passed_over", None, said, where=str(seq), warning=True),)


def _within(path: str, others: Iterable[str]) -> bool:
    """Is a path one of the others, or below one of them?"""
    return any(path == other or path.startswith((f"{other}.", f"{other}[")) for other in others)


def folded(pack: Pack, submissions: Iterable[Submission], settings: Settings) -> History:
    """What the submissions about one subject come to, whatever the order in which they came.

    By the day they describe; of the same day what became known later stands. The same facts were known when first known.
    """
    first: dict[str, Submission] = {}
    for one in sorted(submissions, key=lambda one: one.known_on):
        first.setdefault(one.hash, one)
    ordered = sorted(first.values(), key=lambda one: (one.day, one.known_on, one.hash))
    subject = ordered[0].facts.subject if ordered else "household"
    nothing = Facts(subject, FactRecord({}, subject, ""))
    events = tuple(
        Learned(number, one.day, one.known_on, None, one.facts, nothing) for number, one in enumerate(ordered, 1)
    )
    return History(pack, subject, settings, events)
