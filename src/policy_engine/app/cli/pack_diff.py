"""`policy-engine pack diff`: what differs between two packs, or two versions of one."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from policy_engine.app.cli.exits import told
from policy_engine.app.cli.options import Format, FormatOption, pack_of
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.checking.difference import difference
from policy_engine.report.difference import difference_data, difference_html, difference_text

__all__ = ["command"]


def command(
    old: Annotated[str, typer.Argument(metavar="OLD", help=words("名称或文件夹", "a name or a folder"))],
    new: Annotated[str, typer.Argument(metavar="NEW", help=words("名称或文件夹", "a name or a folder"))],
    format_: FormatOption = Format.TEXT,
) -> None:
    with told():
        found = difference(pack_of(old), pack_of(new))
        if format_ is Format.JSON:
            print(json.dumps(difference_data(found), ensure_ascii=False, indent=2))
        elif format_ is Format.HTML:
            print(difference_html(found, LANGUAGE))
        else:
            print(difference_text(found, LANGUAGE))
