"""`policy-engine notice`: the text that is posted (公示) about those of some households whom a procedure is about."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from policy_engine.app.cli.exits import told
from policy_engine.app.cli.options import Mask, PackName, SettingsFile, When, day_of, pack_of, settings_of
from policy_engine.app.cli.papers import Form, FormOption, OutFile, households_in, show, written
from policy_engine.app.cli.words import LETTERS, words
from policy_engine.errors import RequestError, problem
from policy_engine.expression.names import nearest
from policy_engine.model.pack import Pack
from policy_engine.model.procedure import Procedure
from policy_engine.report.notice import listed, notice, publicity_of

__all__ = ["command"]


def command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FACTS…", help=words("各户的事实文件", "facts files of the households"))
    ],
    pack: PackName,
    procedure: Annotated[
        str,
        typer.Option("--procedure", help=words("公示的是哪一程序（见 procedure list）", "the procedure it is about")),
    ],
    on: When = None,
    posted_on: Annotated[
        str | None,
        typer.Option("--posted-on", metavar="DATE", help=words("公示起始日；不给则留空", "first day; else left blank")),
    ] = None,
    settings: SettingsFile = None,
    format_: FormOption = Form.TEXT,
    out: OutFile = None,
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        loaded = pack_of(pack)
        found, supplied = _procedure(loaded, procedure), settings_of(settings, loaded)
        publicity_of(loaded, found)
        households = [one for file in files for one in households_in(file, loaded)]
        day = day_of(on) or max((one.as_of for one in households if one.as_of is not None), default=None)
        if day is None:
            raise RequestError([problem("request.no_date")])
        holds = [listed(loaded, found, one, day, supplied) for one in households]
        chosen = [one for one, holding in zip(households, holds, strict=True) if holding is True]
        if not chosen:
            raise RequestError([problem("request.nobody_listed", found=found.id)])
        document = notice(loaded, found, chosen, day, settings=supplied, language=LETTERS, posted_on=day_of(posted_on))
        show(written([document], format_), out, *files)
        open_, no = holds.count(None), holds.count(False)
        left_out = words(
            f"未列入：不符合 {no} 户，尚不能确定 {open_} 户", f"not listed: {no} do not fit, {open_} not known"
        )
        print(left_out, file=sys.stderr)


def _procedure(pack: Pack, id_: str) -> Procedure:
    if id_ not in pack.procedures:
        near = nearest(id_, pack.procedures) or ", ".join(pack.procedures)
        raise RequestError([problem("case.unknown_procedure", found=id_, near=near)])
    return pack.procedure(id_)
