"""A population as a scenario supposes it: its changes of facts worked out in columns, as `evaluation.changes` on one subject."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import polars as pl

from policy_engine.evaluation.changes import check_range, rounded
from policy_engine.expression.tree import Node
from policy_engine.expression.types import BOOLEAN, CodeType, NumberType, Type
from policy_engine.model.decision import DecisionDefinition
from policy_engine.model.label import Label
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import FactChange, NewFact, Scenario, Settings
from policy_engine.population.run import PopulationAnswers, decide_population
from policy_engine.population.tables import ROOT, Population, Table, column_type
from policy_engine.values import Record

__all__ = ["question", "supposed", "with_questions"]


def supposed(
    pack: Pack, population: Population, on: datetime.date, settings: Settings, scenario: Scenario
) -> Population:
    """The population with every change of the scenario that speaks of its subjects or of their members.

    The same population where there is none; the given one is never touched.
    """
    changes = [(change, home) for change in scenario.changes if (home := _home(change, population)) is not None]
    if not changes:
        return population
    questions: dict[str, DecisionDefinition] = {}
    for number, (change, _) in enumerate(changes):
        questions[f"when {number}"] = question(f"when {number}", change.about, change.when)
        for new in change.set:
            questions[f"set {number} {new.path}"] = question(f"set {number} {new.path}", change.about, new.value)
    asking = with_questions(pack, questions)
    answers = decide_population(asking, population, on, decisions=list(questions), settings=settings, scenario=scenario)
    tables = dict(population.tables)
    for number, (change, home) in enumerate(changes):
        holds = _answer(answers, f"when {number}", BOOLEAN)
        for new in change.set:
            value = _value(answers, f"set {number} {new.path}", new)
            form = population.tables[home].form
            stored = {path: pack.vocabulary.stored(form, path, on.year) for path in (new.path, *new.again, *new.behind)}
            frame, scale = _new_column(population.tables[home], stored[new.path], new, holds, value)
            tables[home] = _with_column(tables[home], new, stored, frame, scale)
    return Population(population.subject, tables)


def question(id_: str, about: str, node: Node) -> DecisionDefinition:
    """An expression as a decision of its own."""
    return DecisionDefinition(id_, Label(), about, node.typed, node, (), node.span)


def with_questions(pack: Pack, questions: Mapping[str, DecisionDefinition]) -> Pack:
    """The pack with further decisions, for one run."""
    return replace(pack, decisions=Record({**pack.decisions, **questions}))


def _home(change: FactChange, population: Population) -> str | None:
    """The table of the rows that a change speaks of."""
    if change.about == population.subject:
        return ROOT
    members = change.about == "member" and population.subject == "household" and "members" in population.tables
    return "members" if members else None


def _answer(answers: PopulationAnswers, id_: str, type_: Type) -> pl.Series:
    column = answers.tables[answers.table_of[id_]][id_]
    dtype = column_type(type_)
    return column if column.dtype == dtype else pl.Series(id_, column.to_list(), dtype=dtype)


def _value(answers: PopulationAnswers, id_: str, new: NewFact) -> pl.Series:
    """The supposed values; numbers as whole multiples of their last place."""
    if not isinstance(new.type, NumberType):
        return _answer(answers, id_, new.type)
    frame, scale = answers.tables[answers.table_of[id_]], answers.layouts[id_].scale
    column = frame[id_]
    if f"{id_}/per" not in frame.columns and column.dtype == pl.Int64 and scale <= new.places:
        for end in (column.min(), column.max()):
            if isinstance(end, int):
                check_range(Decimal(end).scaleb(-scale), new)
        whole: pl.Series = column * 10 ** (new.places - scale)
        return whole
    cells = [found.value for found in answers.found(id_)]
    units = [None if cell is None else int(rounded(cell, new).scaleb(new.places)) for cell in cells]
    return pl.Series(id_, units, dtype=pl.Int64)


def _new_column(
    base: Table, name: str, new: NewFact, holds: pl.Series, value: pl.Series
) -> tuple[pl.DataFrame, int | None]:
    """The fact where the condition holds or not; open where that is open and the value another. `scale` of a number.

    `differs` are the rows in which it changes, `lost` those in which the change leaves it unknown.
    """
    blank = pl.Series([None], dtype=column_type(new.type)).new_from_index(0, base.rows.height)
    old = base.rows[name] if name in base.rows.columns else blank
    scale = None
    if isinstance(new.type, NumberType):
        kept = base.scale(name, new.type) if name in base.rows.columns else new.places
        scale = max(kept, new.places)
        old, value = old * 10 ** (scale - kept), value * 10 ** (scale - new.places)
    elif isinstance(new.type, CodeType):
        old = old.cast(column_type(new.type))
    h, was, will = pl.col("holds"), pl.col("old"), pl.col("value")
    frame = pl.DataFrame({"old": old, "value": value, "holds": holds})
    frame = frame.with_columns(new=pl.when(h).then(will).when(~h).then(was).when(will == was).then(was))
    lost = pl.col("new").is_null() & h.ne_missing(other=False)
    return frame.select("new", differs=pl.col("new").ne_missing(was), lost=lost), scale


def _with_column(
    table: Table, new: NewFact, stored: Mapping[str, str], frame: pl.DataFrame, scale: int | None
) -> Table:
    """The table with the new column; neighbours that derive from it, or it from them, are emptied where that matters."""
    rows = table.rows.with_columns(frame["new"].alias(stored[new.path]))
    anew = frame["differs"] | (frame["lost"] & bool(new.behind))
    for paths, where in ((new.again, anew), (new.behind, frame["lost"])):
        names = [stored[path] for path in paths if stored[path] in rows.columns]
        rows = rows.with_columns(pl.when(~where).then(pl.col(name)).alias(name) for name in names)
    scales = table.scales if scale is None else {**table.scales, stored[new.path]: scale}
    return Table(table.form, rows, scales)
