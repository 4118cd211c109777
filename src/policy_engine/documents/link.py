"""Forms to a pack: every name resolved, every expression typed, every citation checked, all problems in one run."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from policy_engine.documents.chains import MAX_CHAIN, MAX_LEVELS, check_chains, prerequisites_first
from policy_engine.documents.followers import without_followers
from policy_engine.documents.forms import CiteForm, DecisionForm, ReadingForm, RuleForm
from policy_engine.documents.link_benefits import link_benefits
from policy_engine.documents.link_clauses import link_clauses, link_places
from policy_engine.documents.link_parameters import link_parameters
from policy_engine.documents.link_procedures import ProcedureLinker
from policy_engine.documents.link_reactions import ReactionLinker
from policy_engine.documents.link_vocabulary import link_vocabulary
from policy_engine.documents.pack_forms import PackForms
from policy_engine.documents.reader import Word
from policy_engine.documents.requirements import named, required, requires
from policy_engine.documents.rule_checks import bare_constants, knowledge
from policy_engine.documents.scope import NO_NAMES, RESERVED, Names, entry_names, good_id, subject_names
from policy_engine.errors import Problem, problem_of
from policy_engine.expression import tree
from policy_engine.expression.check import check
from policy_engine.expression.lex import ExpressionText
from policy_engine.expression.names import Symbol, nearest
from policy_engine.expression.parse import parse
from policy_engine.expression.regions import exclusive, exhaustive
from policy_engine.expression.types import BOOLEAN, NEVER, CodeType, ListType, Option, Type, join
from policy_engine.model.citation import MAX_WORDS, Citation
from policy_engine.model.core import CORE
from policy_engine.model.decision import DecisionDefinition, DecisionTable, Rounding, Rule
from policy_engine.model.pack import Area, Pack, Window
from policy_engine.model.reading import Reading, ReadingOption
from policy_engine.model.vocabulary import SUBJECTS, record_type
from policy_engine.source import Span
from policy_engine.values import Record

__all__ = ["FORMAT", "LANGUAGE", "link"]

FORMAT = 1
"""Version of the form of pack files that this package reads."""
_MOST_PLACES = 20
LANGUAGE = 1
"""Version of the meaning of packs (docs/language.md)."""


def link(forms: PackForms) -> tuple[Pack | None, tuple[Problem, ...]]:
    """The pack, or the problems that keep it from being one; warnings may come with a pack."""
    linker = _Linker(forms)
    pack = linker.pack()
    problems = without_followers(forms.problems, linker.problems)
    errors = any(found.severity == "error" for found in problems)
    return (None if errors else pack), problems


class _Linker:
    def __init__(self, forms: PackForms) -> None:
        self.forms = forms
        self.problems: list[Problem] = []
        self.vocabulary, found = link_vocabulary(forms.vocabulary, forms.readings)
        self.problems += found
        self.parameters, found = link_parameters(forms.parameters, self.cites)
        self.problems += found
        self.linked: dict[str, Reading | DecisionDefinition | None] = {}
        self.linking: list[str] = []
        self.descended = 0
        self.words = {word.text: word for word in (*forms.readings, *forms.decisions)}
        self.names = self.scopes()

    def report(self, code: str, span: Span, **details: object) -> None:
        self.problems.append(problem_of(code, span, details))

    # ---- names

    def scopes(self) -> dict[str, Names]:
        """The names for expressions about each kind of subject, and about a member."""
        shared = Names()
        for id_, parameter in self.parameters.items():
            shared.add(id_, parameter.label.zh, _constant(Symbol(id_, parameter.type, "parameter")))
        about = {kind: Names() for kind in (*SUBJECTS, "member")}
        for word, decision in self.forms.decisions.items():
            symbol = partial(self.decision_symbol, word, decision)
            about[decision.about].add(word.text, decision.label.zh, symbol)
        readings = {kind: Names() for kind in about}
        for word, reading in self.forms.readings.items():
            readings[reading.about].add(word.text, "", partial(self.reading_symbol, word, reading))
        scopes = {
            subject: subject_names(self.vocabulary.form(subject)).joined(shared).joined(readings[subject])
            for subject in SUBJECTS
        }
        member = entry_names(self.vocabulary.form("member")).joined(readings["member"])
        whole = record_type(self.vocabulary.form("household"))
        member.add("household", "", _constant(Symbol("household", whole, "household")))
        scopes["member"] = scopes["household"].joined(about["household"]).hidden_by(member)
        return {kind: scope.joined(about[kind]).with_about(about) for kind, scope in scopes.items()}

    def check_names(self) -> None:
        """Ids of facts, parameters, readings and decisions share one space."""
        judged = {word.text for word, form in self.forms.readings.items() if _judged(form)}
        facts = {fact.id: "fact" for subject in SUBJECTS for fact in self.vocabulary.form(subject)}
        taken = {id_: kind for id_, kind in facts.items() if id_ not in judged or id_ in _core_facts()}
        taken |= dict.fromkeys(RESERVED, "engine")
        of_member = {fact.id for fact in self.vocabulary.form("member")}
        for kind, words in (
            ("parameter", self.forms.parameters),
            ("reading", self.forms.readings),
            ("decision", self.forms.decisions),
        ):
            for word in words:
                if not good_id(word.text):
                    self.report("link.bad_id", word.span, id=word)
                elif word.text in taken:
                    self.report("link.name_taken", word.span, id=word, kind=taken[word.text])
                elif kind == "decision" and self.forms.decisions[word].about == "member" and word.text in of_member:
                    self.report("link.name_taken", word.span, id=word, kind="fact")
                taken[word.text] = kind

    # ---- expressions

    def expression(
        self, text: ExpressionText, subject: str, wanted: Type | None = None, kind: str = "", local: Names = NO_NAMES
    ) -> tree.Node | None:
        """The text parsed and typed as said about a subject; `local` are names that only this expression has."""
        node, problems = parse(text)
        self.problems += problems
        if node is None:
            return None
        levels = tree.depth(node)
        self.descended += levels
        checked, problems = check(node, self.names[subject].joined(local), wanted)
        self.descended -= levels
        self.problems += problems
        self.problems += bare_constants(checked)
        if kind != "completeness":
            self.check_knowledge(checked)
        return checked

    def check_knowledge(self, node: tree.Node) -> None:
        self.problems += knowledge(node)
        for part in tree.walk(node):
            needed = required(part)
            target = next((form for word, form in self.forms.decisions.items() if word.text == needed), None)
            if target is not None and target.kind == "completeness":
                self.report("link.requires_completeness", part.span, id=needed)

    # ---- citations

    def cites(self, forms: Iterable[CiteForm]) -> tuple[Citation, ...]:
        return tuple(found for found in map(self.cite, forms) if found is not None)

    def cite(self, form: CiteForm) -> Citation | None:
        known = [word.text for word in self.forms.pack.clauses] if self.forms.pack else []
        if form.clause.text not in known:
            near = nearest(form.clause.text, known) or ", ".join(known[:12])
            self.report("link.unknown_clause", form.clause.span, clause=form.clause, near=near)
            return None
        if form.words is not None and len(form.words.text) > MAX_WORDS:
            length = len(form.words.text)
            self.report("link.words_too_long", form.words.span, length=length, limit=MAX_WORDS)
        return Citation(form.clause.text, form.words.text if form.words else "")

    # ---- readings

    def reading_symbol(self, word: Word, form: ReadingForm) -> Symbol | None:
        reading = self.on_demand(word, partial(self.reading, word, form))
        return Symbol(word.text, NEVER if reading is None else reading.type, "reading")

    def on_demand(self, word: Word, build: Any) -> Any:
        """Link a reading or decision when it is first needed; a cycle is reported once, where it closes."""
        if word.text in self.linking:
            found = self.linking[self.linking.index(word.text) :]
            at = found.index(min(found, key=list(self.words).index))
            cycle = " → ".join([*found[at:], *found[: at + 1]])
            self.report("link.cycle", self.words[found[at]].span, cycle=cycle)
            return None
        if len(self.linking) >= MAX_CHAIN:  # around a wide circle; else what is below is linked
            self.report("link.chain_too_long", word.span, limit=MAX_CHAIN)
            return None
        if self.descended > MAX_LEVELS:
            self.report("link.chain_too_deep", word.span, found=self.descended, limit=MAX_LEVELS)
            return None
        if word.text not in self.linked:
            self.linking.append(word.text)
            self.linked[word.text] = build()
            self.linking.pop()
        return self.linked[word.text]

    def reading(self, word: Word, form: ReadingForm) -> Reading:
        type_: Type = NEVER
        options: list[ReadingOption] = []
        for id_, option in form.options.items():
            if option.is_.text == "judgement":
                node: tree.Node | None = None
                option_type: Type = BOOLEAN
            else:
                node = self.expression(option.is_, form.about)
                option_type = node.typed if node is not None else NEVER
            joined = join(type_, option_type)
            if joined is None:
                self.report("link.option_type", option.span, found=option_type, wanted=type_)
            type_ = joined or type_
            options.append(ReadingOption(id_.text, option.label, node))
        if len(options) < 2:
            self.report("link.one_option", word.span, id=word)
        ids = [option.id for option in options]
        if form.default.text not in ids:
            self.report("link.unknown_option", form.default.span, found=form.default, near=", ".join(ids))
        reads = self.cite(form.reads) or Citation("")
        return Reading(word.text, reads, form.question, type_, tuple(options), form.default.text, form.why)

    # ---- decisions

    def decision_symbol(self, word: Word, form: DecisionForm) -> Symbol | None:
        if form.rules or form.outcomes:
            return Symbol(word.text, self.table_type(word, form), "decision")
        decision = self.on_demand(word, partial(self.decision, word, form))
        return Symbol(word.text, NEVER if decision is None else decision.type, "decision")

    def table_type(self, word: Word, form: DecisionForm) -> Type:
        code = CodeType(word.text, _outcomes(form))
        return ListType(code) if form.hit == "collect" else code

    def decision(self, word: Word, form: DecisionForm) -> DecisionDefinition | None:
        table_keys = form.otherwise is not None or form.hit is not None or bool(form.outcomes)
        if (form.is_ is None) == (not form.rules) or (form.is_ is not None and table_keys):
            self.report("link.expression_or_table", word.span, id=word)
            return None
        if form.is_ is not None:
            node = self.expression(form.is_, form.about, kind=form.kind or "")
            logic: tree.Node | DecisionTable | None = node
            type_ = node.typed if node is not None else NEVER
            if not form.cites:
                self.report("link.no_citation", word.span, id=word)
        else:
            logic, type_ = self.table(word, form), self.table_type(word, form)
        if logic is None:
            return None
        return DecisionDefinition(
            id=word.text,
            label=form.label,
            about=form.about,
            type=type_,
            logic=logic,
            cites=self.cites(form.cites),
            span=word.span,
            kind=form.kind or "",
            force=form.force,
            rounding=self.rounding(form),
            rows=tuple(row.text for row in form.rows),
            requires=requires(logic),
        )

    def rounding(self, form: DecisionForm) -> Rounding | None:
        if form.rounding is None:
            return None
        cites = self.cites([form.rounding.clause])
        if not 0 <= form.rounding.places <= _MOST_PLACES:
            self.report("value.bad_scale", form.span, found=form.rounding.places)
            return None
        return Rounding(form.rounding.mode, form.rounding.places, cites)

    def table(self, word: Word, form: DecisionForm) -> DecisionTable:
        if form.hit is None:
            self.report("form.missing_key", word.span, key="hit")
        self.check_outcomes(form)
        rules = [rule for rule in (self.rule(rule, form) for rule in form.rules) if rule is not None]
        twice = [rule.id for number, rule in enumerate(form.rules) if rule.id in [r.id for r in form.rules[:number]]]
        for id_ in twice:
            self.report("link.rule_twice", id_.span, id=id_)
        otherwise = form.otherwise
        if otherwise is not None and form.hit == "collect":
            self.report("link.collect_otherwise", otherwise.then.span)
        return DecisionTable(
            hit=form.hit or "first",
            outcomes=_outcomes(form),
            rules=tuple(rules),
            otherwise=otherwise.then.text if otherwise else None,
            otherwise_cites=self.cites(otherwise.cites) if otherwise else (),
            otherwise_force=otherwise.force if otherwise else "shall",
            exclusive=exclusive([rule.when for rule in rules]),
            exhaustive=exhaustive([rule.when for rule in rules]),
        )

    def check_outcomes(self, form: DecisionForm) -> None:
        known = [word.text for word in form.outcomes]
        used = [rule.then for rule in form.rules] + ([form.otherwise.then] if form.otherwise else [])
        for outcome in used:
            if outcome.text not in known:
                near = nearest(outcome.text, known) or ", ".join(known)
                self.report("link.unknown_outcome", outcome.span, found=outcome, near=near)
        for word in form.outcomes:
            if word.text not in [outcome.text for outcome in used]:
                self.report("link.outcome_never_given", word.span, found=word)

    def rule(self, form: RuleForm, decision: DecisionForm) -> Rule | None:
        when = self.expression(form.when, decision.about, BOOLEAN, decision.kind or "")
        if not form.cites:
            self.report("link.no_citation", form.id.span, id=form.id)
        if when is None:
            return None
        return Rule(form.id.text, when, form.then.text, form.force, self.cites(form.cites), form.span)

    # ---- the pack

    def pack(self) -> Pack | None:
        form = self.forms.pack
        self.link_in_order()
        self.check_names()
        self.problems += check_chains(self.forms, self.linked, self.vocabulary, self.problems)
        if form is None:
            return None
        self.check_answers(form.answers)
        if not good_id(form.pack.text):
            self.report("pack.bad_name", form.pack.span, found=form.pack)
        if form.in_force.from_ and form.in_force.to and form.in_force.to < form.in_force.from_:
            self.report("link.window_backwards", form.span)
        return Pack(
            id=form.pack.text,
            version=form.version.text,
            format=form.format,
            language=form.language,
            title=form.title,
            number=form.number.text if form.number else "",
            issuer=form.issuer.text if form.issuer else "",
            issued=form.issued,
            in_force=Window(form.in_force.from_, form.in_force.to, form.in_force.why),
            area=Area(link_places(form.area, self.vocabulary, self.problems), self.cites(form.area_cites)),
            answers=tuple(word.text for word in form.answers),
            clauses=link_clauses(form.clauses, self.problems),
            vocabulary=self.vocabulary,
            parameters=Record(self.parameters),
            readings=self.collected(self.forms.readings),
            decisions=self.collected(self.forms.decisions),
            actors=Record((word.text, label) for word, label in form.actors.items()),
            benefits=link_benefits(form.benefits, self.vocabulary, self.cites, self.problems),
            **self.procedures(),
        )

    def link_in_order(self) -> None:
        """Readings and decisions, each behind those that it requires: a long chain is not descended."""
        build: dict[str, tuple[ReadingForm | DecisionForm, Any]] = {}
        for word, reading in self.forms.readings.items():
            build[word.text] = (reading, partial(self.reading, word, reading))
        for word, decision in self.forms.decisions.items():
            build.setdefault(word.text, (decision, partial(self.decision, word, decision)))
        names = {form.label.zh: id_ for id_, (form, _) in build.items() if isinstance(form, DecisionForm)}
        names |= {id_: id_ for id_ in build}
        for id_ in prerequisites_first({id_: named(form, names) for id_, (form, _) in build.items()}):
            self.on_demand(self.words[id_], build[id_][1])

    def taken(self, subject: str, name: str) -> bool:
        return self.names[subject].find(name) is not None

    def procedures(self) -> dict[str, Any]:
        """The procedures, the duties and the reactions, by id; and the decision that colours a board."""
        actors = self.forms.pack.actors if self.forms.pack else {}
        linker = ProcedureLinker(self.expression, self.cites, self.vocabulary, self.parameters, actors, self.taken)
        procedures = {word.text: linker.procedure(word, form) for word, form in self.forms.procedures.items()}
        linked = {word.text: linker.duty(word, form) for word, form in self.forms.duties.items()}
        duties = {id_: duty for id_, duty in linked.items() if duty is not None}
        decisions = {id_: found for id_, found in self.linked.items() if isinstance(found, DecisionDefinition)}
        reacting = ReactionLinker(linker, decisions, procedures, duties)
        found = [reacting.reaction(word, form) for word, form in self.forms.reactions.items()]
        colour = reacting.colour(self.forms.pack.colour) if self.forms.pack and self.forms.pack.colour else ""
        self.problems += linker.problems
        reactions = Record((reaction.id, reaction) for reaction in found if reaction is not None)
        return {"procedures": Record(procedures), "duties": Record(duties), "reactions": reactions, "colour": colour}

    def collected(self, words: Iterable[Word]) -> Record:
        """What was linked under these words, in their order."""
        return Record((word.text, self.linked[word.text]) for word in words if self.linked.get(word.text))

    def check_answers(self, answers: Iterable[Word]) -> None:
        known = [word.text for word in self.forms.decisions]
        for word in answers:
            if word.text not in known:
                near = nearest(word.text, known)
                self.report("link.unknown_decision", word.span, found=word, near=near)


def _judged(form: ReadingForm) -> bool:
    return any(option.is_.text == "judgement" for option in form.options.values())


def _core_facts() -> set[str]:
    return {fact.id for subject in SUBJECTS for fact in CORE.form(subject)}


def _constant(symbol: Symbol) -> Any:
    return lambda: symbol


def _outcomes(form: DecisionForm) -> tuple[Option, ...]:
    return tuple(Option(word.text, label.zh, label.en) for word, label in form.outcomes.items())
