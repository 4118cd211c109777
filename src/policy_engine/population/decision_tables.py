"""Decision tables in columns: the truths of the rules' conditions to masks, as `evaluation.tables` on findings.

Two masks say all about the conditions of a row: `live`, the rules that are not false, and `holds`, those that are true.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from policy_engine.errors import RequestError, problem
from policy_engine.model.decision import DecisionTable
from policy_engine.population.column import Chosen, Collected, Column, NotCompiled, Waits, gated, merged
from policy_engine.population.kleene import At, truth_expression
from policy_engine.population.masks import MOST_BITS, WIDEST, flags_mask, mask_type

__all__ = ["TableColumns", "compile_table"]


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The answer as columns by part (see `answers`), and what a decision that requires this one sees."""

    parts: dict[str, pl.Expr]
    value: Chosen | Collected
    waits: Waits


def compile_table(at: At, table: DecisionTable, conditions: Sequence[Column]) -> TableColumns:
    widest = max(len(table.rules), len(table.outcomes))
    if widest > WIDEST:
        raise RequestError([problem("population.too_many_rules", found=widest, limit=WIDEST)])
    if widest > MOST_BITS:
        raise NotCompiled(f"a table of more than {MOST_BITS} rules or outcomes")
    truths = [at.plan.define(at.frame, truth_expression(condition)) for condition in conditions]
    holds = at.plan.define(at.frame, flags_mask(truths))
    live = at.plan.define(at.frame, holds | flags_mask([truth.is_null() for truth in truths]))
    if table.hit == "collect":
        return _collect(at, table, conditions, (live, holds))
    if table.hit == "first":
        first = at.plan.define(at.frame, holds & ~(holds - 1))
        upto = at.plan.define(at.frame, first | (first - 1))
        live, holds = (at.plan.define(at.frame, mask & upto) for mask in (live, holds))
        return _one(at, table, conditions, (live, holds), conflict=None)
    return _one(at, table, conditions, (live, holds), conflict=_conflict(table, live, holds))


def _outcomes(table: DecisionTable, rules: pl.Expr) -> pl.Expr:
    """The outcomes of the rules in a mask: rules that are as far from their outcomes move together."""
    numbers = {option.id: number for number, option in enumerate(table.outcomes)}
    moves: dict[int, int] = {}
    for place, rule in enumerate(table.rules):
        distance = numbers[rule.then] - place
        moves[distance] = moves.get(distance, 0) | 1 << place
    dtype = mask_type(max(len(table.rules), len(table.outcomes)))
    wide = rules if len(table.rules) >= len(table.outcomes) else rules.cast(dtype)
    found = [_moved(wide & pl.lit(chosen, dtype), distance, dtype) for distance, chosen in moves.items()]
    return functools.reduce(operator.or_, found or [pl.lit(0, dtype)]).cast(mask_type(len(table.outcomes)))


def _moved(mask: pl.Expr, distance: int, dtype: type[pl.DataType]) -> pl.Expr:
    if distance == 0:
        return mask
    return mask * pl.lit(1 << distance, dtype) if distance > 0 else mask // pl.lit(1 << -distance, dtype)


def _conflict(table: DecisionTable, live: pl.Expr, holds: pl.Expr) -> pl.Expr | None:
    """True where two rules with different outcomes hold, empty where they may; None where no two rules can."""
    pairs: dict[int, int] = {}
    for one, rule in enumerate(table.rules):
        for other in range(one + 1, len(table.rules)):
            if rule.then != table.rules[other].then and (one, other) not in table.exclusive:
                pairs[one] = pairs.get(one, 0) | 1 << other
    if not pairs:
        return None

    def both(rules: pl.Expr) -> pl.Expr:
        return pl.any_horizontal((rules & (1 << one) != 0) & (rules & others != 0) for one, others in pairs.items())

    return pl.when(both(holds)).then(pl.lit(value=True)).when(~both(live)).then(pl.lit(value=False))


def _one(
    at: At,
    table: DecisionTable,
    conditions: Sequence[Column],
    rules: tuple[pl.Expr, pl.Expr],
    conflict: pl.Expr | None,
) -> TableColumns:
    """A table with one outcome: `first`, `unique`, `any`."""
    live, holds = rules
    define = at.plan.define
    settled = holds != 0
    counted = live if table.hit == "first" else pl.when(settled).then(holds).otherwise(live)
    open_ended = ~settled & (live == 0) if table.exhaustive else ~settled
    possible = _outcomes(table, counted)
    gap = pl.lit(value=False)
    if table.otherwise is None:
        gap = pl.when(~open_ended).then(pl.lit(value=False)).when(live == 0).then(pl.lit(value=True))
    else:
        number = next(place for place, option in enumerate(table.outcomes) if option.id == table.otherwise)
        possible = pl.when(open_ended).then(possible | (1 << number)).otherwise(possible)
    possible, gap = define(at.frame, possible), define(at.frame, gap)
    clash = pl.lit(value=False) if conflict is None else define(at.frame, conflict)
    plain = (gap.eq_missing(pl.lit(value=False))) & (clash.eq_missing(pl.lit(value=False)))
    mask = define(at.frame, pl.when(plain).then(possible).otherwise(0))
    waits: Waits = {}
    if at.waiting:
        waiting = mask & (mask - 1) != 0
        waiting = waiting | ((mask == 0) & (~settled | clash.is_null()))
        waits = gated(define(at.frame, waiting), _waits_of(conditions, live))
        waits = {key: define(at.frame, part) for key, part in waits.items()}
    parts = {"possible": possible, "conflict": clash, "gap": gap, "live": live, "holds": holds}
    ids = tuple(option.id for option in table.outcomes)
    return TableColumns(parts, Chosen(mask, ids, waits=waits), waits)


def _waits_of(conditions: Sequence[Column], live: pl.Expr) -> Waits:
    """What the open rules among the determining ones wait for."""
    return merged(gated(live & (1 << number) != 0, condition.waits) for number, condition in enumerate(conditions))


def _collect(
    at: At, table: DecisionTable, conditions: Sequence[Column], rules: tuple[pl.Expr, pl.Expr]
) -> TableColumns:
    live, holds = rules
    certain = at.plan.define(at.frame, _outcomes(table, holds))
    possible = at.plan.define(at.frame, _outcomes(table, live))
    ids = tuple(option.id for option in table.outcomes)
    each: list[Waits] = []
    for number, id_ in enumerate(ids if at.waiting else ()):
        own = merged(
            condition.waits for condition, rule in zip(conditions, table.rules, strict=True) if rule.then == id_
        )
        waits = gated(certain & (1 << number) == 0, own)
        each.append({key: at.plan.define(at.frame, part) for key, part in waits.items()})
    parts = {"certain": certain, "possible": possible, "live": live, "holds": holds}
    return TableColumns(parts, Collected(certain, possible, ids, tuple(each)), merged(each))
