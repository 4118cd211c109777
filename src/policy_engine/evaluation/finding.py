"""What evaluating a decision finds: possible outcomes, flags, and the rules they rest on."""

from __future__ import annotations

from dataclasses import dataclass

from policy_engine.evaluation.operations import is_open
from policy_engine.truth import Truth
from policy_engine.values import Unknown, Value

__all__ = ["Finding", "Outcome", "RuleFinding"]


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """A rule that holds or may hold: `holds` is True, or the unknown that it waits for."""

    rule: str
    outcome: str
    holds: Value


@dataclass(frozen=True, slots=True)
class Outcome:
    """A possible outcome. `certain`: it is one on any completion of the facts (of a collected list, or the only one).

    `waits_for` is what is unknown about it.
    """

    value: Value
    certain: bool
    rules: tuple[str, ...] = ()
    waits_for: Unknown = Unknown()


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one decision about one subject: (possible outcomes, conflict possible, gap possible).

    `value` is what a decision that requires this one sees. `conflict` and `gap` are True where they are certain, None
    where they are possible, False where they are ruled out. `determining` are, for `first`, the rules that hold or may
    hold up to the first that holds; otherwise all that are not false. `open` is set where the possible outcomes cannot
    be listed (a number, a text).
    """

    decision: str
    value: Value
    outcomes: tuple[Outcome, ...]
    conflict: Truth = False
    gap: Truth = False
    determining: tuple[RuleFinding, ...] = ()
    open: Unknown | None = None

    @property
    def determined(self) -> bool:
        """One outcome and neither flag (for a collected list: nothing merely possible)."""
        return not is_open(self.value)
