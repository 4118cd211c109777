"""Clause accounting: what became of each clause of a document, and what stands without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policy_engine.errors import Problem, problem
from policy_engine.model.citation import Citation, Clause
from policy_engine.model.pack import Pack

__all__ = ["ClauseAccount", "account", "citations", "unaccounted"]


@dataclass(frozen=True, slots=True)
class ClauseAccount:
    """A clause, and what rests on it: (kind, id) of parameters, readings, decisions, rules, procedures, duties; `area`."""

    clause: Clause
    used_by: tuple[tuple[str, str], ...]

    @property
    def encoded(self) -> bool:
        return bool(self.used_by)


def account(pack: Pack) -> tuple[ClauseAccount, ...]:
    """Every clause of the pack, in the document's order, with what rests on it."""
    used: dict[str, list[tuple[str, str]]] = {number: [] for number in pack.clauses}
    for kind, id_, cites in _uses(pack):
        for cite in cites:
            if cite.clause in used and (kind, id_) not in used[cite.clause]:
                used[cite.clause].append((kind, id_))
    return tuple(ClauseAccount(pack.clause(number), tuple(found)) for number, found in used.items())


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
    for _, _, cites in _uses(pack):
        for cite in cites:
            if cite.words and cite.words not in found.setdefault(cite.clause, []):
                found[cite.clause].append(cite.words)
    return {clause: tuple(words) for clause, words in found.items()}


def _uses(pack: Pack) -> Iterator[tuple[str, str, Iterable[Citation]]]:
    yield "area", pack.id, pack.area.cites
    for parameter in pack.parameters.values():
        yield "parameter", parameter.id, (*parameter.cites, *(c for value in parameter.values for c in value.cites))
    for reading in pack.readings.values():
        yield "reading", reading.id, (reading.reads,)
    for decision in pack.decisions.values():
        yield "decision", decision.id, decision.cites
        if decision.rounding is not None:
            yield "decision", decision.id, decision.rounding.cites
        if decision.table is not None:
            for rule in decision.table.rules:
                yield "rule", f"{decision.id}.{rule.id}", rule.cites
            yield "rule", f"{decision.id}.otherwise", decision.table.otherwise_cites
    for procedure in pack.procedures.values():
        for id_, cites in procedure.cited():
            yield "procedure", id_, cites
    for duty in pack.duties.values():
        yield "duty", duty.id, duty.cites
