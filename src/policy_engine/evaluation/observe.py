"""The evaluator observed: the same evaluation, with a trace of what it looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from policy_engine.evaluation.expressions import Locals
from policy_engine.evaluation.finding import Finding
from policy_engine.evaluation.single import Single
from policy_engine.expression import tree
from policy_engine.expression.tree import Node
from policy_engine.expression.types import BOOLEAN
from policy_engine.expression.unparse import unparse
from policy_engine.model.citation import Citation
from policy_engine.model.decision import DecisionDefinition, Rule
from policy_engine.model.facts import Evidence, FactRecord
from policy_engine.model.vocabulary import Fact
from policy_engine.source import Span
from policy_engine.values import Possibly, Record, Unknown, Value

__all__ = ["TraceNode", "Traced", "cites_below"]


@dataclass(frozen=True, slots=True)
class TraceNode:
    """One thing the evaluator looked at: what it is, its value (None: not known), where the value comes from.

    `item` is the path of the member, household or village that a decision is about, where it is not the subject.

    kind: decision, rule, condition, fact, judgement, parameter, reading. `text` is the id or path (`name`), or the
    condition as an expression. `origin`: for facts the source, `supplied` or `derived`; for parameters `stated`, `assumption`,
    `settings`, `scenario` or `not stated`; for readings the option in use.
    """

    kind: str
    name: str
    value: Any = None
    origin: str = ""
    cites: tuple[Citation, ...] = ()
    children: tuple[TraceNode, ...] = ()
    item: str = ""
    node: Node | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        return unparse(self.node) if self.node is not None else self.name


_CONDITIONS = (tree.Binary, tree.Between, tree.In, tree.Logic, tree.If, tree.Quantified, tree.Call)


class Traced(Single):
    """Overrides what is looked at to note it; `trace` answers with the tree of a decision."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._open: list[list[TraceNode]] = [[]]
        self._decisions: dict[tuple[str, str], TraceNode] = {}

    def trace(self, decision: str, item: str = "") -> TraceNode:
        """The trace of a decision that has been evaluated."""
        return self._decisions[decision, item]

    @property
    def noted(self) -> tuple[TraceNode, ...]:
        """What has been looked at outside any decision."""
        return tuple(self._open[0])

    def _enter(self) -> None:
        self._open.append([])

    def _leave(
        self,
        kind: str,
        text: str,
        value: Value,
        *,
        origin: str = "",
        cites: tuple[Citation, ...] = (),
        node: Node | None = None,
    ) -> TraceNode:
        left = TraceNode(kind, text, known(value), origin, cites, tuple(self._open.pop()), node=node)
        self._open[-1].append(left)
        return left

    def decision(self, id_: str) -> Finding:
        key = id_, self.own.path
        seen = key in self.findings
        finding = super().decision(id_)
        if seen:
            self._open[-1].append(self._decisions[key])
        return finding

    def find(self, decision: DecisionDefinition) -> Finding:
        self._enter()
        finding = super().find(decision)
        left = self._leave("decision", decision.id, finding.value, cites=decision.cites)
        self._decisions[decision.id, self.own.path] = self._open[-1][-1] = replace(left, item=self.own.path)
        return finding

    def rule(self, rule: Rule) -> Value:
        self._enter()
        value = super().rule(rule)
        self._leave("rule", rule.id, value, origin=rule.then, cites=rule.cites)
        return value

    def value(self, node: Node, env: Locals) -> Value:
        if node.type != BOOLEAN or not isinstance(node, _CONDITIONS):
            return super().value(node, env)
        self._enter()
        value = super().value(node, env)
        self._leave("condition", "", value, node=node)
        return value

    def reading(self, id_: str, span: Span) -> Value:
        self._enter()
        value = super().reading(id_, span)
        self._leave("reading", id_, value, origin=self.chosen(id_), cites=(self.pack.reading(id_).reads,))
        return value

    def parameter(self, id_: str, span: Span) -> Value:
        value = super().parameter(id_, span)
        parameter = self.pack.parameter(id_)
        found = self.parameter_value(id_)
        if found is None:
            origin = "not stated"
        elif found.source == "scenario":
            origin = "scenario"
        else:
            origin = "settings" if found.source else parameter.kind
        cites = parameter.cites + (found.cites if found else ())
        self._open[-1].append(TraceNode("parameter", id_, known(value), origin, cites))
        return value

    def supplied(self, record: FactRecord, fact: Fact, span: Span) -> Value:
        self._enter()
        value = super().supplied(record, fact, span)
        if isinstance(value, Record) or (isinstance(value, tuple) and any(isinstance(item, Record) for item in value)):
            self._open[-2].extend(self._open.pop())
            return value
        path = record.below(fact.id)
        self._leave("judgement" if fact.judgement else "fact", path, value, origin=self._origin(record, fact, path))
        return value

    def evidence(self, path: str) -> Evidence | None:
        """The evidence for a fact, given for itself or for what is around it."""
        return self.whole.evidence_for(self.pack.vocabulary.stored(self.whole.subject, path, self.on.year))

    def _origin(self, record: FactRecord, fact: Fact, path: str) -> str:
        if fact.id in record:
            evidence = self.evidence(path)
            return evidence.source or "supplied" if evidence else "supplied"
        return "derived" if fact.derived_by is not None else ""


def cites_below(nodes: Iterable[TraceNode]) -> tuple[Citation, ...]:
    """All citations of some nodes and of what is below them, once each."""
    found: dict[Citation, None] = {}
    todo, seen = list(nodes), set()
    while todo:
        node = todo.pop(0)
        if id(node) not in seen:
            seen.add(id(node))
            found.update(dict.fromkeys(node.cites))
            todo += node.children
    return tuple(found)


def known(value: Value) -> Any:
    """The value, or None where it is not (wholly) known."""
    return None if isinstance(value, (Unknown, Possibly)) else value
