"""Decision tables in three values: the truths of the rules' conditions to a finding (DMN 1.5, 8.2.8; `docs/language.md`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from policy_engine.evaluation.finding import Finding, Outcome, RuleFinding
from policy_engine.model.decision import DecisionTable
from policy_engine.truth import Truth
from policy_engine.values import Possibly, Unknown, Value

__all__ = ["evaluate_table"]


def evaluate_table(decision: str, table: DecisionTable, truths: Iterable[Value]) -> Finding:
    """The finding for a table; `truths` are the values of the rules' conditions, asked for only as far as needed."""
    if table.hit == "collect":
        return _collect(decision, table, tuple(truths))
    if table.hit == "first":
        return _first(decision, table, truths)
    return _single(decision, table, tuple(truths))


def _live(table: DecisionTable, truths: Iterable[Value]) -> Iterator[tuple[int, RuleFinding]]:
    """The rules that are not false, with their positions."""
    for position, (rule, holds) in enumerate(zip(table.rules, truths, strict=False)):
        if holds is not False:
            yield position, RuleFinding(rule.id, rule.then, holds)


def _first(decision: str, table: DecisionTable, truths: Iterable[Value]) -> Finding:
    found: list[RuleFinding] = []
    settled = False
    for _, rule in _live(table, truths):
        found.append(rule)
        if rule.holds is True:
            settled = True
            break
    return _finding(decision, table, tuple(found), settled=settled, conflict=False)


def _single(decision: str, table: DecisionTable, truths: tuple[Value, ...]) -> Finding:
    """`unique` and `any`: a rule that holds leaves no other outcome, only a conflict with it."""
    live = list(_live(table, truths))
    certain = [rule for _, rule in live if rule.holds is True]
    found = tuple(certain or [rule for _, rule in live])
    conflict = _conflict(table, live)
    finding = _finding(decision, table, found, settled=bool(certain), conflict=conflict)
    finding = replace(finding, determining=tuple(rule for _, rule in live))
    if conflict is None and certain:
        open_ = Unknown.merge(rule.holds for _, rule in live if rule.holds is not True)
        outcomes = tuple(replace(outcome, waits_for=open_) for outcome in finding.outcomes)
        return replace(finding, value=Unknown(open_.missing, open_.problems), outcomes=outcomes)
    return finding


def _conflict(table: DecisionTable, live: list[tuple[int, RuleFinding]]) -> Truth:
    """Two rules with different outcomes that are neither false; certain where both hold."""
    conflict: Truth = False
    for number, (one, rule) in enumerate(live):
        for other, another in live[number + 1 :]:
            if rule.outcome == another.outcome or (one, other) in table.exclusive:
                continue
            if rule.holds is True and another.holds is True:
                return True
            conflict = None
    return conflict


def _finding(
    decision: str, table: DecisionTable, rules: tuple[RuleFinding, ...], *, settled: bool, conflict: Truth
) -> Finding:
    """The finding of a table with one outcome; `settled` where some rule holds for certain."""
    by_outcome: dict[str, list[RuleFinding]] = {}
    for rule in rules:
        by_outcome.setdefault(rule.outcome, []).append(rule)
    open_ = Unknown.merge(rule.holds for rule in rules if rule.holds is not True)
    may_fall_through = not settled and not (table.exhaustive and rules)
    if may_fall_through and table.otherwise is not None:
        by_outcome.setdefault(table.otherwise, [])
    gap: Truth = False
    if may_fall_through and table.otherwise is None:
        gap = None if rules else True
    only = len(by_outcome) == 1 and gap is False and conflict is False
    outcomes = tuple(
        Outcome(value, only, tuple(rule.rule for rule in found), Unknown() if only else _waits(found, open_))
        for value, found in by_outcome.items()
    )
    if only:
        value: Value = outcomes[0].value
    else:
        flagged = gap is not False or conflict is not False
        among = None if flagged else tuple(outcome.value for outcome in outcomes)
        value = Unknown(open_.missing, open_.problems, among=among)
    return Finding(decision, value, outcomes, conflict, gap, rules)


def _waits(rules: list[RuleFinding], open_: Unknown) -> Unknown:
    """What an outcome waits for: its own rules where they are open; else all that may come before it."""
    own = Unknown.merge(rule.holds for rule in rules if rule.holds is not True)
    return own if own != Unknown() else open_


def _collect(decision: str, table: DecisionTable, truths: tuple[Value, ...]) -> Finding:
    rules = tuple(rule for _, rule in _live(table, truths))
    outcomes: list[Outcome] = []
    for option in table.outcomes:
        found = [rule for rule in rules if rule.outcome == option.id]
        if found:
            certain = any(rule.holds is True for rule in found)
            open_ = Unknown() if certain else Unknown.merge(rule.holds for rule in found)
            outcomes.append(Outcome(option.id, certain, tuple(rule.rule for rule in found), open_))
    if all(outcome.certain for outcome in outcomes):
        value: Value = tuple(outcome.value for outcome in outcomes)
    else:
        value = Possibly(tuple((o.value, True if o.certain else o.waits_for) for o in outcomes))
    return Finding(decision, value, tuple(outcomes), determining=rules)
