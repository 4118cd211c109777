"""`policy-engine facts`: look at facts before deciding."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from policy_engine.app.cli.exits import MOST, Exit, code_of, report, told
from policy_engine.app.cli.options import Mask
from policy_engine.app.cli.words import words
from policy_engine.checking.plausible import implausible
from policy_engine.documents.fact_places import place_of
from policy_engine.documents.read_facts import read_facts_text, subject_nodes
from policy_engine.documents.read_pack import load_pack, read_text
from policy_engine.errors import FactsError, Problem
from policy_engine.model.core import CORE
from policy_engine.model.vocabulary import Vocabulary

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
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        vocabulary = load_pack(pack).vocabulary if pack else CORE
        errors: list[Problem] = []
        warnings: list[Problem] = []
        unreadable = False
        for name in files:
            try:
                found = _look(name, vocabulary)
            except FactsError as error:
                unreadable |= code_of(error) is Exit.COULD_NOT_RUN
                found = error.problems
            errors += [item for item in found if item.severity == "error"]
            warnings += [item for item in found if item.severity == "warning"]
        for title, group in ((words("错误", "Errors"), errors), (words("提醒", "Warnings"), warnings)):
            if group:
                print(f"{title} ({len(group)})", flush=True)
                report(group, MOST, headed=True)
        if not errors and not warnings:
            print(words("没有发现问题", "nothing found"))
        if errors:
            raise typer.Exit(Exit.COULD_NOT_RUN if unreadable else Exit.INVALID)


def _look(name: str, vocabulary: Vocabulary) -> tuple[Problem, ...]:
    """All that is strange in a facts file that can be read, each with its place; raises `FactsError`."""
    problems: list[Problem] = []
    text = sys.stdin.read() if name == "-" else read_text(Path(name), problems)
    if text is None:
        raise FactsError(problems)
    name = "<stdin>" if name == "-" else name
    facts, warnings = read_facts_text(text, name, vocabulary)
    found = [(number, one, item) for number, one in enumerate(facts) for item in implausible(one, vocabulary)]
    nodes = subject_nodes(text, name)[0] if found else []
    return *warnings, *(
        replace(item, span=place_of(nodes[number], item.where, one.subject, vocabulary)) for number, one, item in found
    )
