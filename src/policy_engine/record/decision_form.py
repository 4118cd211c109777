"""A decision as JSON of a published, versioned form (`docs/reference/decision.schema.json`)."""

from __future__ import annotations

import datetime
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from policy_engine.checking.normal import NORMAL_FORM
from policy_engine.checking.quoting import Quotes, QuoteStatus
from policy_engine.decision.answer import Answer, Decision, MissingFact, Status
from policy_engine.documents.link import LANGUAGE
from policy_engine.errors import Problem
from policy_engine.evaluation.observe import TraceNode, cites_below
from policy_engine.model.citation import Citation
from policy_engine.model.path_labels import label_of
from policy_engine.record.encoding import encode
from policy_engine.version import __version__

__all__ = ["FORM", "DecisionForm", "decision_form", "to_json"]

FORM = 1
"""Version of this form. Fields may be added within a version; none changes its meaning or goes away."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PackForm(_Form):
    id: str
    version: str
    hash: str = Field(description="SHA-256 of the canonical linked pack; equal hashes mean equal answers")
    title: str
    number: str
    issuer: str


class CitationForm(_Form):
    clause: str
    words: str = ""


class ProblemForm(_Form):
    code: str
    place: str = ""
    zh: str
    en: str


class MissingForm(_Form):
    kind: str = Field(description="fact, judgement or parameter")
    path: str
    label: str
    settles: int = Field(0, description="of the values tried, how many determine the asked decision")
    tried: int = 0
    note: str = ""


class ScopeForm(_Form):
    inside: bool | None = Field(description="null where it is not known whether the pack applies")
    reasons: tuple[ProblemForm, ...] = ()
    missing: tuple[MissingForm, ...] = ()


class PossibleForm(_Form):
    outcome: Any
    certain: bool
    rules: tuple[str, ...]
    waits_for: tuple[str, ...]


class RuleForm(_Form):
    rule: str
    outcome: str
    force: str
    holds: bool | None
    cites: tuple[CitationForm, ...]


class ReliedForm(_Form):
    kind: str = Field(description="reading, assumption, settings, scenario or judgement")
    id: str
    choice: Any
    why: str
    cites: tuple[CitationForm, ...]


class TraceForm(_Form):
    kind: str = Field(description="decision, rule, condition, fact, judgement, parameter or reading")
    text: str
    value: Any = Field(None, description="null where it is not known")
    origin: str = ""
    cites: tuple[CitationForm, ...] = ()
    item: str = Field("", description="path of the member, household or village a decision is about")
    children: tuple[TraceForm, ...] = ()


class AnswerForm(_Form):
    decision: str
    item: str = Field("", description="path of the member it is about; empty for the subject itself")
    label: str
    status: Status
    outcome: Any = Field(
        description="boolean, text (codes; numbers as digits), or list of codes; null where not determined"
    )
    possible: tuple[PossibleForm, ...]
    bounds: tuple[str, str | None] | None = Field(
        None, description="of an open count or sum: least, and most (null where there is none)"
    )
    conflict: bool | None = Field(description="null where a conflict is merely possible")
    gap: bool | None = Field(description="null where a gap is merely possible")
    force: str
    rules: tuple[RuleForm, ...]
    missing: tuple[MissingForm, ...]
    relied: tuple[ReliedForm, ...]
    problems: tuple[ProblemForm, ...]
    trace: TraceForm


class ClauseStateForm(_Form):
    clause: str
    status: str = Field(description="changed, moved or missing")


class QuoteForm(_Form):
    clause: str
    words: str
    status: QuoteStatus
    text: str = Field(description="the sentence as it stands in the official text; empty where it was not found")
    start: int = Field(description="the cited words are text[start:end]")
    end: int


class OfficialTextForm(_Form):
    """The official text that was at hand: how it compares with the one the pack was made from, and what is cited of it."""

    normal_form: int = Field(description="version of the form over which texts are compared")
    unchanged: bool
    clauses: tuple[ClauseStateForm, ...] = Field(description="those that are not unchanged")
    added: int = Field(description="stretches that belong to no clause of the pack")
    quotes: tuple[QuoteForm, ...]


class DecisionForm(_Form):
    """What `decide` answers about one subject."""

    form: int = FORM
    engine: str = Field(description="version of the package")
    language: int = Field(description="version of the meaning of packs")
    pack: PackForm
    subject: str
    subject_id: str
    on: datetime.date
    scope: ScopeForm
    answers: tuple[AnswerForm, ...]
    problems: tuple[ProblemForm, ...]
    official_text: OfficialTextForm | None = Field(None, description="null where no text was at hand")
    masked: bool = Field(False, description="do personal values stand as a mark?")


def to_json(decision: Decision, quotes: Quotes | None = None) -> str:
    """The decision as JSON text; the same decision gives the same bytes."""
    return decision_form(decision, quotes).model_dump_json(indent=2)


def decision_form(decision: Decision, quotes: Quotes | None = None) -> DecisionForm:
    """The decision in its published form; `quotes` is the official text of what it cites."""
    pack = decision.pack
    return DecisionForm(
        engine=__version__,
        language=LANGUAGE,
        pack=PackForm(
            id=pack.id,
            version=pack.version,
            hash=pack.hash,
            title=pack.title.zh,
            number=pack.number,
            issuer=pack.issuer,
        ),
        subject=decision.subject,
        subject_id=decision.subject_id,
        on=decision.on,
        scope=ScopeForm(
            inside=decision.scope.inside,
            reasons=_problems(decision.scope.reasons),
            missing=tuple(_missing(decision, item) for item in decision.scope.missing),
        ),
        answers=tuple(_answer(decision, answer) for answer in decision.answers),
        problems=_problems(decision.problems),
        official_text=None if quotes is None else _official_text(decision, quotes),
        masked=decision.masked,
    )


def _official_text(decision: Decision, quotes: Quotes) -> OfficialTextForm:
    cited = cites_below(answer.trace for answer in decision.answers)
    return OfficialTextForm(
        normal_form=NORMAL_FORM,
        unchanged=quotes.match.unchanged,
        clauses=tuple(
            ClauseStateForm(clause=clause.number, status=clause.status)
            for clause in quotes.match.clauses
            if clause.status != "unchanged"
        ),
        added=len(quotes.match.added),
        quotes=tuple(
            QuoteForm(
                clause=cite.clause,
                words=cite.words,
                status=quote.status,
                text=quote.text,
                start=quote.start,
                end=quote.end,
            )
            for cite in cited
            if (quote := quotes.of.get(cite)) is not None
        ),
    )


def _answer(decision: Decision, answer: Answer) -> AnswerForm:
    return AnswerForm(
        decision=answer.decision,
        item=answer.item,
        label=decision.pack.decision(answer.decision).label.zh,
        status=answer.status,
        outcome=encode(answer.outcome),
        possible=tuple(
            PossibleForm(outcome=encode(p.outcome), certain=p.certain, rules=p.rules, waits_for=p.waits_for)
            for p in answer.possible
        ),
        bounds=_bounds(answer),
        conflict=answer.conflict,
        gap=answer.gap,
        force=answer.force,
        rules=tuple(
            RuleForm(rule=r.rule, outcome=r.outcome, force=r.force, holds=r.holds, cites=_cites(r.cites))
            for r in answer.rules
        ),
        missing=tuple(_missing(decision, item) for item in answer.missing),
        relied=tuple(
            ReliedForm(kind=r.kind, id=r.id, choice=encode(r.choice), why=r.why, cites=_cites(r.cites))
            for r in answer.relied
        ),
        problems=_problems(answer.problems),
        trace=_trace(answer.trace, set()),
    )


def _bounds(answer: Answer) -> tuple[str, str | None] | None:
    if answer.bounds is None:
        return None
    low, high = answer.bounds
    return encode(low), encode(high) if high.is_finite() else None


def _missing(decision: Decision, item: MissingFact) -> MissingForm:
    label = label_of(item.path, decision.pack, decision.subject, "zh")
    return MissingForm(
        kind=item.kind, path=item.path, label=label, settles=item.settles, tried=item.tried, note=item.note
    )


def _trace(node: TraceNode, shown: set[tuple[str, str]]) -> TraceForm:
    """The trace; a decision that stands in it more than once is written out the first time only."""
    again = node.kind == "decision" and (node.text, node.item) in shown
    if node.kind == "decision":
        shown.add((node.text, node.item))
    return TraceForm(
        kind=node.kind,
        text=node.text,
        value=encode(node.value),
        origin="shown above" if again else node.origin,
        cites=_cites(node.cites),
        item=node.item,
        children=() if again else tuple(_trace(child, shown) for child in node.children),
    )


def _cites(cites: tuple[Citation, ...]) -> tuple[CitationForm, ...]:
    return tuple(CitationForm(clause=cite.clause, words=cite.words) for cite in cites)


def _problems(problems: tuple[Problem, ...]) -> tuple[ProblemForm, ...]:
    """With the name of the file and not its folder: the same facts give the same bytes wherever they lie."""
    return tuple(
        ProblemForm(code=p.code, place=re.split(r"[\\/]", p.place)[-1], zh=p.message("zh"), en=p.message("en"))
        for p in problems
    )
