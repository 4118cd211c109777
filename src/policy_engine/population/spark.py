"""The same runner on a cluster: Spark hands its workers batches of households, a worker decides a batch as it stands.

Every row is a household, with its lists of records as columns of lists (`members: array<struct<…>>`), so that a batch
is complete in itself. Nothing is implemented a second time: a worker gives the batch to `block.Runner`. Workers need
this package in the same version, Polars, and PyArrow; the pack travels with the task.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import pickle
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from policy_engine.errors import FactsError, MissingExtra, Problem, RequestError, problem, problem_of
from policy_engine.model.facts import Evidence
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.population.block import Runner, together
from policy_engine.population.conform import MAIN
from policy_engine.population.rowwise import Asked
from policy_engine.version import __version__

__all__ = ["BATCH", "Question", "check", "decide", "nested", "session"]

BATCH = 50_000
"""Households that a worker decides at a time; what it holds in memory grows with it."""

_ID = "household_id"
_MOST = 100
"""Households that are named for each thing that is wrong with the tables as a whole."""

_FOUND = "code string, where string, severity string, details string"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about every household. No `decisions`: the pack's main questions."""

    pack: Pack
    on: datetime.date
    decisions: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)
    scenario: Scenario = field(default_factory=Scenario)
    evidence: Evidence = field(default_factory=Evidence)
    missing: bool = False
    only_outcomes: bool = False
    masked: bool = False
    batch: int = BATCH

    def runner(self) -> Runner:
        asked = Asked(self.pack, self.on, self.settings, self.scenario)
        decisions = self.decisions or self.pack.answers
        return Runner(asked, decisions, self.evidence, self.only_outcomes, self.masked)


def decide(households: DataFrame, question: Question) -> DataFrame:
    """A row for each household, with the columns of `written.answer_table`.

    Lazy, as Spark is: a household that cannot be read makes the job fail with its code and column. `check` finds all
    such households beforehand, and those that stand in two batches, which no single batch can see.
    """
    sent, columns = _Sent.of(question), households.columns
    empty = _written(question.runner(), to_arrow_schema(households.schema).empty_table(), missing=question.missing)
    schema = _plain(empty.schema)

    def answered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        runner, asked = sent.opened()
        for table in _gathered(batches, asked.batch):
            found = _written(runner, table.rename_columns(columns), missing=asked.missing)
            yield from found.cast(schema).to_batches()

    return _numbered(households).mapInArrow(answered, from_arrow_schema(schema))


def check(households: DataFrame, question: Question) -> tuple[Problem, ...]:
    """Reads every household without deciding it; gives the warnings of all of them together.

    Raises `FactsError` with the table, column and code of every household that cannot be used, each code twice included.
    """
    sent, columns = _Sent.of(question), households.columns
    question.runner().read({MAIN: _frame(to_arrow_schema(households.schema).empty_table())})

    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        runner, asked = sent.opened()
        for table in _gathered(batches, asked.batch):
            found = [_row(one) for one in _problems(runner, table.rename_columns(columns))]
            if found:
                yield pa.RecordBatch.from_pylist(found)

    found = [_problem(*row) for row in _numbered(households).mapInArrow(read, _FOUND).collect()]
    twice = households.groupBy(_ID).count().where((f.col("count") > 1) & f.col(_ID).isNotNull()).select(_ID)
    for (code,) in twice.limit(_MOST).collect():
        found.append(problem("table.id_twice", where=f"{MAIN}!{_ID}:{_ID}={code}", fact=_ID, found=code, other=MAIN))
    errors = [one for one in found if one.severity == "error"]
    if errors:
        raise FactsError(sorted(dict.fromkeys(errors), key=_place))
    return tuple(sorted(together(found), key=_place))


def nested(households: DataFrame, lists: Mapping[str, DataFrame]) -> DataFrame:
    """Tables (`members`, …, each with the household's code) as columns of lists, in the order of their rows.

    Raises `FactsError` with rows of no household: looking for them reads all tables once.
    """
    tables = {MAIN: households, **lists}
    rows = [
        table.select(
            f.col(_ID).alias("id"), *(_items(table if name == of else None, tables[name], name) for name in tables)
        )
        for of, table in tables.items()
    ]
    every = reduce(DataFrame.unionByName, rows).groupBy("id")
    whole = every.agg(*(f.sort_array(f.collect_list(name)).alias(name) for name in tables))
    lost = whole.where(f.size(MAIN) == 0).select("id", *(f.size(name).alias(name) for name in lists))
    problems = [_lost(row["id"], name) for row in lost.limit(_MOST).collect() for name in lists if row[name]]
    if problems:
        raise FactsError(sorted(problems, key=_place))
    filled = [f.when(f.size(name) > 0, f.transform(name, lambda found: found["item"])).alias(name) for name in lists]
    return whole.select(f.explode(f.transform(MAIN, lambda found: found["item"])).alias(MAIN), *filled).select(
        f"{MAIN}.*", *lists
    )


def _items(table: DataFrame | None, like: DataFrame, name: str) -> Column:
    """A row of the table as one value with its place; nothing, of the same type, in the rows of another table."""
    columns = [column for column in like.columns if column != _ID or name == MAIN]
    item = f.struct(*(f.col(f"`{column}`") for column in columns))
    if table is not None:
        return f.struct(f.monotonically_increasing_id().alias("at"), item.alias("item")).alias(name)
    kind = like.select(f.struct(f.monotonically_increasing_id().alias("at"), item.alias("item")).alias(name))
    return f.lit(None).cast(kind.schema[name].dataType).alias(name)


def _lost(code: str | None, table: str) -> Problem:
    where = f"{table}!{_ID}:{_ID}={code}"
    return problem("table.id_missing" if code is None else "table.no_household", where=where, fact=_ID, found=code)


def _numbered(households: DataFrame) -> DataFrame:
    """The columns under plain names: `mapInArrow` cannot name one with a point in it."""
    return households.toDF(*(f"c{number}" for number in range(len(households.columns))))


def _place(found: Problem) -> tuple[str, str]:
    return found.where, found.code


def session(master: str = "local[*]", **further: str) -> SparkSession:
    """A session, or the one there is; `further` options by name. Raises `MissingExtra` where there is no Java.

    On this machine the workers run this Python, on a cluster that of `PYSPARK_PYTHON`.
    """
    local = master.startswith("local")
    if local and shutil.which("java") is None and not _java_home():
        raise MissingExtra([problem("spark.no_java")])
    options = {
        "spark.executorEnv.POLARS_MAX_THREADS": "1",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "20000",
        "spark.ui.showConsoleProgress": str(sys.stderr.isatty()).lower(),
    }
    if local:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "localhost")
        options |= {"spark.ui.enabled": "false", "spark.log.level": "ERROR", "spark.sql.shuffle.partitions": "8"}
    builder = SparkSession.builder.master(master).appName("policy-engine")
    return reduce(lambda made, option: made.config(*option), (options | further).items(), builder).getOrCreate()


def _java_home() -> bool:
    home = os.environ.get("JAVA_HOME")
    return home is not None and (Path(home) / "bin" / "java").exists()


# ---- what the workers get


@dataclass(frozen=True, slots=True)
class _Sent:
    """A question on its way to the workers, with what they must agree with: the engine's version and the pack's hash."""

    content: bytes
    digest: str
    pack: str
    engine: str

    @staticmethod
    def of(question: Question) -> _Sent:
        content = pickle.dumps(question)
        return _Sent(content, hashlib.sha256(content).hexdigest(), question.pack.hash, __version__)

    def opened(self) -> tuple[Runner, Question]:
        """In a worker: unpacked once for all its tasks. Raises `RequestError` where it would answer otherwise."""
        if self.engine != __version__:
            raise RequestError([problem("spark.other_engine", found=__version__, wanted=self.engine)])
        if self.digest not in _opened:
            if hashlib.sha256(self.content).hexdigest() != self.digest:
                raise RequestError([problem("spark.other_pack", found="?", wanted=self.pack)])
            question: Question = pickle.loads(self.content)  # noqa: S301 - from the driver, whose code runs here anyway
            if question.pack.hash != self.pack:
                raise RequestError([problem("spark.other_pack", found=question.pack.hash, wanted=self.pack)])
            _opened.clear()
            _opened[self.digest] = question.runner(), question
        return _opened[self.digest]


_opened: dict[str, tuple[Runner, Question]] = {}
"""In a worker: the question in hand, with what is compiled for it."""


# ---- in a worker


def _gathered(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """Batches put together until they have so many rows: deciding few rows costs as much as deciding many."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(one.num_rows for one in waiting) >= rows:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _frame(table: pa.Table) -> pl.DataFrame:
    found: Any = pl.from_arrow(table)
    return found  # type: ignore[no-any-return]


def _written(runner: Runner, table: pa.Table, *, missing: bool) -> pa.Table:
    population, _ = runner.read({MAIN: _frame(table)}, by_code=True)
    return runner.written(runner.decide(population), missing=missing).to_arrow()


def _plain(schema: pa.Schema) -> pa.Schema:
    """The types that Spark reads: no long texts and lists, no dictionaries."""
    return pa.schema([pa.field(one.name, _plain_type(one.type)) for one in schema])


def _plain_type(dtype: pa.DataType) -> pa.DataType:
    if pa.types.is_large_list(dtype) or pa.types.is_list(dtype):
        return pa.list_(_plain_type(dtype.value_type))
    texts: tuple[Callable[[pa.DataType], bool], ...] = (
        pa.types.is_large_string,
        pa.types.is_string_view,
        pa.types.is_dictionary,
    )
    return pa.string() if any(is_text(dtype) for is_text in texts) else dtype


def _problems(runner: Runner, table: pa.Table) -> tuple[Problem, ...]:
    try:
        return runner.read({MAIN: _frame(table)}, by_code=True)[1]
    except FactsError as error:
        return error.problems


def _row(found: Problem) -> dict[str, str]:
    return {
        "code": found.code,
        "where": found.where,
        "severity": found.severity,
        "details": json.dumps(found.details),
    }


def _problem(code: str, where: str, severity: str, details: str) -> Problem:
    return problem_of(code, None, dict(json.loads(details)), where=where, warning=severity == "warning")
