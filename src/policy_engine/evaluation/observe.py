"""The evaluator observed: the same evaluation, with a trace of what it looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from policy_engine.evaluation.expressions import Locals
from policy_engine.evaluation.finding import Finding
from policy_engine.evaluation.operations import is_open
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
from policy_engine.values import Record, Value

__all__ = ["TraceNode", "Traced", "cites_below", "facts_below", "walk"]


class TraceNode(NamedTuple):
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
    node: Node | None = None

    @property
    def text(self) -> str:
        return unparse(self.node) if self.node is not None else self.name


_CONDITIONS = {tree.Binary, tree.Between, tree.In, tree.Logic, tree.If, tree.Quantified, tree.Call}


class Traced(Single):
    """Overrides what is looked at to note it; `trace` answers with the tree of a decision."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.noted: list[TraceNode] = []
        self._decisions: dict[tuple[str, str], TraceNode] = {}
        self._supplied: dict[tuple[str, str], TraceNode] = {}

    def trace(self, decision: str, item: str = "") -> TraceNode:
        """The trace of a decision that has been evaluated."""
        return self._decisions[decision, item]

    def _enter(self) -> list[TraceNode]:
        """Begin to note what stands below; answers with what has been noted around it."""
        around, self.noted = self.noted, []
        return around

    def _below(self, around: list[TraceNode]) -> tuple[TraceNode, ...]:
        """What has been noted since; what follows stands beside it."""
        below, self.noted = tuple(self.noted), around
        return below

    def decision(self, id_: str) -> Finding:
        key = id_, self.own.path
        seen = key in self.findings
        finding = super().decision(id_)
        if seen:
            self.noted.append(self._decisions[key])
        return finding

    def find(self, decision: DecisionDefinition) -> Finding:
        around = self._enter()
        finding = super().find(decision)
        value, item = known(finding.value), self.own.path
        node = TraceNode("decision", decision.id, value, "", decision.cites, self._below(around), item)
        self._decisions[decision.id, item] = node
        around.append(node)
        return finding

    def rule(self, rule: Rule) -> Value:
        around = self._enter()
        value = super().rule(rule)
        around.append(TraceNode("rule", rule.id, known(value), rule.then, rule.cites, self._below(around)))
        return value

    def value(self, node: Node, env: Locals) -> Value:
        if type(node) not in _CONDITIONS or node.type != BOOLEAN:
            return super().value(node, env)
        around, self.noted = self.noted, []
        value = super().value(node, env)
        around.append(TraceNode("condition", "", known(value), "", (), tuple(self.noted), "", node))
        self.noted = around
        return value

    def reading(self, id_: str, span: Span) -> Value:
        around = self._enter()
        value = super().reading(id_, span)
        chosen, cites = self.chosen(id_), (self.pack.reading(id_).reads,)
        around.append(TraceNode("reading", id_, known(value), chosen, cites, self._below(around)))
        return value

    def parameter(self, id_: str, span: Span) -> Value:
        value = super().parameter(id_, span)
        parameter = self.pack.parameter(id_)
        found = self.parameter_value(id_)
        cites = parameter.cites + (found.cites if found else ())
        self.noted.append(TraceNode("parameter", id_, known(value), self.parameter_origin(id_), cites))
        return value

    def supplied(self, record: FactRecord, fact: Fact, span: Span) -> Value:
        key = record.path, fact.id
        if key in self._supplied:
            node = self._supplied[key]
            self.noted.append(node)
            return node.value
        around = self._enter()
        value = super().supplied(record, fact, span)
        below = self._below(around)
        if isinstance(value, Record) or (type(value) is tuple and any(isinstance(item, Record) for item in value)):
            around.extend(below)
            return value
        path = record.below(fact.id)
        kind = "judgement" if fact.judgement else "fact"
        node = TraceNode(kind, path, known(value), self._origin(record, fact, path), (), below)
        around.append(node)
        if fact.id in record and node.value is not None:
            self._supplied[key] = node
        return value

    def evidence(self, path: str) -> Evidence | None:
        """The evidence for a fact, given for itself or for what is around it."""
        return self.whole.evidence_for(self.pack.vocabulary.stored(self.whole.subject, path, self.on.year))

    def _origin(self, record: FactRecord, fact: Fact, path: str) -> str:
        if fact.id in record:
            evidence = self.evidence(path)
            return evidence.source or "supplied" if evidence else "supplied"
        return "derived" if fact.derived_by is not None else ""


def walk(roots: Iterable[TraceNode]) -> Iterator[TraceNode]:
    """Some nodes and everything below them, in the order of the trace: each once, however often it was looked at."""
    roots = tuple(roots)
    todo, seen = list(roots[::-1]), set()
    while todo:
        node = todo.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            todo += node.children[::-1]


def facts_below(roots: Iterable[TraceNode]) -> dict[str, Any]:
    """The facts that were asked for themselves, not worked out from others: by path, their values (None: not known)."""
    return {node.name: node.value for node in walk(roots) if node.kind in _ASKED and not node.children}


_ASKED = ("fact", "judgement")


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
    return None if is_open(value) else value
