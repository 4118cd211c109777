"""The headings and standing words of `--help`, and what is said about wrong usage, in Chinese."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import IO, Any

import typer

__all__ = ["in_chinese", "mistake_in_chinese"]

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


_MISTAKES = [
    (r"Missing (?:argument|option) (.+)\.", r"缺少 \1"),
    (r"No such option: (\S+) \(Possible options: (.+)\)", r"没有选项 \1，相近的有 \2"),
    (r"No such option: (\S+)", r"没有选项 \1"),
    (r"No such command (.+)\. Did you mean (.+)\?", r"没有命令 \1，相近的有 \2"),
    (r"No such command (.+)\.", r"没有命令 \1"),
    (r"Option (.+) requires an argument\.", r"选项 \1 后面要写值"),
    (r"Option (.+) does not take a value\.", r"选项 \1 后面不写值"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", r"多出的参数：\1"),
    (r"Invalid value for (.+?): (?:Value error, )?(.+)", r"\1：\2"),
    (r"Invalid value: (.+)", r"\1"),
]
"""What the library says of a mistake, and the same in Chinese; anything else stays as it is."""

_VALUES = [
    (r"'([^']*)' is not one of (.+)\.", r"没有“\1”，可用的有 \2"),
    (r"Input should be a valid integer.*", "应为整数"),
    (r"Input should be greater than or equal to (.+)", r"不能小于 \1"),
    (r"Input should be less than or equal to (.+)", r"不能大于 \1"),
]


def mistake_in_chinese(message: str) -> str:
    """A mistake in the usage, in Chinese."""
    for english, chinese in _MISTAKES:
        if found := re.fullmatch(english, message, re.DOTALL):
            said = found.expand(chinese)
            for part, meant in _VALUES:
                said = re.sub(f"{part}$", meant, said, flags=re.DOTALL)
            return said
    return message


def _show(error: Any, file: IO[Any] | None = None) -> None:
    """In the place of the library's `UsageError.show`."""
    to = sys.stderr if file is None else file
    if error.ctx is not None:
        print(f"{error.ctx.get_usage()}\n说明：{error.ctx.command_path} --help\n", file=to)
    print(f"错误：{mistake_in_chinese(error.format_message())}", file=to)


def in_chinese() -> None:
    """From here on help and usage errors are in Chinese."""
    _CONTEXT.formatter_class = ChineseHelp
    usage_error: Any = typer.BadParameter.__base__
    usage_error.show = _show
