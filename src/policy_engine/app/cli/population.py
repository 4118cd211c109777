"""`policy-engine population`: a whole county decided in columns; a made-up county; a county in figures."""

from __future__ import annotations

import datetime
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from policy_engine.app.cli.exits import Exit, told
from policy_engine.app.cli.options import (
    Mask,
    PackName,
    Readings,
    Sets,
    SettingsFile,
    When,
    day_of,
    pack_of,
    scenario_of,
    settings_of,
)
from policy_engine.app.cli.outputs import new_file, not_read
from policy_engine.app.cli.population_options import Weights
from policy_engine.app.cli.template import missing_extra
from policy_engine.app.cli.words import words
from policy_engine.decision.decide import asked_decisions
from policy_engine.errors import MissingExtra, RequestError, problem
from policy_engine.model.facts import Evidence

if TYPE_CHECKING:
    from policy_engine.app.cli.population_run import Job, Totals

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help=words("整县计算", "a whole county at once"))

Given = Annotated[
    Path,
    typer.Argument(
        metavar="IN",
        help=words(
            "文件夹（households、members 等 .parquet 或 .csv）、户表文件、工作簿、CSV 文件夹或事实文件",
            "a folder (households, members, … as .parquet or .csv), the file of the households, a workbook, or a facts file",
        ),
    ),
]


class Only(StrEnum):
    OUTCOMES = "outcomes"


Asked = Annotated[
    list[str] | None,
    typer.Option(
        "--decision", "-d", metavar="ID", help=words("只问这个决定（可多次）", "ask only this decision (repeatable)")
    ),
]
BlockSize = Annotated[
    int,
    typer.Option(
        "--block", min=0, help=words("每次读入多少户；0 表示一次读入", "households read at a time; 0 reads all at once")
    ),
]
By = Annotated[str, typer.Option("--judged-by", help=words("全部研判由谁作出", "by whom all judgements were made"))]
Seen = Annotated[
    str | None,
    typer.Option("--judged-on", metavar="DATE", help=words("全部研判的日期", "when all judgements were made")),
]


def _job(
    given: Path,
    pack: str,
    on: str | None,
    decisions: list[str] | None,
    settings: Path | None,
    sets: list[str] | None,
    readings: list[str] | None,
    block: int,
    judged: tuple[str, str | None],
    weights: str = "",
    *,
    only_outcomes: bool = False,
    mask: bool = False,
) -> Job:
    try:
        from policy_engine.app.cli.population_run import Job
        from policy_engine.population.block import Runner
        from policy_engine.population.rowwise import Asked as AskedPack
    except ModuleNotFoundError as error:
        raise _missing_extra(error) from None
    loaded = pack_of(pack)
    day = day_of(on)
    if day is None:
        raise RequestError([problem("request.no_date")])
    asked = AskedPack(loaded, day, settings_of(settings, loaded), scenario_of(sets, readings, loaded))
    evidence = Evidence(by=judged[0], observed_on=day_of(judged[1]))
    asked_about = asked_decisions(loaded, "household", decisions or None)
    runner = Runner(asked, asked_about, evidence, only_outcomes, mask)
    return Job(runner, given, block, weights)


def _missing_extra(error: ModuleNotFoundError) -> MissingExtra:
    if error.name is None or error.name.partition(".")[0] != "polars":
        raise error
    return MissingExtra([problem("population.missing_extra", found=error.name)])


@app.command("decide", help=words("逐户决定，结果写成表", "decide every household, into a table"))
def decide(
    given: Given,
    pack: PackName,
    out: Annotated[
        Path,
        typer.Option(
            "--out", help=words("结果文件（.parquet、.csv 或 .xlsx）", "the result (.parquet, .csv or .xlsx)")
        ),
    ],
    on: When = None,
    decision: Asked = None,
    settings: SettingsFile = None,
    set_: Sets = None,
    reading: Readings = None,
    missing: Annotated[
        bool, typer.Option("--missing", help=words("加上所缺事实", "with what is missing in each open answer"))
    ] = False,
    only: Annotated[
        Only | None,
        typer.Option("--only", help=words("只算结果，不算可能结果与依据规则", "the outcomes alone, which is faster")),
    ] = None,
    block: BlockSize = 200_000,
    judged_by: By = "",
    judged_on: Seen = None,
    engine: Annotated[
        Literal["polars", "spark"],
        typer.Option("--engine", help=words("本进程计算，或交给 Spark", "in this process, or on Spark")),
    ] = "polars",
    master: Annotated[
        str, typer.Option("--master", metavar="URL", help=words("Spark 集群的地址", "the Spark cluster"))
    ] = "local[*]",
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        if missing and only:
            raise RequestError([problem("population.only_and_missing")])
        judged = judged_by, judged_on
        outcomes = only is not None
        job = _job(given, pack, on, decision, settings, set_, reading, block, judged, only_outcomes=outcomes, mask=mask)
        if out.suffix not in (".parquet", ".csv", ".xlsx"):
            raise RequestError([problem("population.bad_out", found=out)])
        _may_write(out, given)
        totals = (_on_spark if engine == "spark" else _here)(job, out, master, missing=missing)
        _tell(totals, out)
        raise typer.Exit(_exit(totals))


def _may_write(out: Path, given: Path) -> None:
    """An earlier result may be written anew; any other file that is there is somebody's work."""
    not_read(out, given)
    if out.is_file() and not _is_result(out):
        new_file(out)


def _is_result(out: Path) -> bool:
    if out.suffix == ".xlsx":
        try:
            from policy_engine.documents.table_files import is_result_workbook
        except ModuleNotFoundError as error:
            raise missing_extra(error) from None
        return is_result_workbook(out)
    from policy_engine.population.files import is_answers

    return is_answers(out)


def _here(job: Job, out: Path, _: str, *, missing: bool) -> Totals:
    from policy_engine.app.cli.population_run import write

    return write(job, out, missing=missing)


def _on_spark(job: Job, out: Path, master: str, *, missing: bool) -> Totals:
    try:
        from policy_engine.app.cli.population_spark import write_on_spark
    except ImportError as error:
        raise MissingExtra([problem("spark.missing_extra", found=error.name or error)]) from None
    return write_on_spark(job, out, master, missing=missing)


def _tell(totals: Totals, out: Path) -> None:
    from policy_engine.app.cli.population_run import statuses_text

    rows, found = totals.rows, statuses_text(dict(sorted(totals.statuses.items())))
    print(words(f"{rows} 户，结果在 {out}：{found}", f"{rows} households, written to {out}: {found}"), file=sys.stderr)
    if totals.rejected:
        from policy_engine.app.cli.rejected import write_rejected

        where = out if out.suffix == ".xlsx" else out.with_suffix(".rejected.csv")
        if where != out:
            write_rejected(where, totals.rejected)
        many = len(totals.rejected)
        print(
            words(f"被拒绝的行有 {many} 行，列在 {where}", f"{many} rejected rows, listed in {where}"), file=sys.stderr
        )


def _exit(totals: Totals) -> Exit:
    """The gravest of all, as for `decide`."""
    if totals.rejected:
        return Exit.INVALID
    if totals.statuses["gap"] or totals.statuses["conflict"]:
        return Exit.GAP_OR_CONFLICT
    return Exit.UNDETERMINED if totals.statuses["undetermined"] else Exit.DECIDED


@app.command(
    "describe",
    help=words(
        "各种结果的户数（含上下限），所缺的事实", "households by answer with bounds, and the facts that are missing"
    ),
)
def describe(
    given: Given,
    pack: PackName,
    on: When = None,
    decision: Asked = None,
    settings: SettingsFile = None,
    set_: Sets = None,
    reading: Readings = None,
    by: Annotated[
        str, typer.Option("--by", help=words("按此事实分列，如 town", "parted by this fact, such as town"))
    ] = "",
    missing: Annotated[
        bool, typer.Option("--missing/--no-missing", help=words("列出所缺事实", "name the missing facts"))
    ] = True,
    block: BlockSize = 200_000,
    judged_by: By = "",
    judged_on: Seen = None,
    weights: Weights = "",
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        judged = judged_by, judged_on
        job = _job(given, pack, on, decision, settings, set_, reading, block, judged, weights, mask=mask)
        from policy_engine.app.cli.population_run import figures

        for line in figures(job, by=by, missing=missing):
            print(line)


@app.command("make", help=words("造一个虚构的县", "make up a county"))
def make(
    pack: PackName,
    out: Annotated[Path, typer.Option("--out", help=words("文件夹", "a folder"))],
    households: Annotated[int, typer.Option("--households", min=1, help=words("户数", "how many households"))] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help=words("随机种子", "the seed of chance"))] = 0,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="DATE",
            help=words(
                "事实所述的日期（YYYY-MM-DD）；默认为政策包生效之日",
                "the date that the facts describe (YYYY-MM-DD); by default the day from which the pack is in force",
            ),
        ),
    ] = None,
    missing: Annotated[
        float,
        typer.Option(
            "--missing", metavar="SHARE", min=0, max=1, help=words("未知的比例", "the share of unknown cells")
        ),
    ] = 0.06,
) -> None:
    with told():
        loaded = pack_of(pack)
        day = day_of(on) or loaded.in_force.from_ or loaded.issued or datetime.date(2021, 9, 1)
        try:
            from policy_engine.app.cli.population_run import write_county
        except ModuleNotFoundError as error:
            raise _missing_extra(error) from None
        for name, rows in write_county(loaded, out, households, seed, day, missing):
            print(f"{name}: {rows}", file=sys.stderr)
