"""The work of `policy-engine population`: block by block through a county."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from policy_engine.app.cli.exits import report
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.model.facts import Evidence
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.population.compile import Compiled, compile_pack
from policy_engine.population.conform import conform
from policy_engine.population.describe import Summary, summarise, wanting
from policy_engine.population.files import Source
from policy_engine.population.make import make_county
from policy_engine.population.rowwise import Asked
from policy_engine.population.run import PopulationAnswers, answers_of
from policy_engine.population.settling import open_rows, with_missing
from policy_engine.population.tables import Population
from policy_engine.population.written import answer_table, scope_column

__all__ = ["Block", "Job", "Totals", "asked_of", "figures", "write", "write_county"]


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked about which files."""

    asked: Asked
    given: Path
    decisions: tuple[str, ...]
    block: int
    evidence: Evidence
    only_outcomes: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Some of the households, decided."""

    population: Population
    answers: PopulationAnswers


@dataclass
class Totals:
    rows: int = 0
    statuses: Counter[str] = field(default_factory=Counter)


def asked_of(pack: Pack, day: datetime.date, settings: Settings, scenario: Scenario) -> Asked:
    return Asked(pack, day, settings, scenario)


def blocks(job: Job) -> Iterator[Block]:
    """The county block by block; compiled once for all blocks with the same columns. Warnings are told once."""
    compiled: dict[object, Compiled] = {}
    told: set[tuple[str, str]] = set()
    for tables in Source.open(job.given).blocks(job.block):
        population, warnings = conform(tables, job.asked.pack.vocabulary, evidence=job.evidence)
        report(found for found in warnings if (found.code, found.where) not in told)
        told |= {(found.code, found.where) for found in warnings}
        if population.schema not in compiled:
            compiled[population.schema] = compile_pack(
                job.asked, population, job.decisions, only_outcomes=job.only_outcomes
            )
        yield Block(population, answers_of(job.asked, population, compiled[population.schema]))


def write(job: Job, out: Path, *, missing: bool) -> Totals:
    """Write a row for each household; memory does not grow with their number."""
    totals = Totals()
    rows = _rows(job, totals, missing=missing)
    first = next(rows)

    def read(columns: list[str] | None, *_: object) -> Iterator[pl.DataFrame]:
        yield first if columns is None else first.select(columns)
        for frame in rows:
            yield frame if columns is None else frame.select(columns)

    found = register_io_source(io_source=read, schema=first.schema)
    if out.suffix == ".parquet":
        found.sink_parquet(out)
    else:
        lists = [name for name, dtype in first.schema.items() if isinstance(dtype, pl.List)]
        found.with_columns(pl.col(lists).list.join("、") if lists else []).sink_csv(out, include_bom=True)
    return totals


def _rows(job: Job, totals: Totals, *, missing: bool) -> Iterator[pl.DataFrame]:
    for block in blocks(job):
        answers = with_missing(job.asked, block.population, block.answers) if missing else block.answers
        frame = answer_table(job.asked.pack, block.population, answers, in_force=in_force(job))
        totals.rows += frame.height
        totals.statuses += _statuses(frame, answers)
        yield frame


def _statuses(frame: pl.DataFrame, answers: PopulationAnswers) -> Counter[str]:
    """How many answers about households in scope have which status; of outcomes alone, how many are determined."""
    found: Counter[str] = Counter()
    inside = frame.filter(pl.col("scope") != "out")
    for id_ in answers.layouts:
        if answers.only_outcomes and id_ in frame.columns:
            open_ = inside[id_].null_count()
            found += Counter(determined=inside.height - open_, undetermined=open_)
        elif not answers.only_outcomes and f"{id_}.status" in frame.columns:
            counts = frame[f"{id_}.status"].drop_nulls().value_counts(name="count")
            found += Counter(dict(counts.iter_rows()))
    return found


def in_force(job: Job) -> bool:
    window, day = job.asked.pack.in_force, job.asked.on
    return (window.from_ is None or window.from_ <= day) and (window.to is None or day <= window.to)


# ---- figures


def figures(job: Job, *, by: str, missing: bool) -> Iterator[str]:
    """The county in lines of text."""
    summaries: dict[str, Summary] = {}
    scopes: Counter[str] = Counter()
    rows: dict[str, tuple[Counter[str], Counter[str]]] = {}
    left: dict[str, str] = {}
    for block in blocks(job):
        scope = scope_column(job.asked.pack, block.population, in_force=in_force(job))
        scopes.update(scope.to_list())
        left.update(block.answers.by_row)
        for summary in summarise(block.population, block.answers, by=by, within=scope != "out"):
            known = summaries.get(summary.decision)
            summaries[summary.decision] = summary if known is None else known.plus(summary)
        if missing:
            _add_missing(job, block, rows)
    label = {
        "in": words("适用", "in scope"),
        "open": words("是否适用未知", "scope open"),
        "out": words("不适用", "out of scope"),
    }
    yield words("户数", "households") + "  " + ", ".join(f"{label[name]} {many}" for name, many in scopes.items())
    for summary in summaries.values():
        yield from _lines(job.asked.pack, summary, rows.get(summary.decision))
    for id_, reason in left.items():
        yield words(f"逐户决定 {id_}：{reason}", f"row by row: {id_}: {reason}")


def _add_missing(job: Job, block: Block, rows: dict[str, tuple[Counter[str], Counter[str]]]) -> None:
    for id_, (_, facts) in open_rows(job.asked, block.population, block.answers).items():
        found, alone = wanting(facts)
        known = rows.setdefault(id_, (Counter(), Counter()))
        known[0].update(found)
        known[1].update(alone)


def _lines(pack: Pack, summary: Summary, missing: tuple[Counter[str], Counter[str]] | None) -> Iterator[str]:
    definition = pack.decision(summary.decision)
    yield ""
    statuses = ", ".join(f"{name} {many}" for name, many in summary.statuses.items())
    yield f"{definition.label.zh if LANGUAGE == 'zh' else definition.label.en} ({summary.decision}): {statuses}"
    names = {option.id: option.label(LANGUAGE) for option in definition.table.outcomes} if definition.table else {}
    for name, counts in summary.outcomes.items():
        yield f"  {names.get(name, name)}: {_bounds(counts.certain, counts.possible)}"
    for area, found in summary.areas.items():
        parts = ", ".join(f"{names.get(name, name)} {_bounds(c.certain, c.possible)}" for name, c in found.items())
        yield f"    {area}: {parts}"
    if missing is not None and missing[0]:
        yield words(
            "  所缺（户数；其中只缺这一项的户数）", "  missing (households; those for which it alone is missing)"
        )
        order = sorted(missing[0], key=lambda fact: (-missing[1][fact], -missing[0][fact], fact))
        for fact in order[:10]:
            yield f"    {fact}: {missing[0][fact]}; {missing[1][fact]}"


def _bounds(certain: int, possible: int) -> str:
    return str(certain) if certain == possible else f"{certain}–{possible}"


def write_county(
    pack: Pack, out: Path, households: int, seed: int, day: datetime.date, missing: float
) -> Iterator[tuple[str, int]]:
    """Write the tables of a made-up county as Parquet files; names them with their rows."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in make_county(pack, households, seed, on=day, missing=missing).items():
        table.write_parquet(out / f"{name}.parquet")
        yield name, table.height
