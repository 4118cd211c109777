"""A decision table as forward chaining: rules that conclude from facts that are there, never from facts that are not.

Three values need no negation when each condition has four rails: it holds for certain (`T`), may hold (`P`), fails for certain
(`F`), may fail (`Q`). Kleene's connectives and DMN's hit policies then are conjunctions and alternatives alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal, NamedTuple, TypeAlias

from policy_engine.expression import tree
from policy_engine.expression.tree import Node
from policy_engine.model.decision import DecisionTable
from policy_engine.truth import Truth

__all__ = ["Implication", "Network", "facts_of", "network", "rails"]

Rail: TypeAlias = Literal["T", "P", "F", "Q"]

_OPPOSITE: dict[Rail, Rail] = {"T": "F", "F": "T", "P": "Q", "Q": "P"}
_ALL_OF: dict[str, tuple[Rail, ...]] = {"and": ("T", "P"), "or": ("F", "Q")}
"""Rails on which a connective is a conjunction of its operands; on the others it is an alternative."""

START = "start"
"""A fact that is always there."""


class Implication(NamedTuple):
    """From one or two facts, another."""

    given: tuple[str, ...]
    then: str


def rails(truth: Truth) -> tuple[Rail, Rail]:
    """Where a truth stands; None is unknown."""
    return ("P", "Q") if truth is None else ("T", "P") if truth else ("F", "Q")


@dataclass
class Network:
    """The implications of one table.

    `atoms` are the single conditions, by the identity of their expressions: what the evaluator is asked for. Conclusions
    are `rule:ID` (it is among the determining), `out:X`, `sure:X` (collected for certain), `gap`, `no gap…` and
    `conflict` with `?` where merely possible.
    """

    implications: dict[Implication, None] = field(default_factory=dict)
    atoms: dict[int, tuple[str, Node]] = field(default_factory=dict)
    _built: set[tuple[str, Rail]] = field(default_factory=set)
    _names: dict[int, str] = field(default_factory=dict)

    def imply(self, then: str, *given: str) -> None:
        self.implications[Implication(given, then)] = None

    def all_of(self, then: str, given: Iterable[str]) -> None:
        """A conjunction of any length, two facts at a time."""
        reached = START
        facts = list(given)
        for number, fact in enumerate(facts):
            step = then if number == len(facts) - 1 else f"{then}/{number}"
            self.imply(step, reached, fact)
            reached = step
        if not facts:
            self.imply(then, START)

    def condition(self, node: Node, rail: Rail) -> str:
        """The fact that a condition stands on a rail; its implications are made when first asked for."""
        if isinstance(node, tree.Call) and node.function == "not":
            return self.condition(node.arguments[0], _OPPOSITE[rail])
        name = self._names.setdefault(id(node), f"c{len(self._names)}")
        fact = f"{name}{rail}"
        if not isinstance(node, tree.Logic):
            self.atoms[id(node)] = name, node
        elif (name, rail) not in self._built:
            self._built.add((name, rail))
            operands = [self.condition(operand, rail) for operand in node.operands]
            if rail in _ALL_OF[node.op]:
                self.all_of(fact, operands)
            else:
                for operand in operands:
                    self.imply(fact, operand)
        return fact


def network(table: DecisionTable) -> Network:
    """The table's conditions and its hit policy."""
    net = Network()
    if table.hit == "collect":
        _collect(net, table)
    elif table.hit == "first":
        _first(net, table)
    else:
        _single(net, table)
    return net


def _collect(net: Network, table: DecisionTable) -> None:
    for rule in table.rules:
        net.imply(f"sure:{rule.then}", net.condition(rule.when, "T"))
        for then in (f"out:{rule.then}", f"rule:{rule.id}"):
            net.imply(then, net.condition(rule.when, "P"))


def _first(net: Network, table: DecisionTable) -> None:
    """A rule is reached where every rule before it may fail."""
    reached = START
    for number, rule in enumerate(table.rules):
        live = f"live{number}"
        net.imply(live, reached, net.condition(rule.when, "P"))
        for then in (f"out:{rule.then}", f"rule:{rule.id}"):
            net.imply(then, live)
        net.imply(f"reached{number + 1}", reached, net.condition(rule.when, "Q"))
        reached = f"reached{number + 1}"
    _through(net, table, reached)


def _single(net: Network, table: DecisionTable) -> None:
    """`unique` and `any`: a rule that holds leaves no other outcome but its own, only a conflict."""
    net.all_of("open", (net.condition(rule.when, "Q") for rule in table.rules))
    for rule in table.rules:
        net.imply(f"out:{rule.then}", net.condition(rule.when, "T"))
        net.imply(f"out:{rule.then}", "open", net.condition(rule.when, "P"))
        net.imply(f"rule:{rule.id}", net.condition(rule.when, "P"))
    for (one, first), (other, second) in combinations(enumerate(table.rules), 2):
        if first.then != second.then and (one, other) not in table.exclusive:
            net.imply("conflict", net.condition(first.when, "T"), net.condition(second.when, "T"))
            net.imply("conflict?", net.condition(first.when, "P"), net.condition(second.when, "P"))
    _through(net, table, "open")


def _through(net: Network, table: DecisionTable, reached: str) -> None:
    """Past the last rule, unless some rule always holds: the `otherwise`, or a gap."""
    net.all_of("none", (net.condition(rule.when, "F") for rule in table.rules))
    past = "none" if table.exhaustive else reached
    if table.otherwise is not None:
        net.imply(f"out:{table.otherwise}", past)
        return
    net.imply("gap?", past)
    net.imply("gap", "none")


def facts_of(net: Network, truths: Iterable[tuple[int, Truth]]) -> Iterator[str]:
    """The facts that the truths of single conditions amount to."""
    yield START
    for identity, truth in truths:
        name, _ = net.atoms[identity]
        yield from (f"{name}{rail}" for rail in rails(truth))
