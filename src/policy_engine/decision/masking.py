"""Decisions and facts as others may see them: what is personal, by the vocabulary, stands as a mark.

Kept are what was asked, the answers, the rules and their truth, the clauses, and which facts were looked at. `docs/privacy.md`
says what that protects and what it does not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from policy_engine.decision.answer import Answer, Decision, Reason, Relied
from policy_engine.errors import Problem
from policy_engine.evaluation.observe import TraceNode
from policy_engine.expression.types import BOOLEAN, CodeType, ListType, NumberType
from policy_engine.model.core_codes import SOURCE
from policy_engine.model.facts import Evidence, FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.values import Record

__all__ = ["MASK", "mask_decision", "mask_facts", "mask_problem", "outcome_stays", "short_code"]

MASK = "●●●"
"""Stands for a value that is known and not shown."""

_ORIGINS = ("supplied", "derived", "scenario", "")
_SHOWN_OF_CODE = 2
_LEAST_HIDDEN = 4


def short_code(code: str) -> str:
    """A code with its last two characters, where at least four others are hidden; an empty one stays empty."""
    if len(code) < _SHOWN_OF_CODE + _LEAST_HIDDEN:
        return MASK if code else ""
    return MASK + code[-_SHOWN_OF_CODE:]


def outcome_stays(pack: Pack, decision: str) -> bool:
    """Is the outcome of a decision a code, yes or no, or a count of households or villages?

    Other figures, dates and texts may be those of the facts themselves.
    """
    type_ = pack.decision(decision).type
    item = type_.item if isinstance(type_, ListType) else type_
    counted = isinstance(item, NumberType) and str(item.unit) in ("household", "village")
    return counted or item == BOOLEAN or isinstance(item, CodeType)


def mask_decision(decision: Decision) -> Decision:
    """The decision without any personal value; what is not known stays not known."""
    if decision.masked:
        return decision
    masking = _Masking(decision)
    return replace(
        decision,
        subject_id=short_code(decision.subject_id),
        answers=tuple(map(masking.answer, decision.answers)),
        problems=tuple(mask_problem(found, decision.pack, decision.subject) for found in decision.problems),
        masked=True,
    )


def mask_facts(facts: Facts, vocabulary: Vocabulary) -> Facts:
    """The facts with a mark for each personal value, and evidence without persons and references."""
    root = _masked_record(facts.root, facts.subject, vocabulary)
    evidence = {path: _masked_evidence(found) for path, found in facts.evidence.items()}
    return Facts(facts.subject, root, facts.as_of, Record(evidence))


def mask_problem(found: Problem, pack: Pack, subject: str) -> Problem:
    """The problem without values and without the line of the file they stand in; names of facts stay."""
    details = tuple((name, word if _named(word, pack, subject) else MASK) for name, word in found.details)
    known = pack.vocabulary.fact(subject, found.where) is not None
    line = ":".join(str(found.span).rsplit(":", 2)[1:])
    where = line if found.span is not None else found.where if known else ""
    return replace(found, details=details, span=None, where=where)


def _named(word: str, pack: Pack, subject: str) -> bool:
    """Is this the name of something in the pack, and no value?"""
    return word in pack.parameters or word in pack.decisions or pack.vocabulary.fact(subject, word) is not None


class _Masking:
    """One decision being masked; a part of the trace that stands in it twice is masked once."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        self.asked = {answer.decision for answer in decision.answers}
        self.done: dict[int, tuple[TraceNode, bool]] = {}

    def answer(self, answer: Answer) -> Answer:
        pack, subject = self.decision.pack, self.decision.subject
        trace, touched = self.node(answer.trace)
        hidden = touched and not outcome_stays(pack, answer.decision)
        possible = tuple(replace(found, outcome=MASK) for found in answer.possible) if hidden else answer.possible
        return replace(
            answer,
            outcome=MASK if hidden and answer.outcome is not None else answer.outcome,
            possible=possible,
            bounds=None if hidden else answer.bounds,
            reasons=Reason(trace, tuple(map(self.relied, answer.relied))),
            problems=tuple(mask_problem(found, pack, subject) for found in answer.problems),
        )

    def relied(self, relied: Relied) -> Relied:
        if relied.kind == "judgement":
            relied = replace(relied, why=MASK)
        hidden = relied.kind in ("judgement", "scenario") and self.personal(relied.id)
        return replace(relied, choice=MASK) if hidden else relied

    def node(self, node: TraceNode) -> tuple[TraceNode, bool]:
        """The node masked, and does it or anything below it rest on a personal fact?"""
        if id(node) not in self.done:
            below = [self.node(child) for child in node.children]
            touched = any(found for _, found in below)
            if node.kind in ("fact", "judgement"):
                touched = touched or self.personal(node.name)
            hidden = touched and node.value is not None and not self.stays(node)
            masked = node._replace(
                value=MASK if hidden else node.value,
                origin=_masked_origin(node),
                children=tuple(child for child, _ in below),
            )
            self.done[id(node)] = masked, touched
        return self.done[id(node)]

    def stays(self, node: TraceNode) -> bool:
        """Rules stay, and the outcomes of asked decisions and of tables, as far as they are codes or yes and no."""
        if node.kind in ("rule", "parameter"):
            return True
        if node.kind != "decision":
            return False
        rules = self.decision.pack.decision(node.name).table is not None
        return (node.name in self.asked or rules) and outcome_stays(self.decision.pack, node.name)

    def personal(self, path: str) -> bool:
        return self.decision.pack.vocabulary.personal(self.decision.subject, path)


def _masked_origin(node: TraceNode) -> str:
    if node.kind not in ("fact", "judgement") or node.origin in _ORIGINS or SOURCE.find(node.origin):
        return node.origin
    return MASK


def _masked_evidence(found: Evidence) -> Evidence:
    source = found.source if not found.source or SOURCE.find(found.source) else MASK
    return replace(found, source=source, by=found.by and MASK, reference=found.reference and MASK)


def _masked_record(record: FactRecord, subject: str, vocabulary: Vocabulary) -> FactRecord:
    items = {name: _masked_value(item, record.below(name), subject, vocabulary) for name, item in record.items()}
    return FactRecord(items, record.form, record.path)


def _masked_value(value: Any, path: str, subject: str, vocabulary: Vocabulary) -> Any:
    if isinstance(value, FactRecord):
        return _masked_record(value, subject, vocabulary)
    if isinstance(value, Record):  # figures by year
        return Record({name: _masked_value(item, path, subject, vocabulary) for name, item in value.items()})
    if isinstance(value, tuple) and any(isinstance(item, Record) for item in value):
        return tuple(_masked_value(item, path, subject, vocabulary) for item in value)
    return MASK if vocabulary.personal(subject, path) else value
