"""What to ask a person next: the missing fact that most often settles what is still open."""

from __future__ import annotations

from collections.abc import Container
from fractions import Fraction

from policy_engine.decision.answer import Decision, MissingFact

__all__ = ["next_question"]


def next_question(decision: Decision, skipped: Container[str] = ()) -> MissingFact | None:
    """The most telling missing fact that has not been skipped; None where nothing more can be asked.

    First what decides whether the document applies; then the fact with the largest share of settling values in any
    asked decision, and among equals the one that most of them wait for.
    """
    for item in decision.scope.missing:
        if item.path not in skipped:
            return item
    found: dict[str, tuple[Fraction, int, MissingFact]] = {}
    for answer in decision.answers:
        for item in answer.missing:
            if item.kind == "parameter" or item.path in skipped:
                continue
            share = Fraction(item.settles, item.tried) if item.tried else Fraction(0)
            best, times, kept = found.get(item.path, (Fraction(0), 0, item))
            found[item.path] = max(best, share), times + 1, kept
    if not found:
        return None
    return max(found.values(), key=lambda entry: entry[:2])[2]
