"""Reactions as a pack defines them: what must be set going when an answer changes, an event becomes known, a duty falls due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from policy_engine.expression.tree import Node
from policy_engine.model.citation import Citation
from policy_engine.model.label import Label
from policy_engine.source import Span

__all__ = ["OPEN_ANSWERS", "Arrives", "Becomes", "Escalation", "OwedState", "Owes", "Reaction", "Trigger"]

OwedState: TypeAlias = Literal["due", "open", "overdue"]

OPEN_ANSWERS = ("undetermined", "conflict", "gap", "out_of_scope")
"""What the answer to a decision may be beside its outcomes; `undetermined` is an answer of its own, never a no."""


@dataclass(frozen=True, slots=True)
class Becomes:
    """The answer to a decision becomes one of `to`, having been one of `was` (empty: any other, or not yet asked).

    An open answer that is certainly one of them counts: open between red and yellow, where both set off the same.

    Answers are outcomes, `true` and `false` of a boolean decision, and those of `OPEN_ANSWERS`; an outcome of a collected
    list counts once it belongs to it for certain.
    """

    decision: str
    to: tuple[str, ...]
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrives:
    """An item joins the list that the expression comes to. One that may or may not belong arrives as an open alert."""

    items: Node


@dataclass(frozen=True, slots=True)
class Owes:
    """A duty of the pack stands in this state in some period, for as long as it does."""

    duty: str
    state: OwedState


Trigger: TypeAlias = Becomes | Arrives | Owes


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told where an alert is not acknowledged within a time (a parameter; without a value nothing is ever late)."""

    to: tuple[str, ...]
    after: str
    cites: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Reaction:
    """When this happens to a subject, these actors are alerted.

    `within` is the parameter of the time they have, from the day the matter is known; without a value for it days are counted
    and nothing is late. `persons` are the codes of those who are alerted, where the facts name them. `opens` is the
    procedure to be opened.
    """

    id: str
    label: Label
    about: str
    when: Trigger
    alert: tuple[str, ...]
    cites: tuple[Citation, ...]
    span: Span
    within: str = ""
    persons: Node | None = None
    opens: str = ""
    escalates: tuple[Escalation, ...] = ()
    rows: tuple[str, ...] = ()

    def conditions(self) -> Iterator[Node]:
        """Every expression of the reaction."""
        if isinstance(self.when, Arrives):
            yield self.when.items
        if self.persons is not None:
            yield self.persons

    def times(self) -> Iterator[str]:
        """The parameters of its time limits."""
        yield from filter(None, (self.within, *(step.after for step in self.escalates)))

    def cited(self) -> tuple[Citation, ...]:
        """The clauses it rests on, those of its escalation included."""
        return (*self.cites, *(cite for step in self.escalates for cite in step.cites))
