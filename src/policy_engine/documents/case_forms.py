"""A case file as forms: a header, then events in the order in which they were recorded."""

from __future__ import annotations

import datetime
from typing import Literal, NamedTuple

from policy_engine.documents.reader import Word
from policy_engine.documents.yaml import MapNode
from policy_engine.model.label import Label
from policy_engine.source import Span

__all__ = [
    "EVENT_FORMS",
    "FactsForm",
    "HeaderForm",
    "OpenForm",
    "ProcedureCaseForm",
    "RulingForm",
    "StepEventForm",
    "WithdrawForm",
]


class HeaderForm(NamedTuple):
    """The first document of a case file: whose life it tells, under which pack."""

    case_file: int
    pack: Word
    span: Span
    subject: Literal["household", "village", "area"] = "household"
    id: Word | None = None
    pack_version: Word | None = None
    pack_hash: Word | None = None


class OpenForm(NamedTuple):
    """`event: open`: a case begins under a procedure."""

    event: Literal["open"]
    case: Word
    procedure: Word
    happened_on: datetime.date
    span: Span
    recorded_on: datetime.date | None = None
    follows: Word | None = None


class StepEventForm(NamedTuple):
    """`event: step`: a step was taken. With `corrects`, it stands in the place of an earlier event of that number."""

    event: Literal["step"]
    case: Word
    step: Word
    result: Word
    happened_on: datetime.date
    span: Span
    by: Word | None = None
    person: Word | None = None
    particulars: MapNode | None = None
    why: str = ""
    recorded_on: datetime.date | None = None
    corrects: int | None = None


class WithdrawForm(NamedTuple):
    """`event: strike`: an earlier step of the case should not have been recorded at all."""

    event: Literal["strike"]
    case: Word
    corrects: int
    why: str
    happened_on: datetime.date
    span: Span
    recorded_on: datetime.date | None = None


class FactsForm(NamedTuple):
    """`event: facts`: facts as they were on `happened_on`; `adds` to lists of events."""

    event: Literal["facts"]
    happened_on: datetime.date
    span: Span
    facts: MapNode | None = None
    adds: MapNode | None = None
    recorded_on: datetime.date | None = None


class RulingForm(NamedTuple):
    """`event: ruling`: the authority itself decides the substance of a case; by whom and why."""

    event: Literal["ruling"]
    case: Word
    substance: bool
    happened_on: datetime.date
    span: Span
    by: Word | None = None
    person: Word | None = None
    why: str = ""
    recorded_on: datetime.date | None = None


EVENT_FORMS: dict[str, type] = {
    "open": OpenForm,
    "step": StepEventForm,
    "strike": WithdrawForm,
    "facts": FactsForm,
    "ruling": RulingForm,
}
"""The kinds of events, under the word after `event:`."""


class ProcedureExpectForm(NamedTuple):
    """Where the case stands, which half is missing, and whether it has settled anything."""

    at: Word | None = None
    half: Literal["none", "procedure", "substance", "both", "ended"] | None = None
    effective: bool | None = None


class ProcedureCaseForm(NamedTuple):
    """`cases/procedures/*.yaml`: facts, a case with its events, and what is expected on a day. A file may hold several.

    An event is written as in a case file, `event: step` where it does not say; `refused` lists the codes of the problems
    for which it must be refused. The case is opened on `opened` under `procedure`; without these the events open it themselves.
    `cases` expects the same of several cases by name; `then` are facts as they stand on that day, settled ones included.
    `duties` has, under a duty's id, its state; or states by the month or day on which the period begins. `alerts` has, under the
    id of a reaction, all alerts due up to that day: the day and what happened (`2022-09-15 red`; `?` after what is open).
    """

    case: Label
    on: datetime.date
    span: Span
    subject: Literal["household", "village", "area"] = "household"
    facts: MapNode | None = None
    procedure: Word | None = None
    opened: datetime.date | None = None
    events: tuple[MapNode, ...] = ()
    settings: MapNode | None = None
    readings: dict[Word, Word] = {}
    expect: ProcedureExpectForm | None = None
    cases: dict[Word, ProcedureExpectForm] = {}
    then: MapNode | None = None
    duties: MapNode | None = None
    alerts: dict[Word, tuple[Word, ...]] = {}
