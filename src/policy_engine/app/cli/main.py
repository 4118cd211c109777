"""The root of the command line."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from policy_engine.app.cli import (
    ask,
    audit,
    benefits,
    case,
    compare,
    compare_packs,
    decide,
    duties,
    evaluate,
    facts,
    flip,
    ledger,
    letter,
    mapping,
    monitor,
    notice,
    pack,
    population,
    procedure,
    readings,
    scoreboard,
    sources,
    sweep,
    template,
    why_not,
)
from policy_engine.app.cli.words import words
from policy_engine.version import __version__

__all__ = ["app", "run"]

app = typer.Typer(
    name="policy-engine",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=words(
        "按政策文件作出决定：每一步都注明条款，未知不等于否。\n\n"
        "从这里开始：policy-engine decide examples/xuanzhou/included.yaml --pack xuanzhou_2021\n\n"
        "退出码：0 已决定，1 无法运行，2 用法有误，3 政策包或事实有误，4 有未决，5 均不适用，6 无规则适用或规则冲突",
        "Decides by policy documents: every step with its clause, and unknown is never no.\n\n"
        "Start here: policy-engine decide examples/xuanzhou/included.yaml --pack xuanzhou_2021\n\n"
        "Exit codes: 0 decided, 1 could not run, 2 usage, 3 invalid pack or facts, 4 some answer undetermined, "
        "5 all out of scope, 6 gap or conflict",
    ),
)


def _version(*, asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def root(
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="zh|en", help=words("语言：zh 或 en", "language: zh or en"))
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback prints and ends
        bool, typer.Option("--version", callback=lambda asked: _version(asked=asked), is_eager=True)
    ] = False,
) -> None:
    if lang not in (None, "zh", "en"):
        raise typer.BadParameter("zh | en", param_hint="--lang")


app.command("decide")(decide.command)
app.command("ask")(ask.command)
app.command("compare-packs")(compare_packs.command)
app.command("eval")(evaluate.command)
app.command(
    "flip", help=words("离各条线多远，改动什么结论会变", "how far from each line, and what would turn the answer")
)(flip.command)
app.command("why-not", help=words("两户逐条对比，差别在哪", "two households side by side, clause by clause"))(
    why_not.command
)
app.command(
    "compare",
    help=words("设想之下谁进谁出，哪些条款使然", "who enters and who leaves under a scenario, and which clauses do it"),
)(compare.command)
app.command(
    "sweep", help=words("一个参数逐步变动，各种结论的户数", "a parameter moved in steps: how many have each outcome")
)(sweep.command)
app.command("readings", help=words("每种解释改变多少户", "how many households each reading changes"))(readings.command)
app.command(
    "scoreboard",
    help=words(
        "按县或乡镇的成绩单，缺什么，背后是哪些户", "counties or towns side by side, and who is behind every number"
    ),
)(scoreboard.command)
app.command(
    "template",
    help=words("写出待填的表格，只含政策包需要的事实", "write a workbook to fill in, with what a pack needs"),
)(template.command)
app.command(
    "duties",
    help=words("某一天谁该做什么、何时之前、哪些逾期", "what is owed on a day, by whom, by when, and what is overdue"),
)(duties.command)
app.command(
    "letter",
    help=words(
        "给农户的告知书：结论、理由、还缺什么、如何异议",
        "a letter to the household: what was found, why, what is missing",
    ),
)(letter.command)
app.command(
    "notice", help=words("公示文本：名单、公示期、异议", "a public notice: the list, for how long, how to object")
)(notice.command)
app.command(
    "benefits",
    help=words(
        "一户一段期间享受的帮扶，按类别合计（幸福清单）", "what a household received in a period, by kind and sum"
    ),
)(benefits.command)
app.add_typer(case.app, name="case")
app.add_typer(procedure.app, name="procedure")
app.add_typer(mapping.app, name="mapping")
app.add_typer(facts.app, name="facts")
app.add_typer(pack.app, name="pack")
app.add_typer(population.app, name="population")
app.add_typer(sources.app, name="sources")
app.add_typer(ledger.app, name="ledger")
app.add_typer(audit.app, name="audit")
app.add_typer(monitor.app, name="monitor")


def run() -> None:
    """Run with the arguments of the process; `--lang` may stand anywhere among them."""
    arguments = sys.argv[1:]
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            arguments = [argument, *arguments[:position], *arguments[position + 1 :]]
            break
        if argument == "--lang" and position + 1 < len(arguments):
            lang = arguments[position : position + 2]
            arguments = lang + arguments[:position] + arguments[position + 2 :]
            break
    app(arguments)
