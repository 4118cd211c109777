"""The work of `policy-engine population`: block by block through a county."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from policy_engine.app.cli.exits import report
from policy_engine.app.cli.population_input import FACTS, read_once, read_population, read_sheets
from policy_engine.app.cli.progress import progress
from policy_engine.app.cli.template import missing_extra
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.app.writing import writing
from policy_engine.decision.masking import mask_rejected
from policy_engine.documents.table_columns import ID, in_sheets
from policy_engine.errors import FactsError, Problem, RequestError, problem
from policy_engine.expression.names import nearest
from policy_engine.model.pack import Pack
from policy_engine.population.block import Block, Runner, together
from policy_engine.population.describe import Counts, Number, Summary, summarise, wanting
from policy_engine.population.files import TABLES, Source
from policy_engine.population.make import make_county
from policy_engine.population.rowwise import Asked
from policy_engine.population.run import PopulationAnswers
from policy_engine.population.settling import open_rows
from policy_engine.population.tables import ROOT, Population, facts_of
from policy_engine.population.weights import taken_weights
from policy_engine.population.written import scope_column
from policy_engine.report.comparison import outcome_text
from policy_engine.report.words import say
from policy_engine.values import format_number

if TYPE_CHECKING:
    from policy_engine.documents.tables import Rejected

NONE = "无"
"""An empty list in a CSV file, as in the tables that are read."""

MOST_TOLD = 1000
"""Problems after which the rest of a county is not read."""

__all__ = ["Job", "Totals", "figures", "statuses_text", "write", "write_county"]


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked about which files."""

    runner: Runner
    given: Path
    block: int
    weights: str = ""

    @property
    def asked(self) -> Asked:
        return self.runner.asked


@dataclass
class Totals:
    """What was written: households, answers by status, and the rows of a workbook that are not used."""

    rows: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)


def blocks(job: Job, rejected: list[Rejected] | None = None) -> Iterator[Block]:
    """The county block by block, a workbook or a facts file in one. Warnings are told at the end, each once.

    Raises `FactsError` with the problems of all blocks: after the first, the others are only read. Households of a
    workbook that cannot be used go to `rejected`, where that is given.
    """
    if job.given.suffix.lower() in FACTS or in_sheets(job.given):
        yield job.runner.decide(_at_once(job, rejected))
    else:
        yield from _in_parts(job)


def _at_once(job: Job, rejected: list[Rejected] | None) -> Population:
    if job.runner.evidence.by:
        raise RequestError([problem("population.judged_in_rows", where=str(job.given))])
    if job.weights:
        raise RequestError([problem("population.weights_in_tables", where=str(job.given), found=job.weights)])
    if rejected is None:
        return read_population(job.given, job.asked.pack)
    if not in_sheets(job.given):
        return _each_once(job, rejected)
    population, found = read_sheets(job.given, job.asked.pack)
    rejected += [mask_rejected(one, job.asked.pack) for one in found] if job.runner.masked else found
    return population


def _each_once(job: Job, rejected: list[Rejected]) -> Population:
    population, twice = read_once(job.given, job.asked.pack)
    if twice:
        try:
            from policy_engine.documents.tables import Rejected
        except ModuleNotFoundError as error:
            raise missing_extra(error) from None
        for number, told in twice:
            id_ = dict(told.details)["found"]
            rejected.append(Rejected(id_, job.given.name, number, ID, id_, told))
    return population


def _in_parts(job: Job) -> Iterator[Block]:
    warnings: list[Problem] = []
    problems: list[Problem] = []
    parts, done = Source.open(job.given).blocks(job.block), 0
    with progress(words("决定各户", "deciding")) as tell:
        while len(problems) < MOST_TOLD:
            try:
                part = next(parts, None)
                if part is None:
                    break
                tables, weights = part.tables, None
                if job.weights:
                    tables, weights = taken_weights(tables, job.weights, part.numbers)
                population, told = job.runner.read(tables, part.numbers)
            except FactsError as error:
                problems += error.problems
                continue
            warnings += told
            if not problems:
                yield replace(job.runner.decide(population), weights=weights)
            done += len(population)
            tell(done, part.of)
    if problems:
        raise FactsError(problems)
    report(together(warnings))


def write(job: Job, out: Path, *, missing: bool) -> Totals:
    """Write a row for each household, all or nothing; memory does not grow with their number."""
    totals = Totals()
    rows = _rows(job, totals, missing=missing)
    part = out.with_name(f".part-{out.name}")
    with writing(out):
        part.touch()  # says at once, not after the work, where nothing can be written
        try:
            if out.suffix == ".xlsx":
                _write_sheets(part, job, rows, totals)
            else:
                _write_table(part, rows)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    return totals


def _write_sheets(out: Path, job: Job, rows: Iterator[pl.DataFrame], totals: Totals) -> None:
    try:
        from policy_engine.app.cli.population_workbook import write_workbook
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None
    write_workbook(out, job.asked, job.given, rows, totals.rejected, mask=job.runner.masked)


def _write_table(out: Path, rows: Iterator[pl.DataFrame]) -> None:
    first = next(rows)
    failed: list[FactsError] = []

    def read(columns: list[str] | None, *_: object) -> Iterator[pl.DataFrame]:
        yield first if columns is None else first.select(columns)
        try:
            for frame in rows:
                yield frame if columns is None else frame.select(columns)
        except FactsError as error:
            failed.append(error)

    found = register_io_source(io_source=read, schema=first.schema)
    if out.suffix == ".parquet":
        found.sink_parquet(out)
    else:
        lists = [pl.col(name) for name, dtype in first.schema.items() if isinstance(dtype, pl.List)]
        none = pl.lit(NONE)  # an empty cell means not determined
        texts = [pl.when(one.list.len() == 0).then(none).otherwise(one.list.join("、")) for one in lists]
        found.with_columns(text.alias(one.meta.output_name()) for one, text in zip(lists, texts, strict=True)).sink_csv(
            out, include_bom=True
        )
    if failed:
        raise failed[0]


def _rows(job: Job, totals: Totals, *, missing: bool) -> Iterator[pl.DataFrame]:
    for block in blocks(job, totals.rejected):
        frame = job.runner.written(block, missing=missing)
        totals.rows += frame.height
        totals.statuses += _statuses(frame, block.answers)
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


# ---- figures


@dataclass
class _Figures:
    """What is counted block by block: rows and, of a sample, the sums of their weights."""

    scopes: Counter[str] = field(default_factory=Counter)
    rows: dict[str, Summary] = field(default_factory=dict)
    weighted: dict[str, Summary] = field(default_factory=dict)
    missing: dict[str, tuple[Counter[str], Counter[str]]] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)

    def add(self, job: Job, block: Block, by: str) -> None:
        scope = scope_column(job.asked.pack, block.population, in_force=job.asked.on in job.asked.pack.in_force)
        self.scopes.update(scope.to_list())
        self.left.update(block.answers.by_row)
        within = scope != "out"
        for found, weights in ((self.rows, None), (self.weighted, block.weights)):
            if found is self.rows or weights is not None:
                for one in summarise(block.population, block.answers, by=by, within=within, weights=weights):
                    known = found.get(one.decision)
                    found[one.decision] = one if known is None else known.plus(one)


def figures(job: Job, *, by: str, missing: bool) -> Iterator[str]:
    """The county in lines of text; raises `RequestError` where masked figures are to be parted by a personal fact."""
    if job.runner.masked and job.asked.pack.vocabulary.personal("household", by):
        raise RequestError([problem("request.personal_by", found=by)])
    found = _Figures()
    for block in blocks(job):
        found.add(job, block, _parted_by(job.asked.pack, block.population, by))
        if missing:
            _add_missing(job, block, found.missing)
    label = {
        "in": words("适用", "in scope"),
        "open": words("是否适用未知", "scope open"),
        "out": words("不适用", "out of scope"),
    }
    scopes = ", ".join(f"{label[name]} {many}" for name, many in found.scopes.items()) or "0"
    yield words("户数", "households") + "  " + scopes
    if found.weighted:
        yield words("括号内是加权数和比例", "in brackets: weighted, with its share")
    for id_, summary in found.rows.items():
        yield from _lines(job.asked.pack, summary, found.weighted.get(id_), found.missing.get(id_))
    for id_, reason in found.left.items():
        yield words(f"逐户决定 {id_}：{reason}", f"row by row: {id_}: {reason}")


def _parted_by(pack: Pack, population: Population, by: str) -> str:
    """The column to part the subjects by, from its path or label; raises `RequestError` where no fact is called so."""
    form = pack.vocabulary.form(population.subject)
    columns = population.tables[ROOT].rows.columns
    if not by or by in columns:
        return by
    if (fact := form.find(by)) is not None:
        return fact.id
    known = [".".join(path) for path, _ in facts_of(pack.vocabulary, form)]
    if re.sub(r"\.\d{4}\.", ".*.", by) in known:
        return by
    near = nearest(by, [*columns, *known])
    raise RequestError([problem("facts.unknown_fact", where="--by", form=form.id, fact=by, near=near)])


def _add_missing(job: Job, block: Block, rows: dict[str, tuple[Counter[str], Counter[str]]]) -> None:
    for id_, (_, facts) in open_rows(job.asked, block.population, block.answers).items():
        found, alone = wanting(facts)
        known = rows.setdefault(id_, (Counter(), Counter()))
        known[0].update(found)
        known[1].update(alone)


def statuses_text(statuses: Mapping[str, Number], weighted: Mapping[str, Number] | None = None) -> str:
    """How many answers have which status; with the sums of their weights in brackets."""
    sums = {name: f" ({_number(weighted.get(name, 0))})" if weighted is not None else "" for name in statuses}
    return ", ".join(f"{words(say(name, 'zh'), name)} {many}{sums[name]}" for name, many in statuses.items())


def _lines(
    pack: Pack, summary: Summary, weighted: Summary | None, missing: tuple[Counter[str], Counter[str]] | None
) -> Iterator[str]:
    definition = pack.decision(summary.decision)
    yield ""
    statuses = statuses_text(summary.statuses, weighted.statuses if weighted is not None else None)
    yield f"{definition.label.in_(LANGUAGE)} ({summary.decision}): {statuses}"
    names = {name: outcome_text(pack, summary.decision, name, LANGUAGE) for name in summary.outcomes}
    for name, counts in summary.outcomes.items():
        more = _sums(weighted.outcomes[name], weighted.rows) if weighted is not None else ""
        yield f"  {names[name]}: {_bounds(counts)}{more}"
    for area, found in summary.areas.items():
        sums = weighted.areas[area] if weighted is not None else {}
        parts = (
            f"{names[name]} {_bounds(c)}{f' ({_bounds(sums[name])})' if sums else ''}" for name, c in found.items()
        )
        yield f"    {area}: {', '.join(parts)}"
    if missing is not None and missing[0]:
        yield words(
            "  所缺（户数；其中只缺这一项的户数）", "  missing (households; those for which it alone is missing)"
        )
        order = sorted(missing[0], key=lambda fact: (-missing[1][fact], -missing[0][fact], fact))
        for fact in order[:10]:
            yield f"    {fact}: {missing[0][fact]}; {missing[1][fact]}"
        if rest := order[10:]:
            yield "    " + words(f"另有 {len(rest)} 项", f"{len(rest)} more facts")


def _bounds(counts: Counts) -> str:
    least, most = (_number(many) for many in (counts.certain, counts.possible))
    return least if least == most else f"{least}–{most}"


def _number(many: Number) -> str:
    return str(many) if isinstance(many, int) else format_number(many)


def _sums(counts: Counts, rows: Number) -> str:
    """The weighted bounds of an outcome, and which share of all they are."""
    shares = [f"{Decimal(many) / Decimal(rows):.1%}" if rows else "–" for many in (counts.certain, counts.possible)]
    return f" ({_bounds(counts)}; {'–'.join(dict.fromkeys(shares))})"


def write_county(
    pack: Pack, out: Path, households: int, seed: int, day: datetime.date, missing: float
) -> Iterator[tuple[str, int]]:
    """Write the tables of a made-up county as Parquet files; names them with their rows."""
    if out.is_dir() and any(file.suffix in TABLES for file in out.iterdir()):
        raise FactsError([problem("file.exists", where=str(out), path=out)])
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    with progress(words("造户", "making households")):
        tables = make_county(pack, households, seed, on=day, missing=missing)
    for name, table in tables.items():
        with writing(out):
            table.write_parquet(out / f"{name}.parquet")
        yield name, table.height
