"""The files of a pack as forms: which keys they have, and what stands under each. `pack schema` is made from here."""

from __future__ import annotations

import datetime
from typing import Literal, NamedTuple, TypeAlias

from policy_engine.documents.reader import Word
from policy_engine.documents.yaml import MapNode, Scalar
from policy_engine.expression.lex import ExpressionText
from policy_engine.model.label import Label
from policy_engine.source import Span

__all__ = [
    "BenefitsForm",
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


SetAside: TypeAlias = Literal[
    "organisational", "publicity", "no_computable_content", "needs_absent_document", "procedure"
]


class CiteForm(NamedTuple):
    """A citation: `{clause: "2.1", words: 重度残疾人}`, or only the clause number."""

    clause: Word
    words: Word | None = None

    @staticmethod
    def short() -> str:
        return "clause"


class ClauseForm(NamedTuple):
    """A clause: what it is about, hashes of its normalised text, whole and by sentence, and why nothing rests on it, if so."""

    about: Label
    sha256: Word | None = None
    set_aside: SetAside | None = None
    sentences: tuple[Word, ...] = ()


class InForceForm(NamedTuple):
    """From a day to a day, both included; open where absent."""

    from_: datetime.date | None = None
    to: datetime.date | None = None
    why: Label = Label()


class BenefitsForm(NamedTuple):
    """What is listed for a household as received: the list of its records, and what in a record is its day, kind and amount."""

    label: Label
    of: Word
    on: Word
    kind: Word
    amount: Word
    span: Span
    rows: tuple[Word, ...] = ()
    cites: tuple[CiteForm, ...] = ()


class PackForm(NamedTuple):
    """`pack.yaml`: the document, where and when it is in force, and its clauses.

    `colour` is the decision with the outcomes red, yellow and green that a board of monitoring shows.
    """

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
    actors: dict[Word, Label] = {}
    benefits: BenefitsForm | None = None
    colour: Word | None = None


class WindowForm(NamedTuple):
    """A value from a day to a day, both included."""

    value: Scalar
    from_: datetime.date | None = None
    to: datetime.date | None = None
    cites: tuple[CiteForm, ...] = ()


class ParameterForm(NamedTuple):
    """`parameters.yaml`, under each id: a dated figure. Either `value`, `values` by year, `windows`, or `not_stated`."""

    label: Label
    span: Span
    unit: Word | None = None
    type: Literal["number", "text", "date", "days duration", "months duration", "boolean"] = "number"
    kind: Literal["stated", "assumption", "external"] = "stated"
    value: Scalar | None = None
    values: dict[Word, Scalar] = {}
    windows: tuple[WindowForm, ...] = ()
    cites: tuple[CiteForm, ...] = ()
    not_stated: CiteForm | None = None


class OptionForm(NamedTuple):
    """An option of a reading: an expression, or `judgement`."""

    is_: ExpressionText
    span: Span
    label: Label = Label()

    @staticmethod
    def short() -> str:
        return "is"


class ReadingForm(NamedTuple):
    """`readings.yaml`, under each id: a term the document leaves open."""

    reads: CiteForm
    question: Label
    options: dict[Word, OptionForm]
    default: Word
    why: Label
    span: Span
    about: Literal["household", "village", "area", "member"] = "household"


class RuleForm(NamedTuple):
    """A rule of a decision table."""

    id: Word
    when: ExpressionText
    then: Word
    span: Span
    force: Literal["shall", "may", "strive", "encourage", "defer"] = "shall"
    cites: tuple[CiteForm, ...] = ()


class OtherwiseForm(NamedTuple):
    """The outcome when no rule holds."""

    then: Word
    cites: tuple[CiteForm, ...] = ()
    force: Literal["shall", "may", "strive", "encourage", "defer"] = "shall"

    @staticmethod
    def short() -> str:
        return "then"


class RoundingForm(NamedTuple):
    """Rounding that a clause orders."""

    mode: Literal["half up", "half even", "up", "down"]
    places: int
    clause: CiteForm


class DecisionForm(NamedTuple):
    """`rules/*.yaml`, under each id: a decision, by one expression (`is`) or by a table (`hit`, `outcomes`, `rules`)."""

    label: Label
    span: Span
    about: Literal["household", "village", "area", "member"] = "household"
    rows: tuple[Word, ...] = ()
    is_: ExpressionText | None = None
    outcomes: dict[Word, Label] = {}
    hit: Literal["unique", "any", "first", "collect"] | None = None
    rules: tuple[RuleForm, ...] = ()
    otherwise: OtherwiseForm | None = None
    kind: Literal["completeness"] | None = None
    force: Literal["shall", "may", "strive", "encourage", "defer"] = "shall"
    rounding: RoundingForm | None = None
    cites: tuple[CiteForm, ...] = ()


class FactForm(NamedTuple):
    """`vocabulary.yaml`, under form and id: a fact that the pack adds."""

    label: Label
    type: Literal["boolean", "number", "text", "date", "code", "list of code", "list of text", "list of date"]
    span: Span
    unit: Word | None = None
    options: dict[Word, Label] = {}
    ask: Label = Label()
    judgement: bool = False
    personal: bool = False
    changeable: bool = False
    events: bool = False
    applies: ExpressionText | None = None
    otherwise: ExpressionText | None = None
    derived: ExpressionText | None = None


class CaseForm(NamedTuple):
    """`cases/*.yaml`: facts, and what is expected of them. A file may hold several, parted by `---`.

    `expect` has, under a decision's id, its outcome (a list for a collecting table), or `{possible, certain, missing,
    gap, conflict, rules}` for what is open; `because` lists ids that the trace must show. `refused` lists the codes of
    the problems for which the facts must be turned down.
    """

    case: Label
    facts: MapNode
    span: Span
    on: datetime.date | None = None
    readings: dict[Word, Word] = {}
    set: dict[Word, Scalar] = {}
    settings: MapNode | None = None
    scope: Literal["in", "out", "open"] = "in"
    expect: MapNode | None = None
    refused: tuple[Word, ...] = ()


class SettingForm(NamedTuple):
    """A figure that a deployer supplies, with its source."""

    source: Word
    span: Span
    value: Scalar | None = None
    values: dict[Word, Scalar] = {}
    windows: tuple[WindowForm, ...] = ()


class SettingsForm(NamedTuple):
    """A settings file: what the document relies on and does not state, and choices of readings."""

    span: Span
    format: int = 1
    parameters: dict[Word, SettingForm] = {}
    readings: dict[Word, Word] = {}
