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
from policy_engine.app.cli.chinese_help import in_chinese
from policy_engine.app.cli.words import LANGUAGE, words
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


app.command(
    "decide",
    help=words(
        "按政策文件作出决定：结论、依据、还缺什么\n\n"
        "关于一户、一村或一片区域；事实写成 YAML、JSON 或表格；没有写的就是未知，不当作“否”。"
        "退出码说明是否已有结论（见 policy-engine --help）。\n\n"
        "例：policy-engine decide examples/xuanzhou/included.yaml --pack xuanzhou_2021 -d monitoring",
        "what a policy decides, why, what is missing\n\n"
        "About a household, village or area; facts come as YAML, JSON or a table. What is left out is unknown, never no. The "
        "exit code says whether there is an answer (see policy-engine --help).\n\n"
        "Example: policy-engine decide examples/xuanzhou/included.yaml --pack xuanzhou_2021 -d monitoring",
    ),
)(decide.command)
app.command(
    "ask",
    help=words(
        "逐个提问，只问还影响结论的事\n\n"
        "答到有结论为止。不知道就直接回车；给出事实文件时，答案写回文件，下次接着问。\n\n"
        "例：policy-engine ask --pack xuanzhou_2021 -d monitoring --out household.yaml",
        "asks only what still matters to the answer\n\n"
        "One question after another, until the answer is settled. Enter alone means not known. "
        "With a facts file the answers are written back, and it goes on from there.\n\n"
        "Example: policy-engine ask --pack xuanzhou_2021 -d monitoring --out household.yaml",
    ),
)(ask.command)
app.command(
    "compare-packs",
    help=words(
        "同一户在几个政策包下的结论，并列给出\n\n"
        "不在施行地区或期间的政策包答“不适用”。\n\n"
        "例：policy-engine compare-packs examples/xuanzhou/included.yaml",
        "one household under several packs\n\n"
        "Side by side; a pack that is not in force there, or then, answers that it is out of scope.\n\n"
        "Example: policy-engine compare-packs examples/xuanzhou/included.yaml",
    ),
)(compare_packs.command)
app.command(
    "eval",
    help=words(
        "算一个表达式\n\n"
        "单独算，或用政策包里的名称和一户的事实（--pack、--facts，并显示用到的每个值）。写法、类型、单位有误时指出位置。\n\n"
        "例：policy-engine eval '1 < 2 and not(3 in [4..5])'",
        "evaluates one expression\n\n"
        "Alone, or with the names of a pack and the facts of a household (--pack, --facts), and then shows every value that was "
        "used. Points at what is wrong in syntax, types and units.\n\n"
        "Example: policy-engine eval '1 < 2 and not(3 in [4..5])'",
    ),
)(evaluate.command)
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
    if LANGUAGE == "zh":
        in_chinese()
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
