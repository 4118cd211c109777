"""What was known about a subject on a day: facts by when they were known, not by when they held."""

from __future__ import annotations

import datetime
from typing import Any

from policy_engine.record.form import EvidenceForm, FactsForm

__all__ = ["known_by"]

_NOT_KNOWN = object()


def known_by(facts: FactsForm, day: datetime.date, recorded: datetime.date | None) -> FactsForm:
    """The facts that were known by the end of a day.

    A fact was known on its own `known_on`, or on that of the record or list around it, else with the record that holds
    it (`recorded`); never before it was observed. Items of a list that were not known yet are left out.
    """
    sieve = _Sieve(facts, day)
    known = sieve.sift(facts.facts, "", "", known=recorded is not None and recorded <= day)
    return facts.model_copy(update={"facts": {} if known is _NOT_KNOWN else known, "evidence": sieve.evidence})


class _Sieve:
    def __init__(self, facts: FactsForm, day: datetime.date) -> None:
        self.given = facts.evidence
        self.day = day
        self.evidence: dict[str, EvidenceForm] = {}

    def sift(self, data: Any, path: str, moved: str, *, known: bool) -> Any:
        """The known part of what stands at a path; `moved` is its path among what is kept."""
        evidence = self.given.get(path)
        if evidence is not None:
            known = self.was_known(evidence, known=known)
        kept: Any = data if known else _NOT_KNOWN
        if isinstance(data, dict):
            parts = {
                name: self.sift(item, _below(path, name), _below(moved, name), known=known)
                for name, item in data.items()
            }
            parts = {name: item for name, item in parts.items() if item is not _NOT_KNOWN}
            kept = parts if parts or known else _NOT_KNOWN
        elif isinstance(data, list) and any(isinstance(item, dict) for item in data):
            items: list[Any] = []
            for number, item in enumerate(data, 1):
                part = self.sift(item, f"{path}[{number}]", f"{moved}[{len(items) + 1}]", known=known)
                items += [] if part is _NOT_KNOWN else [part]
            kept = items if items or known else _NOT_KNOWN
        if evidence is not None and kept is not _NOT_KNOWN:
            self.evidence[moved] = evidence
        return kept

    def was_known(self, evidence: EvidenceForm, *, known: bool) -> bool:
        if evidence.known_on is not None:
            return evidence.known_on <= self.day
        return known and not (evidence.observed_on is not None and evidence.observed_on > self.day)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
