"""A decision as a permanent record: everything that is needed to re-perform it, in canonical JSON.

Published as `docs/reference/record.schema.json`. The pack itself stands in the ledger once, under the hash of its files.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policy_engine.decision.answer import Decision
from policy_engine.decision.request import Request
from policy_engine.documents.read_scenario import read_scenario
from policy_engine.errors import LedgerError, problem
from policy_engine.expression.unparse import unparse
from policy_engine.forward.opinion import Opinion
from policy_engine.model.citation import Citation
from policy_engine.model.facts import Evidence, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.parameter import DatedValue
from policy_engine.model.scenario import FactChange, Scenario, Settings
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.record.commitment import MaskingForm, masking
from policy_engine.record.decision_form import CitationForm, DecisionForm, decision_form
from policy_engine.record.encoding import decode, decode_record, encode, encode_facts
from policy_engine.record.entry import Entry
from policy_engine.values import Record

__all__ = [
    "FORM",
    "KIND",
    "SUPPOSITION",
    "DecisionRecord",
    "entry_of",
    "facts_form",
    "read_record",
    "record_of",
]

FORM = 2
"""Version of this form. Fields may be added within a version; none changes its meaning or goes away. Form 2 has `masking`."""

KIND = "decision"
"""Kind of the entries that hold such records."""

SUPPOSITION = "supposition"
"""Kind of the entries with what would be decided under a scenario: re-performed as decisions are, and never one of them."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class EvidenceForm(_Form):
    """`observed_on` is when it held, `known_on` when it was known; without it, it was known with the record."""

    source: str = ""
    by: str = ""
    observed_on: datetime.date | None = None
    known_on: datetime.date | None = None
    reference: str = ""
    complete_to: datetime.date | None = None


class FactsForm(_Form):
    subject: str
    as_of: datetime.date | None = Field(description="the day that the facts describe")
    facts: dict[str, Any] = Field(description="as in a facts file, by id; numbers as digits; what is absent is unknown")
    evidence: dict[str, EvidenceForm] = Field(description="by path; covers everything below")


class DatedValueForm(_Form):
    value: Any
    from_: datetime.date | None = Field(None, alias="from")
    to: datetime.date | None = None
    source: str = ""
    cites: tuple[CitationForm, ...] = ()


class SettingsForm(_Form):
    parameters: dict[str, tuple[DatedValueForm, ...]]
    readings: dict[str, str]


class ChangeForm(_Form):
    """As in a scenario file: where `when` holds about each `about`, the facts of `set` get these values."""

    about: str
    when: str
    set: dict[str, str] = Field(description="expressions by path")


class ScenarioForm(_Form):
    """What was supposed; with anything but a name in it, the record is of a supposition and of no decision."""

    name: str
    parameters: dict[str, Any]
    readings: dict[str, str]
    changes: tuple[ChangeForm, ...] = Field((), description="supposed facts; absent where none are")

    @property
    def supposes(self) -> bool:
        return bool(self.parameters or self.readings or self.changes)


class OpinionForm(_Form):
    """A second engine that came to the same: which, and over how many tables."""

    engine: str
    tables: int


class DecisionRecord(_Form):
    """What was asked, on what facts, under which pack, and what was answered."""

    form: int = FORM
    known_on: datetime.date | None = Field(
        description="the day by which all this was known to those who decided; `decision.on` is the day it is about"
    )
    pack_files: str = Field(description="SHA-256 of the files of the pack, which stand in the same ledger")
    format: int = Field(description="format of the pack's files")
    facts: FactsForm
    settings: SettingsForm
    scenario: ScenarioForm
    asked: tuple[str, ...] | None = Field(description="ids of decisions; null: the main questions of the pack")
    ranked: bool = Field(description="were missing facts ranked?")
    decision: DecisionForm
    second_opinion: OpinionForm | None = None
    masking: MaskingForm | None = Field(default=None, description="what a masked copy hides, with the salts")

    def plain(self) -> dict[str, Any]:
        """As JSON, ready for its canonical form; without the salts, which tell one copy of a record from another."""
        found = self.model_dump(mode="json", by_alias=True, exclude={"masking"})
        if not self.scenario.changes:
            del found["scenario"]["changes"]  # as records without supposed facts were always written
        return found

    def given_facts(self, pack: Pack) -> Facts:
        """The facts as they were decided on."""
        form = pack.vocabulary.form(self.facts.subject)
        evidence = {path: Evidence(**dict(found)) for path, found in self.facts.evidence.items()}
        root = decode_record(self.facts.facts, form, pack.vocabulary)
        return Facts(self.facts.subject, root, self.facts.as_of, Record(evidence))

    def request(self, pack: Pack) -> Request:
        """What was asked, with the settings and suppositions of the time; `FactsError` where the pack has them no more."""
        parameters = {
            id_: tuple(_dated_value(value, id_, pack) for value in values)
            for id_, values in self.settings.parameters.items()
        }
        return Request(
            self.decision.on,
            self.asked,
            Settings(parameters, self.settings.readings),
            _scenario(self.scenario, pack),
            ranked=self.ranked,
        )


def record_of(
    decision: Decision,
    facts: Facts,
    request: Request,
    pack_files: str,
    known_on: datetime.date | None,
    *,
    opinion: Opinion | None = None,
) -> DecisionRecord:
    """The record of a decision; `pack_files` is the hash of the files of its pack, `facts` are as they are, not as supposed."""
    return DecisionRecord(
        known_on=known_on,
        pack_files=pack_files,
        format=decision.pack.format,
        facts=facts_form(facts, decision.pack.vocabulary),
        settings=SettingsForm(
            parameters={
                id_: tuple(map(_dated_value_form, values)) for id_, values in request.settings.parameters.items()
            },
            readings=dict(request.settings.readings),
        ),
        scenario=_scenario_form(request.scenario),
        asked=request.decisions,
        ranked=request.ranked,
        decision=decision_form(decision),
        second_opinion=OpinionForm(engine=opinion.engine, tables=opinion.tables) if opinion is not None else None,
    )


def entry_of(record: DecisionRecord, decision: Decision) -> Entry:
    """The record of this decision as an entry of a ledger, with fresh salts for its personal facts.

    The same decision recorded again is the same entry, whatever its salts.
    """
    plain = record.plain()
    hidden = masking(plain, decision, decision.pack.vocabulary).model_dump(mode="json")
    kind = SUPPOSITION if record.scenario.supposes else KIND
    return Entry.of(kind, plain, subject=decision.subject_id, apart={"masking": hidden})


def facts_form(facts: Facts, vocabulary: Vocabulary) -> FactsForm:
    """The facts of one subject as JSON, as far as the vocabulary has them."""
    evidence = {
        path: EvidenceForm(**{field.name: getattr(found, field.name) for field in fields(found)})
        for path, found in facts.evidence.items()
    }
    return FactsForm(
        subject=facts.subject, as_of=facts.as_of, facts=encode_facts(facts.root, vocabulary), evidence=evidence
    )


def read_record(body: Mapping[str, Any]) -> DecisionRecord:
    """A record from its JSON; raises `LedgerError` where it is of a newer form, or not of this form at all."""
    form = body.get("form")
    if isinstance(form, int) and form > FORM:
        raise LedgerError([problem("record.newer", found=form, known=FORM)])
    try:
        return DecisionRecord.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"]))
        raise LedgerError([problem("record.unreadable", where=at, why=first["msg"])]) from None


def _dated_value_form(value: DatedValue) -> DatedValueForm:
    cites = tuple(CitationForm(clause=cite.clause, words=cite.words) for cite in value.cites)
    return DatedValueForm(
        **{"from": value.from_}, value=encode(value.value), to=value.to, source=value.source, cites=cites
    )


def _dated_value(form: DatedValueForm, parameter: str, pack: Pack) -> DatedValue:
    cites = tuple(Citation(cite.clause, cite.words) for cite in form.cites)
    return DatedValue(decode(form.value, pack.parameter(parameter).type), form.from_, form.to, cites, form.source)


def _scenario_form(scenario: Scenario) -> ScenarioForm:
    return ScenarioForm(
        name=scenario.name,
        parameters=encode(scenario.parameters),
        readings=dict(scenario.readings),
        changes=tuple(map(_change_form, scenario.changes)),
    )


def _change_form(change: FactChange) -> ChangeForm:
    new = {fact.path: unparse(fact.value) for fact in change.set}
    return ChangeForm(about=change.about, when=unparse(change.when), set=new)


def _scenario(form: ScenarioForm, pack: Pack) -> Scenario:
    parameters = {id_: decode(value, pack.parameter(id_).type) for id_, value in form.parameters.items()}
    changes = [change.model_dump() for change in form.changes]
    supposed = read_scenario({"change": changes}, pack).changes if changes else ()
    return Scenario(parameters, form.readings, form.name, supposed)
