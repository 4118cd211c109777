"""The files of a pack as forms: which keys they have, and what stands under each. `pack schema` is made from here."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from policy_engine.documents.reader import Word
from policy_engine.documents.yaml import MapNode, Scalar
from policy_engine.expression.lex import ExpressionText
from policy_engine.model.label import Label
from policy_engine.source import Span

__all__ = [
    "CaseForm",
    "CiteForm",
    "ClauseForm",
    "DecisionForm",
    "FactForm",
    "PackForm",
    "ParameterForm",
    "ReadingForm",
    "RuleForm",
    "SettingForm",
    "SettingsForm",
]


@dataclass(frozen=True, slots=True)
class CiteForm:
    """A citation: `{clause: "2.1", words: 重度残疾人}`, or only the clause number."""

    clause: Word
    words: Word | None = None

    short: ClassVar[str] = "clause"


@dataclass(frozen=True, slots=True)
class ClauseForm:
    """A clause: what it is about, the hash of its normalised text, and why nothing rests on it, if so."""

    about: Label
    sha256: Word | None = None
    set_aside: Literal["organisational", "publicity", "no_computable_content", "needs_absent_document"] | None = None


@dataclass(frozen=True, slots=True)
class InForceForm:
    """From a day to a day, both included; open where absent."""

    from_: datetime.date | None = None
    to: datetime.date | None = None
    why: Label = Label()


@dataclass(frozen=True, slots=True)
class PackForm:
    """`pack.yaml`: the document, where and when it is in force, and its clauses."""

    pack: Word
    version: Word
    format: int
    language: int
    title: Label
    in_force: InForceForm
    area: MapNode
    answers: tuple[Word, ...]
    clauses: dict[Word, ClauseForm]
    span: Span
    number: Word | None = None
    issuer: Word | None = None
    issued: datetime.date | None = None
    area_cites: tuple[CiteForm, ...] = ()


@dataclass(frozen=True, slots=True)
class WindowForm:
    """A value from a day to a day, both included."""

    value: Scalar
    from_: datetime.date | None = None
    to: datetime.date | None = None
    cites: tuple[CiteForm, ...] = ()


@dataclass(frozen=True, slots=True)
class ParameterForm:
    """`parameters.yaml`, under each id: a dated figure. Either `value`, `values` by year, `windows`, or `not_stated`."""

    label: Label
    span: Span
    unit: Word | None = None
    type: Literal["number", "text", "date", "days duration", "months duration", "boolean"] = "number"
    kind: Literal["stated", "assumption", "external"] = "stated"
    value: Scalar | None = None
    values: dict[Word, Scalar] = field(default_factory=dict)
    windows: tuple[WindowForm, ...] = ()
    cites: tuple[CiteForm, ...] = ()
    not_stated: CiteForm | None = None


@dataclass(frozen=True, slots=True)
class OptionForm:
    """An option of a reading: an expression, or `judgement`."""

    is_: ExpressionText
    span: Span
    label: Label = Label()

    short: ClassVar[str] = "is"


@dataclass(frozen=True, slots=True)
class ReadingForm:
    """`readings.yaml`, under each id: a term the document leaves open."""

    reads: CiteForm
    question: Label
    options: dict[Word, OptionForm]
    default: Word
    why: Label
    span: Span
    about: Literal["household", "village", "area"] = "household"


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A rule of a decision table."""

    id: Word
    when: ExpressionText
    then: Word
    span: Span
    force: Literal["shall", "may", "strive", "encourage", "defer"] = "shall"
    cites: tuple[CiteForm, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherwiseForm:
    """The outcome when no rule holds."""

    then: Word
    cites: tuple[CiteForm, ...] = ()

    short: ClassVar[str] = "then"


@dataclass(frozen=True, slots=True)
class RoundingForm:
    """Rounding that a clause orders."""

    mode: Literal["half up", "half even", "up", "down"]
    places: int
    clause: CiteForm


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """`rules/*.yaml`, under each id: a decision, by one expression (`is`) or by a table (`hit`, `outcomes`, `rules`)."""

    label: Label
    span: Span
    about: Literal["household", "village", "area"] = "household"
    rows: tuple[Word, ...] = ()
    is_: ExpressionText | None = None
    outcomes: dict[Word, Label] = field(default_factory=dict)
    hit: Literal["unique", "any", "first", "collect"] | None = None
    rules: tuple[RuleForm, ...] = ()
    otherwise: OtherwiseForm | None = None
    kind: Literal["completeness"] | None = None
    force: Literal["shall", "may", "strive", "encourage", "defer"] = "shall"
    rounding: RoundingForm | None = None
    cites: tuple[CiteForm, ...] = ()


@dataclass(frozen=True, slots=True)
class FactForm:
    """`vocabulary.yaml`, under form and id: a fact that the pack adds."""

    label: Label
    type: Literal["boolean", "number", "text", "date", "code", "list of code", "list of text", "list of date"]
    span: Span
    unit: Word | None = None
    options: dict[Word, Label] = field(default_factory=dict)
    ask: Label = Label()
    judgement: bool = False
    personal: bool = False
    changeable: bool = False
    applies: ExpressionText | None = None
    otherwise: ExpressionText | None = None
    derived: ExpressionText | None = None


@dataclass(frozen=True, slots=True)
class CaseForm:
    """`cases/*.yaml`: facts, and what is expected of them. A file may hold several, parted by `---`.

    `expect` has, under a decision's id, its outcome (a list for a collecting table), or `{possible, certain, missing,
    gap, conflict, rules}` for what is open; `because` lists ids that the trace must show. `refused` lists the codes of
    the problems for which the facts must be turned down.
    """

    case: Label
    facts: MapNode
    span: Span
    on: datetime.date | None = None
    readings: dict[Word, Word] = field(default_factory=dict)
    set: dict[Word, Scalar] = field(default_factory=dict)
    settings: MapNode | None = None
    scope: Literal["in", "out", "open"] = "in"
    expect: MapNode | None = None
    refused: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingForm:
    """A figure that a deployer supplies, with its source."""

    source: Word
    span: Span
    value: Scalar | None = None
    values: dict[Word, Scalar] = field(default_factory=dict)
    windows: tuple[WindowForm, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingsForm:
    """A settings file: what the document relies on and does not state, and choices of readings."""

    span: Span
    format: int = 1
    parameters: dict[Word, SettingForm] = field(default_factory=dict)
    readings: dict[Word, Word] = field(default_factory=dict)
