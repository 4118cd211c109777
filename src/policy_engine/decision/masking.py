"""Decisions and facts as others may see them: what is personal, by the vocabulary, stands as a mark.

Kept are what was asked, the answers, the rules and their truth, the clauses, and which facts were looked at. `docs/privacy.md`
says what that protects and what it does not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from policy_engine.decision.answer import Answer, Decision, Reason, Relied
from policy_engine.decision.duties import Owed
from policy_engine.decision.history import History, Settled
from policy_engine.decision.standing import Difference, Divergence, Standing, Substance
from policy_engine.documents.requirements import requires
from policy_engine.errors import Problem, catalogue
from policy_engine.evaluation.observe import TraceNode
from policy_engine.expression.tree import Node
from policy_engine.expression.types import BOOLEAN, CodeType, ListType, NumberType
from policy_engine.model.case import Correction, Event, Ruling, Taken
from policy_engine.model.core import CORE
from policy_engine.model.core_codes import SOURCE
from policy_engine.model.facts import Evidence, FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.values import Record

if TYPE_CHECKING:
    from policy_engine.documents.tables import Rejected

__all__ = [
    "MASK",
    "mask_decision",
    "mask_divergence",
    "mask_event",
    "mask_facts",
    "mask_history",
    "mask_message",
    "mask_owed",
    "mask_problem",
    "mask_rejected",
    "mask_standing",
    "mask_value",
    "outcome_stays",
    "short_code",
]

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


def mask_value(value: Any, path: str, pack: Pack, subject: str) -> Any:
    """The value of the fact at a path, or the mark; what is not known stays not known."""
    return _masked_value(value, path, subject, pack.vocabulary) if value is not None else None


def mask_facts(facts: Facts, vocabulary: Vocabulary) -> Facts:
    """The facts with a mark for each personal value, and evidence without persons and references."""
    root = _masked_record(facts.root, facts.subject, vocabulary)
    evidence = {path: _masked_evidence(found) for path, found in facts.evidence.items()}
    return Facts(facts.subject, root, facts.as_of, Record(evidence))


# ---- problems


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


def mask_rejected(found: Rejected, pack: Pack) -> Rejected:
    """A row of a table that is not used, without what stands in it: its cell tells where to look."""
    told = replace(mask_problem(found.problem, pack, "household"), where=found.problem.where)
    return replace(found, household=short_code(found.household), written=MASK, problem=told)


_OPEN = frozenset(
    ["clause", "expression", "file", "ledger", "link", "lint", "pack", "record", "request", "settings", "type"]
)
"""Problems of these families speak of packs, of places of files, and of what was typed at the command."""

_QUOTING = frozenset(
    [
        "file.unreadable",
        "request.bad_assignment",
        "ledger.bad_content",
        "ledger.key_taken",
        "ledger.overtaken",
        "record.nothing_hidden",
        "record.unreadable",
        "request.unknown_person",
    ]
)
"""Those among them that may quote what stands in a file about people."""

_ENGINES_OWN = frozenset(["clause", "count", "label", "label_en", "length", "limit", "pack", "path", "wanted"])
"""Details that are words of the engine or of the pack."""


def mask_message(found: Problem) -> Problem:
    """The problem as a command may tell it before a pack is at hand: its place and code, with nothing that stands in a file
    about people, not even the line. The names of files stay as they were typed.
    """
    found = replace(found, span=None, where=found.place)
    opened = found.code.partition(".")[0] in _OPEN or found.code.endswith((".missing_extra", ".missing_key"))
    if opened and found.code not in _QUOTING:
        return found
    details = tuple((name, word if name in _ENGINES_OWN or _core(word) else MASK) for name, word in found.details)
    details = tuple((name, "" if name == "near" and word == MASK else word) for name, word in details)
    return replace(found, details=details)


def _core(word: str) -> bool:
    """Is this a word of the engine, or the name of a fact that every pack has?"""
    return word in catalogue()["words"] or any(CORE.fact(form, word) for form in ("household", "village", "area"))


# ---- decisions


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


# ---- cases and duties

_Event = TypeVar("_Event", bound=Event)


def mask_event(event: _Event) -> _Event:
    """The event without persons, reasons and particulars; of facts the names stay."""
    if isinstance(event, Taken):
        particulars = Record((name, MASK) for name in event.particulars)
        return replace(event, person=event.person and MASK, why=event.why and MASK, particulars=particulars)
    if isinstance(event, Ruling):
        return replace(event, person=event.person and MASK, why=MASK)
    if isinstance(event, Correction):
        return replace(event, why=MASK, instead=mask_event(event.instead) if event.instead else None)
    return event


def mask_history(history: History) -> History:
    """The history with its events as they may be shown; nothing can be worked out from it any more."""
    refused = tuple((mask_event(event), tuple(map(mask_message, problems))) for event, problems in history.refused)
    return replace(history, events=tuple(map(mask_event, history.events)), refused=refused, settled=())


def mask_standing(found: Standing, pack: Pack) -> Standing:
    """Where a case stands without values of facts, persons and reasons; whether its substance holds stays."""
    subject = found.procedure.about
    return replace(
        found,
        then=_masked_substance(found.then, pack, subject),
        current=_masked_substance(found.current, pack, subject),
        differences=tuple(_masked_difference(one, pack, subject) for one in found.differences),
        ruling=mask_event(found.ruling) if found.ruling is not None else None,
        settled=_masked_settled(found.settled, pack, subject),
    )


def mask_divergence(found: Divergence) -> Divergence:
    """The divergence without reason and without `by`, in which actor and person stand together."""
    return replace(found, by=MASK, why=MASK)


def mask_owed(found: Owed, pack: Pack) -> Owed:
    """What is owed without persons, and without days that were worked out from personal facts."""
    duty = found.duty
    dates = [node for node in (duty.since, duty.until, duty.due_on) if node is not None]
    hidden = any(_names_personal(node, pack, duty.about) for node in dates)
    kept = replace(found, persons=tuple(MASK for _ in found.persons))
    return replace(kept, period=None, since=None, days=0) if hidden else kept


def _masked_substance(found: Substance | None, pack: Pack, subject: str) -> Substance | None:
    if found is None:
        return None
    facts = tuple((path, mask_value(value, path, pack, subject)) for path, value in found.facts)
    return replace(found, facts=facts, trace=())


def _masked_difference(found: Difference, pack: Pack, subject: str) -> Difference:
    before, after = (mask_value(value, found.path, pack, subject) for value in (found.before, found.after))
    return replace(found, before=before, after=after)


def _masked_settled(found: Settled | None, pack: Pack, subject: str) -> Settled | None:
    if found is None:
        return None
    gives, adds = (
        Record((name, mask_value(value, name, pack, subject)) for name, value in part.items())
        for part in (found.gives, found.adds)
    )
    return replace(found, gives=gives, adds=adds)


def _names_personal(node: Node, pack: Pack, subject: str) -> bool:
    """Does an expression name a personal fact, itself or through decisions?"""
    todo = list(requires(node))
    seen = set(todo)
    while todo:
        kind, id_ = todo.pop()
        if kind == "fact" and pack.vocabulary.personal(subject, id_):
            return True
        new = [one for one in (pack.decision(id_).requires if kind == "decision" else ()) if one not in seen]
        seen.update(new)
        todo += new
    return False
