"""Duties as a pack defines them: what must be done in every period, or once within a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from policy_engine.expression.tree import Node
from policy_engine.model.citation import Citation
from policy_engine.model.decision import Force
from policy_engine.model.label import Label
from policy_engine.source import Span

__all__ = ["LOCALS", "Duty", "Every"]

Every: TypeAlias = Literal["month", "quarter", "half_year", "year"]

LOCALS = ("period_start", "period_end")
"""Names that only the condition of fulfilment has: the first and the last day of the period asked about."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something owed while a condition holds: in each calendar period (`every`), or once from a day on.

    `fulfilled_by` is the evidence, over facts dated from `period_start` to `period_end`, both included. `since` is the day
    from which it is owed (None: since the pack is in force), `until` the last day on which it can be owed. A duty owed
    once has a time limit (the parameter `within`, from `since` on) or a last day (`due_on`); without a value for them
    days are counted and nothing is ever late. `persons` are the codes of those who owe it in a period, where the facts
    name them.
    """

    id: str
    label: Label
    about: str
    by: tuple[str, ...]
    fulfilled_by: Node
    cites: tuple[Citation, ...]
    span: Span
    every: Every | None = None
    within: str = ""
    while_: Node | None = None
    since: Node | None = None
    due_on: Node | None = None
    until: Node | None = None
    persons: Node | None = None
    force: Force = "shall"
    rows: tuple[str, ...] = ()

    def conditions(self) -> Iterator[Node]:
        """Every expression of the duty."""
        nodes = (self.while_, self.since, self.due_on, self.until, self.fulfilled_by, self.persons)
        yield from (node for node in nodes if node is not None)

    def times(self) -> Iterator[str]:
        """The parameter of its time limit, if any."""
        if self.within:
            yield self.within
