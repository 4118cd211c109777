"""A second opinion: every table of a decision worked out again by forward chaining in durable-rules.

The evaluator is asked only about single conditions. What they amount to, through connectives, hit policies and flags, is found
by other means. Where the two disagree, one of them is wrong, and nothing is answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from policy_engine.decision.answer import Answer, Decision
from policy_engine.decision.request import Request
from policy_engine.errors import DisagreementError, Problem, problem
from policy_engine.evaluation.expressions import Locals
from policy_engine.evaluation.finding import Finding
from policy_engine.evaluation.single import Single
from policy_engine.expression.tree import Node
from policy_engine.forward.chaining import Chaining
from policy_engine.forward.network import Network, facts_of, network
from policy_engine.forward.opinion import Opinion
from policy_engine.model.decision import DecisionTable
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.truth import Truth
from policy_engine.values import Value

__all__ = ["SecondOpinion"]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a table comes to: its possible outcomes (of a collected list, those that are certain too), rules and flags."""

    outcomes: frozenset[str]
    certain: frozenset[str]
    rules: frozenset[str]
    gap: Truth
    conflict: Truth

    def __str__(self) -> str:
        flags = [
            f"{name}: {value}" for name, value in (("gap", self.gap), ("conflict", self.conflict)) if value is not False
        ]
        outcomes = [f"{outcome}!" if outcome in self.certain else outcome for outcome in sorted(self.outcomes)]
        return f"[{', '.join([*outcomes, *flags])}] ({', '.join(sorted(self.rules))})"


class SecondOpinion:
    """The tables of a pack as rulesets; one for each thread."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.engine = f"durable-rules {version('durable-rules')}"
        self._tables: dict[str, tuple[Network, Chaining]] = {}

    def on(self, decision: Decision, facts: Facts, request: Request) -> Opinion:
        """Agreement with a decision about these facts; raises `DisagreementError` that shows both answers."""
        run = _Noted(self.pack, facts, decision.on, request.settings, request.scenario)
        problems: list[Problem] = []
        for answer in decision.answers:
            if answer.item or self.pack.decision(answer.decision).about == facts.subject:
                problems += _evaluated(answer, run.ask(answer.decision, answer.item))
        tables = [(key, finding) for key, finding in run.findings.items() if self._table(key[0]) is not None]
        problems += [found for key, finding in tables for found in self._compare(key, finding, run)]
        if problems:
            raise DisagreementError(problems)
        return Opinion(self.engine, len(tables))

    def _table(self, decision: str) -> DecisionTable | None:
        return self.pack.decision(decision).table

    def _compare(self, key: tuple[str, str], finding: Finding, run: _Noted) -> Iterator[Problem]:
        decision, item = key
        table = self._table(decision)
        assert table is not None
        if decision not in self._tables:
            net = network(table)
            self._tables[decision] = net, Chaining(net.implications)
        net, chaining = self._tables[decision]
        truths = [(atom, run.noted[atom, item]) for atom in net.atoms if (atom, item) in run.noted]
        found = concluded(chaining.run(facts_of(net, truths)), table)
        wanted = expected(finding, table)
        if found != wanted:
            where = f"{decision} {item}".strip()
            yield problem("forward.disagrees", where=where, evaluator=wanted, other=found, engine=self.engine)


def _evaluated(answer: Answer, finding: Finding) -> Iterator[Problem]:
    """What was answered, also by the compiled pack, is what the evaluator finds."""
    given = {possible.outcome for possible in answer.possible}, answer.gap, answer.conflict
    found = {outcome.value for outcome in finding.outcomes}, finding.gap, finding.conflict
    if given != found:
        where = f"{answer.decision} {answer.item}".strip()
        yield problem("forward.disagrees", where=where, evaluator=found, other=given, engine="decision")


def expected(finding: Finding, table: DecisionTable) -> Conclusion:
    """The evaluator's finding, to be compared."""
    collected = table.hit == "collect"
    return Conclusion(
        frozenset(outcome.value for outcome in finding.outcomes),
        frozenset(outcome.value for outcome in finding.outcomes if outcome.certain and collected),
        frozenset(rule.rule for rule in finding.determining),
        finding.gap,
        finding.conflict,
    )


def concluded(facts: frozenset[str], table: DecisionTable) -> Conclusion:
    """What the facts of a network say."""

    def named(kind: str) -> frozenset[str]:
        return frozenset(fact.removeprefix(kind) for fact in facts if fact.startswith(kind))

    def flag(name: str) -> Truth:
        return True if name in facts else None if f"{name}?" in facts else False

    certain = named("sure:") if table.hit == "collect" else frozenset()
    return Conclusion(named("out:"), certain, named("rule:"), flag("gap"), flag("conflict"))


class _Noted(Single):
    """The evaluator, with the truths of all conditions noted by the identity of their expressions."""

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        self.noted: dict[tuple[int, str], Truth] = {}

    def value(self, node: Node, env: Locals) -> Value:
        value = super().value(node, env)
        self.noted[id(node), self.own.path] = value if isinstance(value, bool) else None
        return value
