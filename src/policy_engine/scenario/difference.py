"""Which rules, of a decision and of those that it rests on, count otherwise where its answer became another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from policy_engine.documents.requirements import edges
from policy_engine.model.citation import Citation
from policy_engine.model.pack import Pack
from policy_engine.population.answers import Layout
from policy_engine.population.run import PopulationAnswers
from policy_engine.scenario.tally import whole

__all__ = ["Difference", "differ", "differences", "required"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule that holds, or may hold, where it did not (`gained`), or the other way round (`lost`): in how many rows.

    `rule` is `otherwise` where no rule held, and empty for a decision by an expression, whose value became another in
    `gained` rows. `decision` is the one asked about, or one that it rests on.
    """

    decision: str
    rule: str
    outcome: str
    cites: tuple[Citation, ...]
    gained: Decimal
    lost: Decimal


def required(pack: Pack, decision: str, kind: Mapping[str, Any]) -> list[str]:
    """The decisions (or readings) of `kind` that a decision rests on, directly or not; itself first where it is one."""
    found = {decision: None}
    todo = [decision]
    while todo:
        linked = pack.decisions.get(id_ := todo.pop(0)) or pack.readings.get(id_)
        new = [name for name in edges(linked) if name not in found] if linked is not None else []
        found |= dict.fromkeys(new)
        todo += new
    return [id_ for id_ in found if id_ in kind]


def differences(
    pack: Pack,
    answers: tuple[PopulationAnswers, PopulationAnswers],
    decisions: Sequence[str],
    changed: pl.Series,
    weight: pl.Series,
) -> Iterator[Difference]:
    """The differences between the answers before and after, over the rows that changed."""
    if not changed.any():
        return
    weight = weight.filter(changed)
    for name in decisions:
        layout, table = answers[0].layouts[name], answers[0].table_of[name]
        one, other = (found.tables[table].filter(changed) for found in answers)
        if layout.kind in ("one", "collect"):
            yield from _rules(pack, layout, one, other, weight)
        elif many := whole(weight.filter(differ(one[name], other[name])).sum()):
            yield Difference(name, "", "", pack.decision(name).cites, many, Decimal(0))


def _rules(
    pack: Pack, layout: Layout, one: pl.DataFrame, other: pl.DataFrame, weight: pl.Series
) -> Iterator[Difference]:
    table = pack.decision(layout.decision).table
    assert table is not None
    live, holds = layout.name("live"), layout.name("holds")
    for number, rule in enumerate(table.rules):
        was, is_ = (((found[live] & 1 << number) != 0, (found[holds] & 1 << number) != 0) for found in (one, other))
        gained = whole(weight.filter((is_[0] & ~was[0]) | (is_[1] & ~was[1])).sum())
        lost = whole(weight.filter((was[0] & ~is_[0]) | (was[1] & ~is_[1])).sum())
        if gained or lost:
            yield Difference(layout.decision, rule.id, rule.then, rule.cites, gained, lost)
    if table.otherwise is not None:
        none_was, none_is = one[live] == 0, other[live] == 0
        gained, lost = whole(weight.filter(none_is & ~none_was).sum()), whole(weight.filter(none_was & ~none_is).sum())
        if gained or lost:
            yield Difference(layout.decision, "otherwise", table.otherwise, table.otherwise_cites, gained, lost)


def differ(one: pl.Series, other: pl.Series) -> pl.Series:
    """Where two columns differ; an unknown equals an unknown here."""
    if pl.Object in (one.dtype, other.dtype):
        return pl.Series([a != b for a, b in zip(one.to_list(), other.to_list(), strict=True)], dtype=pl.Boolean)
    return one.ne_missing(other)
