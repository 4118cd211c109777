"""`policy-engine pack clauses`: what became of each clause of a document."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from policy_engine.app.cli.exits import Exit, report, told
from policy_engine.app.cli.options import Format, FormatOption, pack_of
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.checking.accounting import account, unaccounted
from policy_engine.report.clauses import clauses_data, clauses_html, clauses_text

__all__ = ["command"]


def command(
    pack: Annotated[str, typer.Argument(metavar="PACK", help=words("名称或文件夹", "a name or a folder"))],
    format_: FormatOption = Format.TEXT,
) -> None:
    with told():
        loaded = pack_of(pack)
        found = account(loaded)
        if format_ is Format.JSON:
            print(json.dumps(clauses_data(loaded, found), ensure_ascii=False, indent=2))
        elif format_ is Format.HTML:
            print(clauses_html(loaded, found, LANGUAGE))
        else:
            print(clauses_text(loaded, found, LANGUAGE))
        missing = unaccounted(loaded)
        report(missing)
        if missing:
            raise typer.Exit(Exit.INVALID)
