"""Decision tables in columns: the truths of the rules' conditions to masks, as `evaluation.tables` on findings.

Two masks say all about the conditions of a row: `live`, the rules that are not false, and `holds`, those that are true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from policy_engine.errors import RequestError, problem
from policy_engine.model.decision import DecisionTable
from policy_engine.population.answers import MOST_BITS, WIDEST
from policy_engine.population.column import Chosen, Collected, Column, NotCompiled, Waits, gated, merged
from policy_engine.population.kleene import At, truth_expression

__all__ = ["TableColumns", "compile_table"]

_ZERO = pl.lit(0, pl.Int64)


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
    live = at.plan.define(at.frame, _mask([truth.fill_null(value=True) for truth in truths]))
    holds = at.plan.define(at.frame, _mask([truth.fill_null(value=False) for truth in truths]))
    if table.hit == "collect":
        return _collect(at, table, conditions, (live, holds))
    if table.hit == "first":
        first = holds & (_ZERO - holds)
        upto = at.plan.define(at.frame, first | (first - 1))
        live, holds = (at.plan.define(at.frame, mask & upto) for mask in (live, holds))
        return _one(at, table, conditions, (live, holds), conflict=None)
    return _one(at, table, conditions, (live, holds), conflict=_conflict(table, live, holds))


def _mask(flags: Sequence[pl.Expr]) -> pl.Expr:
    """A bit for each flag (never empty)."""
    if not flags:
        return _ZERO
    return pl.sum_horizontal(flag.cast(pl.Int64) * (1 << number) for number, flag in enumerate(flags))


def _outcomes(table: DecisionTable, rules: pl.Expr) -> pl.Expr:
    """The outcomes of the rules in a mask."""
    found = []
    for number, option in enumerate(table.outcomes):
        wanted = sum(1 << place for place, rule in enumerate(table.rules) if rule.then == option.id)
        if wanted:
            found.append(pl.when(rules & wanted != 0).then(pl.lit(1 << number, pl.Int64)).otherwise(_ZERO))
    return pl.sum_horizontal(found) if found else _ZERO


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
    mask = define(at.frame, pl.when(plain).then(possible).otherwise(_ZERO))
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
