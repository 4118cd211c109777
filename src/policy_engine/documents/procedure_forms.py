"""`procedures.yaml` and `duties.yaml` as forms: which keys they have, and what stands under each."""

from __future__ import annotations

from typing import Literal, NamedTuple

from policy_engine.documents.forms import CiteForm
from policy_engine.documents.reader import Word
from policy_engine.expression.lex import ExpressionText
from policy_engine.model.label import Label
from policy_engine.source import Span

__all__ = [
    "DutyForm",
    "EndForm",
    "LastsForm",
    "ParticularForm",
    "ProcedureForm",
    "RequirementForm",
    "ResultForm",
    "StepForm",
]


class ParticularForm(NamedTuple):
    """Something that must be recorded with a step: always, unless `optional`, or only under a condition (`needed`).

    Or only with the results named under `for`.
    """

    label: Label
    type: Literal["boolean", "number", "text", "date", "code", "list of code", "list of text", "list of date"]
    span: Span
    unit: Word | None = None
    options: dict[Word, Label] = {}
    needed: ExpressionText | None = None
    optional: bool = False
    personal: bool = False
    for_: tuple[Word, ...] = ()
    cites: tuple[CiteForm, ...] = ()


class RequirementForm(NamedTuple):
    """What must hold for a step, or only for the results named under `for`."""

    id: Word
    when: ExpressionText
    label: Label
    cites: tuple[CiteForm, ...]
    for_: tuple[Word, ...] = ()


class LastsForm(NamedTuple):
    """A time that must pass before the results under `for` (else any): a parameter, from the day in a particular."""

    parameter: Word
    since: Word | None = None
    for_: tuple[Word, ...] = ()

    @staticmethod
    def short() -> str:
        return "parameter"


class ResultForm(NamedTuple):
    """How a step may end and what follows. `not_stated` is the clause that does not say what follows."""

    to: Word
    span: Span
    label: Label = Label()
    by: tuple[Word, ...] = ()
    cites: tuple[CiteForm, ...] = ()
    not_stated: CiteForm | None = None

    @staticmethod
    def short() -> str:
        return "to"


class StepForm(NamedTuple):
    """A step of a procedure; results that name no clause rest on that of the step."""

    label: Label
    by: tuple[Word, ...]
    results: dict[Word, ResultForm]
    span: Span
    cites: tuple[CiteForm, ...] = ()
    particulars: dict[Word, ParticularForm] = {}
    requires: tuple[RequirementForm, ...] = ()
    lasts: LastsForm | None = None
    within: Word | None = None


class EndForm(NamedTuple):
    """Where a procedure ends, and the facts that this end settles; under `adds` what it adds to lists."""

    label: Label
    span: Span
    gives: dict[Word, ExpressionText] = {}
    adds: dict[Word, ExpressionText] = {}
    cites: tuple[CiteForm, ...] = ()


class ProcedureForm(NamedTuple):
    """`procedures.yaml`, under each id: steps in order, the first is the start."""

    label: Label
    steps: dict[Word, StepForm]
    ends: dict[Word, EndForm]
    span: Span
    about: Literal["household", "village", "area"] = "household"
    needs: ExpressionText | None = None
    throughout: dict[Word, ResultForm] = {}
    cites: tuple[CiteForm, ...] = ()
    rows: tuple[Word, ...] = ()


class DutyForm(NamedTuple):
    """`duties.yaml`, under each id: owed in each period (`every`), or once, `within` a time from a day on or until `due_on`.

    `since` is that day; it must be given unless the duty recurs for as long as the pack is in force: a fact tells that
    something holds, not since when. `until` is the last day on which the duty can be owed.
    """

    label: Label
    by: tuple[Word, ...]
    fulfilled_by: ExpressionText
    span: Span
    about: Literal["household", "village", "area"] = "household"
    every: Literal["month", "quarter", "half_year", "year"] | None = None
    within: Word | None = None
    due_on: ExpressionText | None = None
    until: ExpressionText | None = None
    while_: ExpressionText | None = None
    since: ExpressionText | None = None
    persons: ExpressionText | None = None
    force: Literal["shall", "may", "strive", "encourage", "defer"] = "shall"
    cites: tuple[CiteForm, ...] = ()
    rows: tuple[Word, ...] = ()
