"""Scenarios and settings: what a caller supposes, and what a deployer supplies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policy_engine.expression.tree import Node
from policy_engine.expression.types import Type
from policy_engine.model.parameter import DatedValue, exact
from policy_engine.values import Record

__all__ = ["FactChange", "NewFact", "Scenario", "Settings"]


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact, by its path, and the expression of its supposed value; a number is rounded half up to so many `places`.

    `again` are its neighbours that derive from it: where it changes, they are worked out anew. `behind` are those from
    which it derives itself: where it becomes unknown, so do they.
    """

    path: str
    type: Type
    value: Node
    places: int = 0
    again: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactChange:
    """Where the condition holds about a household (village, area, member), these facts get these values.

    Condition and values speak of the facts as they are. Where the condition is not known, neither is the fact, unless
    it has that value already.
    """

    about: str
    when: Node
    set: tuple[NewFact, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A supposition: parameter values that hold on every date, choices of reading options, changes of facts.

    It touches neither the pack nor the facts; `Scenario()` changes nothing.
    """

    parameters: Mapping[str, Any] = field(default_factory=Record)
    readings: Mapping[str, str] = field(default_factory=Record)
    name: str = ""
    changes: tuple[FactChange, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", Record({id_: exact(value) for id_, value in self.parameters.items()}))
        object.__setattr__(self, "readings", Record(self.readings))


@dataclass(frozen=True, slots=True)
class Settings:
    """What a document relies on and does not state, supplied by a deployer: dated values, each with its source."""

    parameters: Mapping[str, tuple[DatedValue, ...]] = field(default_factory=Record)
    readings: Mapping[str, str] = field(default_factory=Record)

    def __post_init__(self) -> None:
        for id_, values in self.parameters.items():
            if not isinstance(values, (tuple, list)) or not all(isinstance(one, DatedValue) for one in values):
                raise TypeError(f"{id_}: settings are dated values (DatedValue), each with its source, not {values!r}")
        object.__setattr__(self, "parameters", Record({id_: tuple(found) for id_, found in self.parameters.items()}))
        object.__setattr__(self, "readings", Record(self.readings))
