"""`policy-engine population decide --engine spark`: Parquet to Parquet on this machine's Spark, or on a cluster."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f

from policy_engine.app.cli.exits import report
from policy_engine.app.cli.population_run import Job, Totals
from policy_engine.errors import FactsError, RequestError, problem
from policy_engine.population.conform import MAIN
from policy_engine.population.files import Source
from policy_engine.population.spark import BATCH, Question, check, decide, nested, session
from policy_engine.population.written import STATUSES

__all__ = ["write_on_spark"]


def write_on_spark(job: Job, out: Path, master: str, *, missing: bool) -> Totals:
    """Write a folder of Parquet files with a row for each household; nothing is written where a household is wrong."""
    if out.suffix != ".parquet":
        raise RequestError([problem("spark.only_parquet", found=out)])
    asked = job.asked
    question = Question(
        asked.pack,
        asked.on,
        job.runner.decisions,
        asked.settings,
        asked.scenario,
        job.runner.evidence,
        missing,
        job.runner.only_outcomes,
        job.runner.masked,
        batch=min(job.block or BATCH, BATCH),
    )
    spark = session(master)
    try:
        households = _households(spark, job.given)
        report(check(households, question))
        decide(households, question).write.mode("overwrite").parquet(os.fspath(out))
        return _totals(spark.read.parquet(os.fspath(out)), only_outcomes=question.only_outcomes)
    except PySparkException as error:
        why = str(error).strip().splitlines()[-1]
        raise FactsError([problem("spark.failed", where=os.fspath(job.given), why=why)]) from None
    finally:
        spark.stop()


def _households(spark: SparkSession, given: Path) -> DataFrame:
    """A folder with a table for each list, nested; or Parquet files whose lists are nested already."""
    if not given.is_dir() or not any(path.stem == MAIN for path in given.iterdir()):
        files = [given] if given.is_file() else sorted(given.glob("*.parquet"))
        if not files or any(file.suffix != ".parquet" for file in files):
            raise RequestError([problem("spark.only_parquet", where=str(given), found=given)])
        return spark.read.parquet(os.fspath(given))
    files_of = Source.open(given).files
    wrong = [file for file in files_of.values() if file.suffix != ".parquet"]
    if wrong:
        raise RequestError([problem("spark.only_parquet", where=str(given), found=wrong[0])])
    tables = {name: spark.read.parquet(os.fspath(file)) for name, file in files_of.items()}
    return nested(tables.pop(MAIN), tables) if len(tables) > 1 else tables[MAIN]


def _totals(answers: DataFrame, *, only_outcomes: bool) -> Totals:
    flags = _outcome_flags(answers) if only_outcomes else _status_flags(answers)
    columns = [f.count_if(flag).alias(f"{at} {status}") for at, (status, flag) in enumerate(flags)]
    counted = answers.agg(f.count(f.lit(1)).alias("rows"), *columns).collect()[0].asDict()
    totals = Totals(counted.pop("rows"), Counter())
    for name, many in counted.items():
        totals.statuses[name.partition(" ")[2]] += many
    totals.statuses = +totals.statuses
    return totals


def _status_flags(answers: DataFrame) -> list[tuple[str, Column]]:
    columns = [f.col(f"`{name}`") for name in answers.columns if name.endswith(".status")]
    return [(status, column == status) for column in columns for status in STATUSES]


def _outcome_flags(answers: DataFrame) -> list[tuple[str, Column]]:
    inside = f.col("scope") != "out"
    columns = [f.col(f"`{name}`") for name in answers.columns[2:]]
    return [
        flag
        for column in columns
        for flag in (("determined", inside & column.isNotNull()), ("undetermined", inside & column.isNull()))
    ]
