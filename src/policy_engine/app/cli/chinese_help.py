"""The headings and standing words of `--help` in Chinese; what the library says about wrong usage stays English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

__all__ = ["in_chinese"]

_CONTEXT: Any = typer.Context.__base__
"""The library's own context, which knows the class that lays out help."""

_HEADINGS = {"Arguments": "参数", "Options": "选项", "Commands": "命令"}
_WORDS = {
    "Show this message and exit.": "显示这段说明",
    "[required]": "[必填]",
    "[default: ": "[默认：",
}


class ChineseHelp(_CONTEXT.formatter_class):  # type: ignore[misc] # of the library's version that is installed
    """Help as the library lays it out, with its own words in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        args = args.replace("[OPTIONS]", "[选项]").replace("COMMAND [ARGS]...", "命令 [参数]…")
        super().write_usage(prog, args, "用法：" if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(self, rows: Sequence[tuple[str, str]], *arguments: Any, **named: Any) -> None:
        super().write_dl([(name, _said(help_)) for name, help_ in rows], *arguments, **named)


def _said(help_: str) -> str:
    for english, chinese in _WORDS.items():
        help_ = help_.replace(english, chinese)
    return help_


def in_chinese() -> None:
    """From here on help is in Chinese."""
    _CONTEXT.formatter_class = ChineseHelp
