"""Procedures and duties linked: steps that lead somewhere, particulars typed, conditions checked, every step with its clause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from policy_engine.documents.forms import CiteForm
from policy_engine.documents.link_vocabulary import type_of
from policy_engine.documents.procedure_forms import (
    DutyForm,
    EndForm,
    LastsForm,
    ParticularForm,
    ProcedureForm,
    RequirementForm,
    ResultForm,
    StepForm,
)
from policy_engine.documents.reader import Word
from policy_engine.documents.scope import NO_NAMES, Names, good_id
from policy_engine.errors import Problem, problem_of
from policy_engine.expression import tree
from policy_engine.expression.lex import ExpressionText
from policy_engine.expression.names import Symbol, nearest
from policy_engine.expression.types import BOOLEAN, DATE, DAYS, MONTHS, TEXT, ListType, Type
from policy_engine.model.citation import Citation
from policy_engine.model.duty import LOCALS, Duty
from policy_engine.model.parameter import Parameter
from policy_engine.model.procedure import REACHED, End, Lasts, Particular, Procedure, Requirement, Result, Step
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.source import Span
from policy_engine.values import Record

__all__ = ["ProcedureLinker"]


class Express(Protocol):
    """Types an expression about a subject, with names of its own beside those of the subject."""

    def __call__(
        self, text: ExpressionText, subject: str, wanted: Type | None = None, *, local: Names
    ) -> tree.Node | None: ...


@dataclass
class ProcedureLinker:
    """What procedures and duties are linked with; the problems found are collected."""

    express: Express
    cites: Callable[[Iterable[CiteForm]], tuple[Citation, ...]]
    vocabulary: Vocabulary
    parameters: Mapping[str, Parameter]
    actors: Mapping[Word, object]
    taken: Callable[[str, str], bool]
    """Is this name used already in expressions about this kind of subject?"""
    problems: list[Problem] = field(default_factory=list)

    def report(self, code: str, span: Span, **details: object) -> None:
        self.problems.append(problem_of(code, span, details))

    # ---- names

    def named(self, words: Iterable[Word]) -> None:
        for word in words:
            if not good_id(word.text):
                self.report("link.bad_id", word.span, id=word)

    def among(self, word: Word, known: Iterable[str], code: str) -> None:
        names = list(known)
        if word.text not in names:
            self.report(code, word.span, found=word, near=nearest(word.text, names) or ", ".join(names))

    def by(self, words: Iterable[Word]) -> tuple[str, ...]:
        for word in words:
            self.among(word, (actor.text for actor in self.actors), "link.unknown_actor")
        return tuple(word.text for word in words)

    def time(self, word: Word | None) -> str:
        """The id of a parameter that is a duration; empty without one."""
        if word is None:
            return ""
        durations = [id_ for id_, parameter in self.parameters.items() if parameter.type in (DAYS, MONTHS)]
        self.among(word, durations, "link.unknown_duration")
        return word.text

    # ---- procedures

    def procedure(self, word: Word, form: ProcedureForm) -> Procedure:
        self.named((word, *form.steps, *form.ends))
        for both in (step for step in form.steps if step.text in [end.text for end in form.ends]):
            self.report("link.name_taken", both.span, id=both, kind="procedure end")
        everywhere = [result.text for result in form.throughout]
        for both in (result for step in form.steps.values() for result in step.results if result.text in everywhere):
            self.report("link.name_taken", both.span, id=both, kind="result of every step")
        steps = {id_.text: self.step(id_, step, form) for id_, step in form.steps.items()}
        recorded = _particulars(part for step in steps.values() for part in step.particulars.values())
        procedure = Procedure(
            id=word.text,
            label=form.label,
            about=form.about,
            needs=self.express(form.needs, form.about, BOOLEAN, local=NO_NAMES) if form.needs else None,
            steps=Record(steps),
            ends=Record((id_.text, self.end(id_, end, form, recorded)) for id_, end in form.ends.items()),
            throughout=Record(
                (id_.text, self.result(id_, result, (), form)) for id_, result in form.throughout.items()
            ),
            cites=self.cites(form.cites),
            span=word.span,
            rows=tuple(row.text for row in form.rows),
        )
        self.check_ways(procedure, form)
        return procedure

    def step(self, word: Word, form: StepForm, procedure: ProcedureForm) -> Step:
        if not form.cites:
            self.report("link.no_citation", word.span, id=word)
        cites = self.cites(form.cites)
        particulars = {id_.text: self.particular(id_, particular, form) for id_, particular in form.particulars.items()}
        local = _particulars(particulars.values())
        local.add(REACHED, "", partial(_same, Symbol(REACHED, DATE, "local")))
        for word_, particular_form in form.particulars.items():
            if word_.text == REACHED or self.taken(procedure.about, word_.text):
                self.report("link.name_taken", word_.span, id=word_, kind="fact")
            if particular_form.needed is not None:
                needed = self.express(particular_form.needed, procedure.about, BOOLEAN, local=local)
                particulars[word_.text] = replace(particulars[word_.text], needed=needed)
        if not form.by:
            self.report("form.missing_key", word.span, key="by")
        if not form.results:
            self.report("link.no_result", word.span, step=word)
        return Step(
            id=word.text,
            label=form.label,
            by=self.by(form.by),
            results=Record(
                (id_.text, self.result(id_, result, cites, procedure)) for id_, result in form.results.items()
            ),
            cites=cites,
            particulars=Record(particulars),
            requires=tuple(
                found for part in form.requires if (found := self.requirement(part, form, procedure.about, local))
            ),
            lasts=self.lasts(form.lasts, form) if form.lasts else None,
            within=self.time(form.within),
        )

    def particular(self, word: Word, form: ParticularForm, step: StepForm) -> Particular:
        self.named([word])
        for result in form.for_:
            self.among(result, (known.text for known in step.results), "link.unknown_result")
        if not form.cites and not form.optional:
            self.report("link.no_citation", word.span, id=word)
        type_ = type_of(word, form, self.problems)
        return Particular(
            id=word.text,
            label=form.label,
            type=type_,
            cites=self.cites(form.cites),
            optional=form.optional,
            personal=form.personal,
            results=tuple(result.text for result in form.for_),
        )

    def requirement(self, form: RequirementForm, step: StepForm, about: str, local: Names) -> Requirement | None:
        self.named([form.id])
        for word in form.for_:
            self.among(word, (result.text for result in step.results), "link.unknown_result")
        if not form.cites:
            self.report("link.no_citation", form.id.span, id=form.id)
        when = self.express(form.when, about, BOOLEAN, local=local)
        if when is None:
            return None
        results = tuple(word.text for word in form.for_)
        return Requirement(form.id.text, form.label, when, self.cites(form.cites), results)

    def lasts(self, form: LastsForm, step: StepForm) -> Lasts:
        for word in form.for_:
            self.among(word, (result.text for result in step.results), "link.unknown_result")
        if form.since is not None:
            dates = [id_.text for id_, particular in step.particulars.items() if particular.type == "date"]
            self.among(form.since, dates, "link.unknown_particular")
        since = form.since.text if form.since else ""
        return Lasts(self.time(form.parameter), since, tuple(word.text for word in form.for_))

    def result(self, word: Word, form: ResultForm, own: tuple[Citation, ...], procedure: ProcedureForm) -> Result:
        self.named([word])
        self.among(form.to, (id_.text for id_ in (*procedure.steps, *procedure.ends)), "link.leads_nowhere")
        cites = self.cites([*form.cites, *([form.not_stated] if form.not_stated else [])]) or own
        if not cites:
            self.report("link.no_citation", word.span, id=word)
        return Result(word.text, form.label, form.to.text, cites, form.not_stated is None, self.by(form.by))

    def end(self, word: Word, form: EndForm, procedure: ProcedureForm, recorded: Names) -> End:
        gives = self.settled(form.gives, procedure.about, recorded, listed=False)
        adds = self.settled(form.adds, procedure.about, recorded, listed=True)
        if (gives or adds) and not form.cites:
            self.report("link.no_citation", word.span, id=word)
        return End(word.text, form.label, Record(gives), self.cites(form.cites), Record(adds))

    def settled(
        self, texts: Mapping[Word, ExpressionText], about: str, recorded: Names, *, listed: bool
    ) -> dict[str, tree.Node]:
        """Facts of the subject with the expressions that settle them; of lists, with an item."""
        subject = self.vocabulary.form(about)
        found: dict[str, tree.Node] = {}
        for id_, text in texts.items():
            fact = subject.find(id_.text)
            known = [fact.id for fact in subject if not listed or isinstance(fact.type, ListType)]
            self.among(id_, known, "link.unknown_fact")
            wanted = fact.type if fact else None
            if listed and isinstance(wanted, ListType):
                wanted = wanted.item
            node = self.express(text, about, wanted, local=recorded)
            if node is not None:
                found[id_.text] = node
        return found

    def check_ways(self, procedure: Procedure, form: ProcedureForm) -> None:
        """Every step and end can be reached from the start, and from every step some end."""
        if not procedure.steps or not procedure.ends:
            self.report("link.no_end", procedure.span, procedure=procedure.id)
            return
        places = {word.text: word for word in (*form.steps, *form.ends)}
        onward = {id_: {result.to for result in procedure.results(id_).values()} for id_ in procedure.steps}
        reached = _closure({procedure.start}, onward)
        ending = {id_ for id_ in procedure.steps if _closure({id_}, onward) & set(procedure.ends)}
        for id_, word in places.items():
            if id_ not in reached:
                self.report("link.unreachable_step", word.span, step=word)
            elif id_ in procedure.steps and id_ not in ending:
                self.report("link.never_ends", word.span, step=word)

    # ---- duties

    def duty(self, word: Word, form: DutyForm) -> Duty | None:
        self.named([word])
        if not form.cites:
            self.report("link.no_citation", word.span, id=word)
        if not form.by:
            self.report("form.missing_key", word.span, key="by")
        if sum(found is not None for found in (form.every, form.within, form.due_on)) > 1:
            self.report("link.every_and_within", word.span)
        if form.since is None and (form.every is None or form.while_ is not None):
            self.report("form.missing_key", word.span, key="since")
        period = Names()
        for name in LOCALS:
            period.add(name, "", partial(_same, Symbol(name, DATE, "local")))
        fulfilled_by = self.express(form.fulfilled_by, form.about, BOOLEAN, local=period)
        if fulfilled_by is None:
            return None
        plain = partial(self.express, subject=form.about, local=NO_NAMES)
        return Duty(
            id=word.text,
            label=form.label,
            about=form.about,
            by=self.by(form.by),
            fulfilled_by=fulfilled_by,
            cites=self.cites(form.cites),
            span=word.span,
            every=form.every,
            within=self.time(form.within),
            while_=plain(form.while_, wanted=BOOLEAN) if form.while_ else None,
            since=plain(form.since, wanted=DATE) if form.since else None,
            due_on=plain(form.due_on, wanted=DATE) if form.due_on else None,
            until=plain(form.until, wanted=DATE) if form.until else None,
            persons=self.express(form.persons, form.about, ListType(TEXT), local=period) if form.persons else None,
            force=form.force,
            rows=tuple(row.text for row in form.rows),
        )


def _particulars(particulars: Iterable[Particular]) -> Names:
    names = Names()
    for particular in particulars:
        symbol = Symbol(particular.id, particular.type, "local")
        names.add(particular.id, particular.label.zh, partial(_same, symbol))
    return names


def _same(symbol: Symbol) -> Symbol:
    return symbol


def _closure(start: set[str], onward: Mapping[str, set[str]]) -> set[str]:
    """Everything that can be reached from these steps, themselves included."""
    found = set(start)
    todo = list(start)
    while todo:
        new = onward.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return found
