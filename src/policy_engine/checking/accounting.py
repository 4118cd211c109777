"""Clause accounting: what became of each clause of a document, and what stands without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policy_engine.errors import Problem, problem
from policy_engine.expression import tree
from policy_engine.expression.tree import Node
from policy_engine.expression.types import ListType, RecordType
from policy_engine.model.citation import Citation, Clause
from policy_engine.model.decision import DecisionDefinition
from policy_engine.model.pack import Pack
from policy_engine.model.vocabulary import SUBJECTS

__all__ = ["ClauseAccount", "account", "all_citations", "citations", "unaccounted"]


@dataclass(frozen=True, slots=True)
class ClauseAccount:
    """A clause, and what rests on it: (kind, id) of parameters, readings, decisions and so on, and of the area.

    `facts` are those that these ask for, by the form they belong to and their id.
    """

    clause: Clause
    used_by: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def encoded(self) -> bool:
        return bool(self.used_by)


@dataclass(frozen=True, slots=True)
class _Use:
    """A part of a pack that cites clauses; `logic` are its expressions, `about` the kind of subject where it is certain."""

    kind: str
    id: str
    cites: tuple[Citation, ...]
    logic: tuple[Node, ...] = ()
    about: str = ""


def account(pack: Pack) -> tuple[ClauseAccount, ...]:
    """Every clause of the pack, in the document's order, with what rests on it."""
    used: dict[str, dict[tuple[str, str], None]] = {number: {} for number in pack.clauses}
    asked: dict[str, dict[tuple[str, str], None]] = {number: {} for number in pack.clauses}
    for use in _uses(pack):
        facts = dict.fromkeys(_asked(use, pack))
        for number in {cite.clause for cite in use.cites} & used.keys():
            used[number][use.kind, use.id] = None
            asked[number].update(facts)
    return tuple(ClauseAccount(pack.clause(number), tuple(used[number]), tuple(asked[number])) for number in used)


def unaccounted(pack: Pack) -> tuple[Problem, ...]:
    """A clause that nothing rests on and that is not set aside; and one that is both."""
    problems = []
    for found in account(pack):
        if not found.encoded and not found.clause.set_aside:
            problems.append(problem("clause.unaccounted", where=pack.id, clause=found.clause.number))
        elif found.encoded and found.clause.set_aside:
            by = ", ".join(id_ for _, id_ in found.used_by)
            problems.append(problem("clause.set_aside_and_used", where=pack.id, clause=found.clause.number, by=by))
    return tuple(problems)


def citations(pack: Pack) -> dict[str, tuple[str, ...]]:
    """The words cited from each clause, once each, in order."""
    found: dict[str, list[str]] = {}
    for cite in all_citations(pack):
        if cite.words:
            found.setdefault(cite.clause, []).append(cite.words)
    return {clause: tuple(words) for clause, words in found.items()}


def all_citations(pack: Pack) -> tuple[Citation, ...]:
    """Every citation of the pack, once each, in order."""
    return tuple(dict.fromkeys(cite for use in _uses(pack) for cite in use.cites))


def _uses(pack: Pack) -> Iterator[_Use]:
    """Every part of the pack that rests on clauses. A new kind of part is counted from here on."""
    yield _Use("area", pack.id, pack.area.cites)
    if pack.benefits is not None:
        yield _Use("benefits", pack.id, pack.benefits.cites)
    for parameter in pack.parameters.values():
        yield _Use(
            "parameter", parameter.id, (*parameter.cites, *(c for value in parameter.values for c in value.cites))
        )
    for reading in pack.readings.values():
        logic = tuple(option.expression for option in reading.options if option.expression is not None)
        yield _Use("reading", reading.id, (reading.reads,), logic)
    for decision in pack.decisions.values():
        yield from _of_decision(decision)
    for procedure in pack.procedures.values():
        for id_, cites in procedure.cited():
            logic = tuple(procedure.conditions()) if id_ == procedure.id else ()
            yield _Use("procedure", id_, cites, logic, procedure.about)
    for duty in pack.duties.values():
        yield _Use("duty", duty.id, duty.cites, tuple(duty.conditions()), duty.about)
    for reaction in pack.reactions.values():
        yield _Use("reaction", reaction.id, reaction.cited(), tuple(reaction.conditions()), reaction.about)


def _of_decision(decision: DecisionDefinition) -> Iterator[_Use]:
    rounding = decision.rounding.cites if decision.rounding is not None else ()
    if decision.table is None:
        assert isinstance(decision.logic, Node)
        yield _Use("decision", decision.id, (*decision.cites, *rounding), (decision.logic,), decision.about)
        return
    yield _Use("decision", decision.id, (*decision.cites, *rounding))
    for rule in decision.table.rules:
        yield _Use("rule", f"{decision.id}.{rule.id}", rule.cites, (rule.when,), decision.about)
    yield _Use("rule", f"{decision.id}.otherwise", decision.table.otherwise_cites)


def _asked(use: _Use, pack: Pack) -> Iterator[tuple[str, str]]:
    """The facts that a part asks for, by form and id; records and lists of records only by what is asked of them."""
    forms = (use.about,) if use.about else SUBJECTS
    if use.kind == "reading" and any(option.expression is None for option in pack.reading(use.id).options):
        yield from _fact(pack, (*SUBJECTS, "member"), use.id)
    for node in (node for root in use.logic for node in tree.walk(root)):
        if isinstance(node, tree.Name) and node.kind in ("fact", "own"):
            yield from _fact(pack, ("member",) if node.kind == "own" else forms, node.id)
        elif isinstance(node, tree.Path):
            target = node.target.typed
            item = target.item if isinstance(target, ListType) else target
            yield from _fact(pack, (item.name,) if isinstance(item, RecordType) and item.name else (), node.entry)


def _fact(pack: Pack, forms: tuple[str, ...], id_: str) -> Iterator[tuple[str, str]]:
    """The fact of this id in the first of the forms that has it."""
    found = next(((form, fact) for form in forms if (fact := pack.vocabulary.form(form).find(id_)) is not None), None)
    if found is not None and not isinstance(getattr(found[1].type, "item", found[1].type), RecordType):
        yield found[0], found[1].id
