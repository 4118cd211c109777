"""The life of one subject as it is recorded: events, never edited, each with the day it happened and the day it was recorded."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TypeAlias

from policy_engine.model.facts import Facts
from policy_engine.source import Span
from policy_engine.values import Record

__all__ = ["Case", "Correction", "Event", "Learned", "Opened", "Ruling", "Taken"]


@dataclass(frozen=True, slots=True)
class _Recorded:
    """`number` is the event's place in its file, from 1; `happened_on` is never after `recorded_on`."""

    number: int
    happened_on: datetime.date
    recorded_on: datetime.date
    span: Span | None


@dataclass(frozen=True, slots=True)
class Opened(_Recorded):
    """A case is opened under a procedure; `follows` is an earlier case of the same subject."""

    case: str
    procedure: str
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Taken(_Recorded):
    """A step was taken, with a result: by an actor (`person` is an opaque code), with particulars."""

    case: str
    step: str
    result: str
    by: str
    person: str = ""
    particulars: Record = Record()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Correction(_Recorded):
    """An earlier step of a case was recorded wrongly: `instead` stands in its place, or nothing does."""

    case: str
    corrects: int
    instead: Taken | None
    why: str


@dataclass(frozen=True, slots=True)
class Learned(_Recorded):
    """Facts as they were on `happened_on`. Entries of `adds` are added to lists of events; all else replaces what was known."""

    facts: Facts
    adds: Facts


@dataclass(frozen=True, slots=True)
class Ruling(_Recorded):
    """The authority's own decision about the substance of a case: by whom and why."""

    case: str
    substance: bool
    by: str
    why: str
    person: str = ""


Event: TypeAlias = Opened | Taken | Correction | Learned | Ruling


@dataclass(frozen=True, slots=True)
class Case:
    """Where one run of a procedure stands: `at` is a step or an end, reached on `since`; `taken` led there."""

    id: str
    procedure: str
    opened: Opened
    at: str
    since: datetime.date
    taken: tuple[Taken, ...] = ()
    rulings: tuple[Ruling, ...] = ()
