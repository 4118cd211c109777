"""Reactions linked: what fires them exists, whom they alert is an actor of the pack, every one stands on a clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policy_engine.documents.link_procedures import ProcedureLinker
from policy_engine.documents.reaction_forms import EscalationForm, ReactionForm, WhenForm
from policy_engine.documents.reader import Word
from policy_engine.documents.scope import NO_NAMES
from policy_engine.expression.types import BOOLEAN, NEVER, TEXT, CodeType, ListType, RecordType
from policy_engine.model.decision import DecisionDefinition
from policy_engine.model.duty import Duty
from policy_engine.model.procedure import Procedure
from policy_engine.model.reaction import OPEN_ANSWERS, Arrives, Becomes, Escalation, Owes, Reaction, Trigger

__all__ = ["ReactionLinker"]


@dataclass
class ReactionLinker:
    """What reactions are linked with beside what procedures are; problems are collected there."""

    shared: ProcedureLinker
    decisions: Mapping[str, DecisionDefinition]
    procedures: Mapping[str, Procedure]
    duties: Mapping[str, Duty]

    def reaction(self, word: Word, form: ReactionForm) -> Reaction | None:
        self.shared.named([word])
        if not form.cites:
            self.shared.report("link.no_citation", word.span, id=word)
        if not form.alert:
            self.shared.report("form.missing_key", word.span, key="alert")
        if form.opens is not None:
            known = [id_ for id_, procedure in self.procedures.items() if procedure.about == form.about]
            self.shared.among(form.opens, known, "link.unknown_procedure")
        when = self.trigger(form.when, form.about)
        persons = form.persons
        wanted = ListType(TEXT)
        if when is None:
            return None
        return Reaction(
            id=word.text,
            label=form.label,
            about=form.about,
            when=when,
            alert=self.shared.by(form.alert),
            cites=self.shared.cites(form.cites),
            span=word.span,
            within=self.shared.time(form.within),
            persons=self.shared.express(persons, form.about, wanted, local=NO_NAMES) if persons else None,
            opens=form.opens.text if form.opens else "",
            escalates=tuple(map(self.escalation, form.escalates)),
            rows=tuple(row.text for row in form.rows),
        )

    def trigger(self, form: WhenForm, about: str) -> Trigger | None:
        given = [found for found in (form.decision, form.arrives, form.duty) if found is not None]
        of_decision, of_duty = bool(form.to or form.from_), form.is_ is not None
        if len(given) != 1 or of_decision != (form.decision is not None) or of_duty != (form.duty is not None):
            self.shared.report("link.one_trigger", form.span)
            return None
        if form.decision is not None:
            return self.becomes(form.decision, form, about)
        if form.duty is not None and form.is_ is not None:
            known = [id_ for id_, duty in self.duties.items() if duty.about == about]
            self.shared.among(form.duty, known, "link.unknown_duty")
            return Owes(form.duty.text, form.is_)
        assert form.arrives is not None
        items = self.shared.express(form.arrives, about, local=NO_NAMES)
        if items is None or items.typed == NEVER:
            return None
        if not isinstance(items.typed, ListType) or not isinstance(items.typed.item, RecordType):
            self.shared.report("link.no_items", items.span, found=items.typed)
            return None
        return Arrives(items)

    def becomes(self, word: Word, form: WhenForm, about: str) -> Becomes | None:
        known = [id_ for id_, decision in self.decisions.items() if decision.about == about]
        self.shared.among(word, known, "link.unknown_decision")
        if word.text not in known:
            return None
        answers = list(_answers(self.decisions[word.text]))
        for answer in (*form.to, *form.from_):
            self.shared.among(answer, answers, "link.unknown_outcome")
        if not form.to:
            self.shared.report("form.missing_key", form.span, key="to")
        return Becomes(word.text, tuple(a.text for a in form.to), tuple(a.text for a in form.from_))

    def colour(self, word: Word) -> str:
        """The id of the decision that colours a board: its outcomes are red, yellow and green, and others perhaps."""
        known = [id_ for id_, found in self.decisions.items() if {"red", "yellow", "green"} <= set(_answers(found))]
        self.shared.among(word, known, "link.unknown_decision")
        return word.text if word.text in known else ""

    def escalation(self, form: EscalationForm) -> Escalation:
        if not form.cites:
            self.shared.report("link.no_citation", form.after.span, id=form.after)
        return Escalation(self.shared.by(form.to), self.shared.time(form.after), self.shared.cites(form.cites))


def _answers(decision: DecisionDefinition) -> Iterable[str]:
    """All that a decision may answer, as reactions name it."""
    type_ = decision.type.item if isinstance(decision.type, ListType) else decision.type
    if isinstance(type_, CodeType):
        yield from (option.id for option in type_.options)
    elif type_ == BOOLEAN:
        yield from ("true", "false")
    yield from OPEN_ANSWERS
