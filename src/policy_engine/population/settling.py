"""What would settle the open answers about subjects: read only for the rows that are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from policy_engine.population.missing import Missing
from policy_engine.population.rowwise import Asked
from policy_engine.population.run import PopulationAnswers, missing_facts
from policy_engine.population.tables import ROOT, Population
from policy_engine.population.written import status_of

__all__ = ["open_rows", "with_missing"]


def open_rows(
    asked: Asked, population: Population, answers: PopulationAnswers
) -> Mapping[str, tuple[pl.Series, list[frozenset[Missing]]]]:
    """For each decision about the subjects: the numbers of its open rows, and what each of them waits for."""
    frame = answers.tables[ROOT]
    decisions = [id_ for id_, table in answers.table_of.items() if table == ROOT]
    open_ = {id_: status_of(answers.layouts[id_], frame) != "determined" for id_ in decisions}
    some = pl.select(pl.any_horizontal(list(open_.values()))).to_series() if open_ else pl.Series([], dtype=pl.Boolean)
    chosen = population.chosen(some)
    found = missing_facts(asked, chosen, decisions)
    return {
        id_: (
            flags.arg_true(),
            [facts for facts, is_open in zip(found[id_], flags.filter(some), strict=True) if is_open],
        )
        for id_, flags in open_.items()
    }


def with_missing(asked: Asked, population: Population, answers: PopulationAnswers) -> PopulationAnswers:
    """The answers with the column `d/missing` for each decision about the subjects."""
    columns = []
    for id_, (rows, facts) in open_rows(asked, population, answers).items():
        texts = [sorted(f"{kind}:{path}" for kind, path in found) for found in facts]
        known = pl.DataFrame({"row": rows.cast(pl.Int64), "missing": pl.Series(texts, dtype=pl.List(pl.String))})
        every = pl.select(row=pl.int_range(len(population), dtype=pl.Int64))
        joined = every.join(known, on="row", how="left", maintain_order="left")
        columns.append(joined["missing"].alias(answers.layouts[id_].name("missing")))
    tables = {**answers.tables, ROOT: answers.tables[ROOT].with_columns(columns)}
    return replace(answers, tables=tables)
