"""Two packs, or two versions of one, told apart: what of the document, its figures, readings, rules and facts differs.

Packs are compared as they are linked, so that layout and comments make no difference. Parts are matched by their ids, and
clauses by their text first, then by their numbers: a clause that has only been renumbered is told as that, and citations
of it are the same citations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from policy_engine.checking.accounting import account
from policy_engine.checking.difference_procedures import changed_parts
from policy_engine.checking.matching import Days, by_days, clause_pairs, lost_and_new, pairs, renumbered
from policy_engine.expression import tree
from policy_engine.expression.types import CodeType, ListType, Option, Type
from policy_engine.model.canonical import plain
from policy_engine.model.citation import Citation, Clause
from policy_engine.model.decision import DecisionDefinition, DecisionTable, Rule
from policy_engine.model.label import Label
from policy_engine.model.pack import Pack
from policy_engine.model.parameter import Parameter
from policy_engine.model.reading import Reading
from policy_engine.model.vocabulary import Fact

__all__ = ["SECTIONS", "Change", "Difference", "Section", "difference"]

Section: TypeAlias = Literal[
    "document", "clauses", "parameters", "readings", "decisions", "procedures", "duties", "reactions", "vocabulary"
]
_Options: TypeAlias = Mapping[str, Option]
SECTIONS: tuple[Section, ...] = (
    "document",
    "clauses",
    "parameters",
    "readings",
    "decisions",
    "procedures",
    "duties",
    "reactions",
    "vocabulary",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    `what` it is about: document, clause, parameter, reading, option, decision, outcome, rule, fact or code. `part` is its
    id: `2.1`, `range_line`, `inside_range.judged`, `monitoring.include`, `household.remote`. kind: added, removed, changed.
    `aspect` says what of it has changed (`value`, `when`, …); empty where the whole part was added or removed. `before` and
    `after` are parts of the packs; None where there is none. `days` are those for which a parameter's value differs, both
    included, None open.
    """

    section: Section
    what: str
    part: str
    label: Label
    kind: Literal["added", "removed", "changed"]
    aspect: str
    before: Any
    after: Any
    clauses: tuple[str, ...] = ()
    days: Days | None = None
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything in which two packs differ, in the order of the sections."""

    old: Pack
    new: Pack
    changes: tuple[Change, ...]

    @property
    def same(self) -> bool:
        return not self.changes


def difference(old: Pack, new: Pack) -> Difference:
    """Tell two packs apart. A pure function: the same packs give the same difference."""
    return Difference(old, new, tuple(_Comparison(old, new).changes()))


@dataclass(frozen=True, slots=True)
class _Part:
    """What a change is about."""

    section: Section
    what: str
    id: str
    label: Label
    clauses: tuple[str, ...] = ()

    def change(self, aspect: str, before: Any, after: Any, **more: Any) -> Change:
        return Change(
            self.section, self.what, self.id, self.label, "changed", aspect, before, after, self.clauses, **more
        )

    def whole(self, before: Any, after: Any) -> Change:
        kind: Literal["added", "removed"] = "added" if before is None else "removed"
        return Change(self.section, self.what, self.id, self.label, kind, "", before, after, self.clauses)

    def below(self, what: str, id_: str, label: Label, clauses: tuple[str, ...] | None = None) -> _Part:
        """A part of this part: a rule, an outcome, an option."""
        zh = f"{self.label.in_('zh')}：{label.in_('zh') or id_}"
        en = f"{self.label.in_('en')}: {label.in_('en') or id_}"
        found = self.clauses if clauses is None else clauses
        return _Part(self.section, what, f"{self.id}.{id_}", Label(zh, en), found)


class _Comparison:
    def __init__(self, old: Pack, new: Pack) -> None:
        self.old, self.new = old, new
        self.renumbered = renumbered(old.clauses, new.clauses)
        self.asked = _asked(old) | _asked(new)

    def changes(self) -> Iterator[Change]:
        yield from self.document()
        yield from self.clauses()
        for _, one, other in pairs(self.old.parameters, self.new.parameters):
            yield from self.parameter(one, other)
        for _, one, other in pairs(self.old.readings, self.new.readings):
            yield from self.reading(one, other)
        for _, one, other in pairs(self.old.decisions, self.new.decisions):
            yield from self.decision(one, other)
        yield from self.procedures()
        yield from self.vocabulary()

    def procedures(self) -> Iterator[Change]:
        """Procedures, duties and reactions, part by part."""
        for one, other in changed_parts(self.old, self.new):
            part = other or one
            assert part is not None
            kind: Literal["added", "removed", "changed"] = (
                "added" if one is None else "removed" if other is None else "changed"
            )
            before, after = (found.says if found else None for found in (one, other))
            aspect = "definition" if kind == "changed" else ""
            yield Change(part.section, "part", part.id, part.label, kind, aspect, before, after, part.clauses)

    def attributes(self, part: _Part, one: Any, other: Any, names: str) -> Iterator[Change]:
        """The attributes of these names that differ."""
        for name in names.split():
            yield from self.aspect(part, name, getattr(one, name), getattr(other, name))

    def aspect(self, part: _Part, name: str, before: Any, after: Any) -> Iterator[Change]:
        before = self.same_clauses(before)
        if plain(before) != plain(after):
            yield part.change(name, before, after)

    def same_clauses(self, value: Any) -> Any:
        """Citations under the new numbers of clauses that were only renumbered."""
        if isinstance(value, Citation):
            return replace(value, clause=self.renumbered.get(value.clause, value.clause))
        if isinstance(value, tuple):
            return tuple(map(self.same_clauses, value))
        return value

    # ---- the document

    def document(self) -> Iterator[Change]:
        part = _Part("document", "document", "", Label())
        one, other = self.old, self.new
        yield from self.attributes(part, one, other, "id version format language title number issuer issued colour")
        part = replace(part, id="in_force")
        yield from self.attributes(part, one.in_force, other.in_force, "from_ to why")
        part = replace(part, id="area", clauses=_numbers(other.area.cites or one.area.cites))
        yield from self.attributes(part, one.area, other.area, "places cites")
        yield from self.aspect(replace(part, id="answers", clauses=()), "answers", one.answers, other.answers)
        listed = other.benefits or one.benefits
        part = replace(part, id="benefits", clauses=_numbers(listed.cites) if listed is not None else ())
        yield from self.aspect(part, "benefits", one.benefits, other.benefits)

    def clauses(self) -> Iterator[Change]:
        for one, other in clause_pairs(self.old.clauses, self.new.clauses):
            clause = other or one
            assert clause is not None
            part = _Part("clauses", "clause", clause.number, clause.about, (clause.number,))
            if one is None or other is None:
                yield part.whole(one, other)
                continue
            yield from self.attributes(part, one, other, "number about set_aside")
            lost, new = lost_and_new(one, other)
            if one.sentences and other.sentences and (lost or new):
                yield part.change("text", lost, new)
            else:
                yield from self.aspect(part, "hashes", _hashes(one), _hashes(other))

    # ---- figures and readings

    def parameter(self, one: Parameter | None, other: Parameter | None) -> Iterator[Change]:
        found = other or one
        assert found is not None
        clauses = _numbers(_cites(found)) or _relying(self.new, found.id) or _relying(self.old, found.id)
        part = _Part("parameters", "parameter", found.id, found.label, clauses)
        if one is None or other is None:
            yield replace(part.whole(one, other), type=found.type)
            return
        yield from self.attributes(part, one, other, "label kind")
        yield from self.aspect(part, "type", str(one.type), str(other.type))
        for days, before, after in by_days(one.values, other.values):
            yield part.change("value", before, after, days=days, type=other.type)
        yield from self.aspect(part, "cites", *(_ordered(self.same_clauses(_cites(each))) for each in (one, other)))

    def reading(self, one: Reading | None, other: Reading | None) -> Iterator[Change]:
        found = other or one
        assert found is not None
        words = Label(found.reads.words, found.question.en) if found.reads.words else found.question
        part = _Part("readings", "reading", found.id, words, (found.reads.clause,))
        if one is None or other is None:
            yield part.whole(one, other)
            return
        yield from self.attributes(part, one, other, "reads question")
        yield from self.aspect(part, "type", str(one.type), str(other.type))
        yield from self.attributes(part, one, other, "default why")
        for id_, option, another in pairs(_by_id(one.options), _by_id(other.options)):
            below = part.below("option", id_, (another or option).label)
            if option is None or another is None:
                yield below.whole(option, another)
            else:
                yield from self.attributes(below, option, another, "label expression")

    # ---- decisions

    def decision(self, one: DecisionDefinition | None, other: DecisionDefinition | None) -> Iterator[Change]:
        found = other or one
        assert found is not None
        part = _Part("decisions", "decision", found.id, found.label, _clauses_of(found))
        if one is None or other is None:
            yield part.whole(one, other)
            return
        yield from self.attributes(part, one, other, "label about kind force rounding cites rows")
        if one.table is None or other.table is None:
            yield from self.aspect(part, "logic", one.logic, other.logic)
        else:
            yield from self.table(part, one.table, other.table)

    def table(self, part: _Part, one: DecisionTable, other: DecisionTable) -> Iterator[Change]:
        yield from self.attributes(part, one, other, "hit")
        if other.hit == "first":
            kept = {rule.id for rule in one.rules} & {rule.id for rule in other.rules}
            yield from self.aspect(part, "order", *(_order(table, kept) for table in (one, other)))
        options, others = _by_id(one.outcomes), _by_id(other.outcomes)
        given = [each.get(table.otherwise or "") for each, table in ((options, one), (others, other))]
        if (given[0] and given[0].id) != (given[1] and given[1].id):
            yield part.change("otherwise", *given)
        if None not in given:
            yield from self.attributes(part, one, other, "otherwise_force otherwise_cites")
        yield from self.codes(part, "outcome", options, others)
        for _, rule, changed in pairs(_by_id(one.rules), _by_id(other.rules)):
            yield from self.rule(part, rule, changed, options, others)

    def codes(self, part: _Part, what: str, options: _Options, others: _Options) -> Iterator[Change]:
        """Outcomes of a table, or codes of a fact."""
        for id_, option, another in pairs(options, others):
            below = part.below(what, id_, _label(another or option))
            if option is None or another is None:
                yield below.whole(option, another)
            else:
                yield from self.aspect(below, "label", _label(option), _label(another))

    def rule(
        self, part: _Part, one: Rule | None, other: Rule | None, options: _Options, others: _Options
    ) -> Iterator[Change]:
        found, known = (other, others) if other is not None else (one, options)
        assert found is not None
        below = part.below("rule", found.id, _label(known[found.then]), _numbers(found.cites))
        if one is None or other is None:
            yield below.whole(one, other)
            return
        yield from self.attributes(below, one, other, "when")
        if one.then != other.then:
            yield below.change("then", options[one.then], others[other.then])
        yield from self.attributes(below, one, other, "force cites")

    # ---- facts

    def vocabulary(self) -> Iterator[Change]:
        for form, another in zip(self.old.vocabulary.forms, self.new.vocabulary.forms, strict=True):
            for id_, one, other in pairs(_by_id(form.facts), _by_id(another.facts)):
                if not self.of_reading(id_, one, other):
                    label = (other or one).label
                    part = _Part("vocabulary", "form", form.id, form.label, self.asked.get((form.id, id_), ()))
                    yield from self.fact(part.below("fact", id_, label), one, other)

    def of_reading(self, id_: str, one: Fact | None, other: Fact | None) -> bool:
        """Is this the judgement of a reading, and told with the reading?"""
        within = id_ in self.old.readings, id_ in self.new.readings
        return any(within) and (not all(within) or (one is not None and other is not None))

    def fact(self, part: _Part, one: Fact | None, other: Fact | None) -> Iterator[Change]:
        if one is None or other is None:
            yield part.whole(one, other)
            return
        yield from self.attributes(part, one, other, "label")
        yield from self.aspect(part, "type", _kind(one.type), _kind(other.type))
        yield from self.codes(part, "code", _options(one.type), _options(other.type))
        yield from self.attributes(part, one, other, "question note judgement personal changeable by_year events")
        yield from self.attributes(part, one, other, "derived_by applies_when otherwise_is")


def _by_id(parts: Iterable[Any]) -> dict[str, Any]:
    return {part.id: part for part in parts}


def _numbers(cites: Iterable[Citation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cite.clause for cite in cites))


def _ordered(cites: Iterable[Citation]) -> tuple[Citation, ...]:
    """Citations once each; their order says nothing."""
    return tuple(sorted(set(cites), key=lambda cite: (cite.clause, cite.words)))


def _cites(parameter: Parameter) -> tuple[Citation, ...]:
    return (*parameter.cites, *(cite for value in parameter.values for cite in value.cites))


def _relying(pack: Pack, parameter: str) -> tuple[str, ...]:
    """The clauses of the readings that an assumption stands in."""
    return tuple(
        dict.fromkeys(
            reading.reads.clause
            for reading in pack.readings.values()
            for option in reading.options
            for node in (tree.walk(option.expression) if option.expression is not None else ())
            if isinstance(node, tree.Name) and node.id == parameter
        )
    )


def _clauses_of(decision: DecisionDefinition) -> tuple[str, ...]:
    """The clauses that a decision cites, itself or in its rules."""
    table = decision.table
    rules = () if table is None else (*(cite for rule in table.rules for cite in rule.cites), *table.otherwise_cites)
    return _numbers((*decision.cites, *rules))


def _hashes(clause: Clause) -> str:
    return " ".join((clause.sha256[:16], *map(str, clause.sentences)))


def _label(option: Option) -> Label:
    return Label(option.zh, option.en)


def _order(table: DecisionTable, kept: set[str]) -> tuple[str, ...]:
    return tuple(rule.id for rule in table.rules if rule.id in kept)


def _kind(type_: Type) -> str:
    """The kind of a fact; the codes of a list of codes are parts of their own."""
    if isinstance(type_, ListType):
        return f"list of {_kind(type_.item)}"
    return "code" if isinstance(type_, CodeType) else str(type_)


def _options(type_: Type) -> dict[str, Option]:
    item = type_.item if isinstance(type_, ListType) else type_
    return _by_id(item.options) if isinstance(item, CodeType) else {}


def _asked(pack: Pack) -> dict[tuple[str, str], tuple[str, ...]]:
    """For each fact, by its form and id, the clauses whose rules ask for it."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for item in account(pack):
        for fact in item.facts:
            found[fact] = (*found.get(fact, ()), item.clause.number)
    return found
