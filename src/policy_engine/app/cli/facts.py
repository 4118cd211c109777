"""`policy-engine facts`: look at facts before deciding."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from policy_engine.app.cli.exits import Exit, code_of, report, told
from policy_engine.app.cli.words import words
from policy_engine.checking.plausible import implausible
from policy_engine.documents.read_facts import read_facts_file, read_facts_text
from policy_engine.documents.read_pack import load_pack
from policy_engine.errors import FactsError, Problem
from policy_engine.model.core import CORE

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help=words("查看事实文件", "look at facts files"))


@app.callback()
def root() -> None:
    pass


@app.command(
    "check",
    help=words(
        "检查形式、代码和是否合理；错误与提醒分开", "check shape, codes and plausibility; errors and warnings apart"
    ),
)
def check(
    files: Annotated[list[str], typer.Argument(metavar="FACTS…", help=words("事实文件", "facts files"))],
    pack: Annotated[
        str | None,
        typer.Option("--pack", "-p", help=words("连同政策包增加的事实", "with the facts that this pack adds")),
    ] = None,
) -> None:
    with told():
        vocabulary = load_pack(pack).vocabulary if pack else CORE
        errors: list[Problem] = []
        warnings: list[Problem] = []
        unreadable = False
        for name in files:
            try:
                facts, found = (
                    read_facts_text(sys.stdin.read(), "<stdin>", vocabulary)
                    if name == "-"
                    else read_facts_file(Path(name), vocabulary)
                )
            except FactsError as error:
                unreadable |= code_of(error) is Exit.COULD_NOT_RUN
                errors += [item for item in error.problems if item.severity == "error"]
                warnings += [item for item in error.problems if item.severity == "warning"]
                continue
            warnings += found
            for one in facts:
                for item in implausible(one, vocabulary):
                    placed = replace(item, where=f"{name}: {item.where}")
                    (errors if item.severity == "error" else warnings).append(placed)
        for title, group in ((words("错误", "Errors"), errors), (words("提醒", "Warnings"), warnings)):
            if group:
                print(f"{title} ({len(group)})", flush=True)
                report(group)
        if not errors and not warnings:
            print(words("没有发现问题", "nothing found"))
        if errors:
            raise typer.Exit(Exit.COULD_NOT_RUN if unreadable else Exit.INVALID)
