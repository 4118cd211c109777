"""Decisions as a pack defines them (DMN: decision, decision table, hit policy)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from policy_engine.expression.tree import Node
from policy_engine.expression.types import Option, Type
from policy_engine.model.citation import Citation
from policy_engine.model.label import Label
from policy_engine.source import Span

__all__ = ["DecisionDefinition", "DecisionTable", "Force", "HitPolicy", "Rounding", "Rule"]

HitPolicy: TypeAlias = Literal["unique", "any", "first", "collect"]
Force: TypeAlias = Literal["shall", "may", "strive", "encourage", "defer"]


@dataclass(frozen=True, slots=True)
class Rule:
    """When the condition holds, this outcome, with this force."""

    id: str
    when: Node
    then: str
    force: Force
    cites: tuple[Citation, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Rules under a hit policy.

    `exclusive` are pairs of rules (by position) proved never to hold together; `exhaustive` says that some rule is
    proved always to hold. Both only ever remove flags.
    """

    hit: HitPolicy
    outcomes: tuple[Option, ...]
    rules: tuple[Rule, ...]
    otherwise: str | None
    otherwise_cites: tuple[Citation, ...] = ()
    otherwise_force: Force = "shall"
    exclusive: frozenset[tuple[int, int]] = frozenset()
    exhaustive: bool = False


@dataclass(frozen=True, slots=True)
class Rounding:
    """Rounding that a clause orders: a mode (as the function of that name) and places after the point."""

    mode: str
    places: int
    cites: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class DecisionDefinition:
    """A decision: one expression, or a table of rules.

    kind `completeness` alone may ask what is known. `rows` names the demands that it answers.
    """

    id: str
    label: Label
    about: str
    type: Type
    logic: Node | DecisionTable
    cites: tuple[Citation, ...]
    span: Span
    kind: str = ""
    force: Force = "shall"
    rounding: Rounding | None = None
    rows: tuple[str, ...] = ()
    requires: tuple[tuple[str, str], ...] = ()

    @property
    def table(self) -> DecisionTable | None:
        return self.logic if isinstance(self.logic, DecisionTable) else None
