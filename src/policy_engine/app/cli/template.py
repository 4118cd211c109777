"""`policy-engine template`: a workbook to fill in, with just the facts that a pack needs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from policy_engine.app.cli.exits import told
from policy_engine.app.cli.options import PackName, pack_of
from policy_engine.app.cli.outputs import new_file
from policy_engine.app.cli.words import words
from policy_engine.app.writing import writing
from policy_engine.decision.decide import asked_decisions
from policy_engine.documents.table_columns import needed
from policy_engine.errors import MissingExtra, problem
from policy_engine.model.pack import Pack

__all__ = ["command", "missing_extra", "year_of"]


def command(
    pack: PackName,
    out: Annotated[Path, typer.Option("--out", help=words("写到这个 .xlsx 文件", "write this .xlsx file"))],
    year: Annotated[
        int | None,
        typer.Option(
            "--year",
            min=1000,
            max=9999,
            help=words("本年度；另有上年度的列。默认取印发年份", "this year; last year's columns come too"),
        ),
    ] = None,
    decision: Annotated[
        list[str] | None,
        typer.Option(
            "--decision",
            "-d",
            metavar="ID",
            help=words("只要这个决定所需的列（可多次）", "only what this decision needs (repeatable)"),
        ),
    ] = None,
) -> None:
    with told():
        if out.suffix.lower() != ".xlsx":
            raise typer.BadParameter(".xlsx", param_hint="--out")
        new_file(out)
        loaded = pack_of(pack)
        this_year = year or year_of(loaded)
        asked = asked_decisions(loaded, "household", decision) if decision else None
        columns = needed(loaded, (this_year, this_year - 1), asked)
        try:
            from policy_engine.report.workbook import write_template
        except ModuleNotFoundError as error:
            raise missing_extra(error) from None
        with writing(out):
            write_template(out, loaded, columns)
        sheets = "、".join(dict.fromkeys(sheet.name for sheet, _ in columns))
        print(words(f"已写好 {out}：{sheets}", f"{out} is written: {sheets}"), file=sys.stderr)


def year_of(pack: Pack) -> int:
    """The year of a document: that of its issue, else from when it is in force."""
    day = pack.issued or pack.in_force.from_
    return day.year if day is not None else 2021


def missing_extra(error: ModuleNotFoundError) -> MissingExtra:
    """The sentence that names what to install, for a module of the extra `tables`; other errors go on."""
    if error.name is None or error.name.partition(".")[0] not in ("python_calamine", "xlsxwriter", "rich"):
        raise error
    return MissingExtra([problem("table.missing_extra", found=error.name)])
