"""A policy pack, read and linked: everything typed, every name resolved."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

from policy_engine.model.benefits import BenefitList
from policy_engine.model.canonical import digest
from policy_engine.model.citation import Citation, Clause
from policy_engine.model.decision import DecisionDefinition
from policy_engine.model.duty import Duty
from policy_engine.model.label import Label
from policy_engine.model.parameter import Parameter
from policy_engine.model.procedure import Procedure
from policy_engine.model.reaction import Reaction
from policy_engine.model.reading import Reading
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.values import Record

__all__ = ["Area", "Pack", "Window"]


@dataclass(frozen=True, slots=True)
class Window:
    """In force from a day to a day, both included; None is open. `why` says how the days were read."""

    from_: datetime.date | None
    to: datetime.date | None
    why: Label

    def __contains__(self, day: datetime.date) -> bool:
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)


@dataclass(frozen=True, slots=True)
class Area:
    """The area a pack is for: for each named fact, the values that lie inside."""

    places: tuple[tuple[str, tuple[str, ...]], ...]
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True, repr=False)
class Pack:
    """A decision model in DMN's sense, with its sources.

    The mappings are by id, in the order of the files. `colour` is the decision whose outcomes colour a board. Equal hashes
    mean equal answers. Immutable, picklable, safe to share between threads.
    """

    id: str
    version: str
    format: int
    language: int
    title: Label
    number: str
    issuer: str
    issued: datetime.date | None
    in_force: Window
    area: Area
    answers: tuple[str, ...]
    clauses: Record
    vocabulary: Vocabulary
    parameters: Record
    readings: Record
    decisions: Record
    actors: Record = Record()
    procedures: Record = Record()
    duties: Record = Record()
    benefits: BenefitList | None = None
    reactions: Record = Record()
    colour: str = ""

    def __repr__(self) -> str:
        return f"Pack({self.id!r}, {self.version!r})"

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the canonical linked form."""
        return digest(self)

    def clause(self, number: str) -> Clause:
        found: Clause = self.clauses[number]
        return found

    def parameter(self, id_: str) -> Parameter:
        found: Parameter = self.parameters[id_]
        return found

    def reading(self, id_: str) -> Reading:
        found: Reading = self.readings[id_]
        return found

    def decision(self, id_: str) -> DecisionDefinition:
        found: DecisionDefinition = self.decisions[id_]
        return found

    def procedure(self, id_: str) -> Procedure:
        found: Procedure = self.procedures[id_]
        return found

    def duty(self, id_: str) -> Duty:
        found: Duty = self.duties[id_]
        return found

    def reaction(self, id_: str) -> Reaction:
        found: Reaction = self.reactions[id_]
        return found
