"""Scenarios and settings: what a caller supposes, and what a deployer supplies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policy_engine.model.parameter import DatedValue
from policy_engine.values import Record

__all__ = ["Scenario", "Settings"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A supposition: parameter values that hold on every date, and choices of reading options.

    It touches neither the pack nor the facts; `Scenario()` changes nothing.
    """

    parameters: Mapping[str, Any] = field(default_factory=Record)
    readings: Mapping[str, str] = field(default_factory=Record)
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", Record(self.parameters))
        object.__setattr__(self, "readings", Record(self.readings))


@dataclass(frozen=True, slots=True)
class Settings:
    """What a document relies on and does not state, supplied by a deployer: dated values, each with its source."""

    parameters: Mapping[str, tuple[DatedValue, ...]] = field(default_factory=Record)
    readings: Mapping[str, str] = field(default_factory=Record)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", Record(self.parameters))
        object.__setattr__(self, "readings", Record(self.readings))
