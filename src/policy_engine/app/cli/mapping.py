"""`policy-engine mapping`: proposes how the columns of an existing export become facts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from policy_engine.app.cli.exits import told
from policy_engine.app.cli.options import PackName, pack_of
from policy_engine.app.cli.outputs import new_file
from policy_engine.app.cli.template import missing_extra, year_of
from policy_engine.app.cli.words import words
from policy_engine.app.writing import writing

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help=words("现有导出表的列对应哪些事实", "how columns of exports become facts"))


@app.callback()
def root() -> None:
    pass


@app.command(
    "suggest", help=words("由列名推出对应文件，供逐行核对", "propose a mapping from the headings, to be checked")
)
def suggest(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=words("导出的表格", "the export"))],
    pack: PackName,
    year: Annotated[
        int | None,
        typer.Option(
            "--year", min=1000, max=9999, help=words("没写年份的列算哪一年", "year of columns that name none")
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help=words("写到这个文件", "write to this file"))] = None,
) -> None:
    with told():
        if out is not None:
            new_file(out)
        loaded = pack_of(pack)
        try:
            from policy_engine.documents.mapping import suggest as suggested
            from policy_engine.documents.table_files import open_tables
        except ModuleNotFoundError as error:
            raise missing_extra(error) from None
        tables = {name: read().rows for name, read in open_tables(file).items()}
        text = suggested(tables, loaded.vocabulary, year or year_of(loaded))
        if out is None:
            print(text, end="")
        else:
            with writing(out):
                out.write_text(text, encoding="utf-8")
            print(words(f"已写好 {out}，请逐行核对", f"{out} is written; check every line"), file=sys.stderr)
