"""Deciding about a whole population: the compiled pack in columns, the rest row by row."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.population.answers import Found, Layout
from policy_engine.population.compile import Compiled, compile_pack
from policy_engine.population.execute import execute
from policy_engine.population.missing import Missing, MissingFacts
from policy_engine.population.rowwise import Asked, answered_by_row, found_by_row
from policy_engine.population.tables import Population

__all__ = ["PopulationAnswers", "answers_of", "decide_population", "missing_facts"]


@dataclass(frozen=True)
class PopulationAnswers:
    """The answers about every row of a population: for each of its tables the columns described in `answers`.

    `by_row` are the decisions that were not compiled, with the reason; `only_outcomes`: nothing else was asked for.
    """

    layouts: Mapping[str, Layout]
    tables: Mapping[str, pl.DataFrame]
    table_of: Mapping[str, str]
    by_row: Mapping[str, str]
    only_outcomes: bool = False

    def found(self, decision: str) -> Iterator[Found]:
        """The answer about each row in turn."""
        table = self.tables.get(self.table_of[decision])
        return iter(()) if table is None else self.layouts[decision].found(table)


def decide_population(
    pack: Pack,
    population: Population,
    on: datetime.date,
    *,
    decisions: Iterable[str] | None = None,
    settings: Settings | None = None,
    scenario: Scenario | None = None,
    only_outcomes: bool = False,
) -> PopulationAnswers:
    """Answer decisions (all about these subjects and their members, where none are named) about every row.

    `only_outcomes`: no possible outcomes, flags and rules are computed, which is faster.
    """
    asked = Asked(pack, on, settings or Settings(), scenario or Scenario())
    wanted = list(decisions) if decisions is not None else asked.about(population.subject)
    compiled = compile_pack(asked, population, wanted, only_outcomes=only_outcomes)
    return answers_of(asked, population, compiled)


def missing_facts(
    asked: Asked, population: Population, decisions: Sequence[str]
) -> Mapping[str, list[frozenset[Missing]]]:
    """For each decision what the open answers wait for, row by row of its table."""
    compiled = compile_pack(asked, population, decisions, waiting=True)
    frames = execute(compiled.plan, population, linked=True)
    reader = MissingFacts(compiled.bits, frames)
    found: dict[str, list[frozenset[Missing]]] = {}
    for id_ in decisions:
        table = asked.table_of(id_, population.subject)
        if id_ in compiled.waits and table in frames:
            frame = frames[table]
            masks = {key: f"{id_}?{number}" for number, key in enumerate(compiled.waits[id_])}
            frames[table] = frame.with_columns(mask.alias(masks[key]) for key, mask in compiled.waits[id_].items())
            found[id_] = list(reader.of(table, masks))
    left = [compiled.layouts[id_] for id_ in compiled.by_row]
    by_row = found_by_row(asked, population, left) if left else {}
    return found | {id_: [row.missing or frozenset() for row in rows] for id_, rows in by_row.items()}


def answers_of(asked: Asked, population: Population, compiled: Compiled) -> PopulationAnswers:
    """The answers of a compiled pack about a population with the columns it was compiled for."""
    table_of = {id_: asked.table_of(id_, population.subject) for id_ in compiled.layouts}
    given = answered_by_row(asked, population, list(compiled.given.values()))
    columns = [
        (asked.table_of(id_, population.subject), series.alias(name))
        for id_, parts in given.items()
        for name, series in parts.items()
    ]
    frames = execute(compiled.plan, population, columns)
    tables = {
        table: _answers(frames[table], [id_ for id_, home in table_of.items() if home == table], compiled)
        for table in dict.fromkeys(table_of.values())
        if table in frames
    }
    return PopulationAnswers(compiled.layouts, tables, table_of, compiled.by_row, compiled.only_outcomes)


def _answers(frame: pl.DataFrame, decisions: Sequence[str], compiled: Compiled) -> pl.DataFrame:
    """The columns of the answers alone, under their names."""
    columns: list[pl.Expr] = []
    for id_ in decisions:
        layout = compiled.layouts[id_]
        for part, expression in compiled.parts.get(id_, {}).items():
            columns.append(expression.alias(layout.name(part) if part else id_))
        if id_ in compiled.by_row and id_ not in compiled.parts:
            columns += [pl.col(name) for name in frame.columns if name == id_ or name.startswith(id_ + "/")]
    names = [column.meta.output_name() for column in columns]
    return frame.with_columns(columns).select(names)
