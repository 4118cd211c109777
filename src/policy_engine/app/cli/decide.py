"""`policy-engine decide`: facts in, decisions with their clauses out."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Annotated

import typer

from policy_engine.app.cli.exits import Exit, code_of, exit_for, report, told
from policy_engine.app.cli.options import (
    Format,
    FormatOption,
    PackName,
    Readings,
    Sets,
    SettingsFile,
    TextFile,
    When,
    day_of,
    pack_of,
    scenario_of,
    settings_of,
)
from policy_engine.app.cli.template import missing_extra
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.app.official_texts import quotes_of
from policy_engine.decision.answer import Decision
from policy_engine.decision.choosing import applying, joint_vocabulary
from policy_engine.decision.decide import decide_facts
from policy_engine.documents.read_facts import read_facts_file, read_facts_text
from policy_engine.documents.read_pack import load_pack, shipped_packs
from policy_engine.errors import FactsError, Problem, RequestError, problem
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.model.vocabulary import Vocabulary

__all__ = ["command"]


Out = Annotated[
    Path | None,
    typer.Option("--out", help=words("表格的结果写到这个 .xlsx 文件", "for a table: write the answers to this .xlsx")),
]
MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        help=words(
            "表格各列对应的事实（YAML，见 mapping suggest）", "for a table: columns to facts (see mapping suggest)"
        ),
    ),
]


AUTO = "auto"
"""`--pack auto`: whatever applies."""


def command(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FACTS…",
            help=words(
                "事实文件（YAML、JSON）或表格（.xlsx、.xls、.csv、文件夹）；- 表示标准输入",
                "facts in YAML or JSON, or a table (.xlsx, .xls, .csv, a folder); - reads standard input",
            ),
        ),
    ],
    pack: PackName,
    on: When = None,
    decision: Annotated[
        list[str] | None,
        typer.Option(
            "--decision",
            "-d",
            metavar="ID",
            help=words("只问这个决定（可多次）", "ask only this decision (repeatable)"),
        ),
    ] = None,
    settings: SettingsFile = None,
    set_: Sets = None,
    reading: Readings = None,
    format_: FormatOption = Format.TEXT,
    out: Out = None,
    mapping: MappingFile = None,
    text: TextFile = None,
    full: Annotated[
        bool,
        typer.Option(
            "--full", help=words("显示全部依据，包括没有起作用的", "show every branch, also those that did not decide")
        ),
    ] = False,
) -> None:
    with told():
        if pack == AUTO:
            raise typer.Exit(_chosen(files, day_of(on), decision, format_, text, full=full))
        loaded = pack_of(pack)
        day, supplied, scenario = day_of(on), settings_of(settings, loaded), scenario_of(set_, reading, loaded)
        if any(map(_is_table, files)):
            if text is not None:
                raise typer.BadParameter(words("表格的结果不引原文", "the answers to a table quote no text"))
            raise typer.Exit(_table(files, loaded, day, out, decision, supplied, scenario, mapping))
        if out is not None or mapping is not None:
            raise RequestError([problem("table.only")])
        failed: list[Exit] = []
        decisions: list[Decision] = []
        for name in files:
            for facts, problems in _subjects(name, loaded, failed):
                found = decide_facts(
                    loaded, facts, day, decisions=decision, settings=supplied, scenario=scenario, problems=problems
                )
                decisions.append(found)
        if decisions or not failed:
            print(_shown(decisions, format_, text, full=full))
        raise typer.Exit(max(failed) if failed else exit_for(decisions))


def _chosen(
    files: list[str],
    day: datetime.date | None,
    asked: list[str] | None,
    format_: Format,
    text: Path | None,
    *,
    full: bool,
) -> Exit:
    """Decide under every pack that is in force for the subject's area on the date; none applying is an answer too."""
    if text is not None and not text.is_dir():
        raise typer.BadParameter(words("--pack auto 时 --text 须是文件夹", "with --pack auto, --text is a folder"))
    packs = [load_pack(name) for name in shipped_packs()]
    decisions: list[Decision] = []
    nowhere = 0
    for name in files:
        subjects, problems = _read(name, joint_vocabulary(packs))
        report(problems)
        for facts in subjects:
            when = day or facts.as_of
            if when is None:
                raise RequestError([problem("request.no_date")])
            found = applying(packs, facts, when)
            nowhere += not found
            if not found:
                report([problem("scope.no_pack", where=name, on=when, known=", ".join(pack.id for pack in packs))])
            decisions += [
                decide_facts(
                    pack, facts, when, decisions=[id_ for id_ in asked if id_ in pack.decisions] if asked else None
                )
                for pack, _ in found
            ]
    if decisions:
        print(_shown(decisions, format_, text, full=full))
    return Exit.OUT_OF_SCOPE if nowhere and not decisions else exit_for(decisions)


def _read(name: str, vocabulary: Vocabulary) -> tuple[list[Facts], tuple[Problem, ...]]:
    if name == "-":
        return read_facts_text(sys.stdin.read(), "<stdin>", vocabulary)
    return read_facts_file(Path(name), vocabulary)


def _is_table(name: str) -> bool:
    path = Path(name)
    return path.suffix.lower() in (".xlsx", ".xls", ".xlsm", ".csv") or (path.is_dir() and any(path.glob("*.csv")))


def _table(
    files: list[str],
    pack: Pack,
    day: datetime.date | None,
    out: Path | None,
    decisions: list[str] | None,
    settings: Settings,
    scenario: Scenario,
    mapping: Path | None,
) -> Exit:
    """Decide about every household of a table."""
    if len(files) > 1:
        raise RequestError([problem("table.mixed_input")])
    if out is None or out.suffix.lower() != ".xlsx":
        raise RequestError([problem("table.no_out")])
    try:
        from policy_engine.app.cli.decide_table import decide_table
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None
    return decide_table(
        Path(files[0]), pack, day, out, decisions=decisions, settings=settings, scenario=scenario, mapping=mapping
    )


def _subjects(name: str, pack: Pack, failed: list[Exit]) -> list[tuple[Facts, tuple[Problem, ...]]]:
    """The subjects of a file with its warnings; a file that cannot be used is reported, and the others go on."""
    try:
        facts, problems = _read(name, pack.vocabulary)
    except FactsError as error:
        report(error.problems)
        failed.append(code_of(error))
        return []
    return [(one, problems if number == 0 else ()) for number, one in enumerate(facts)]


def _shown(decisions: list[Decision], format_: Format, text: Path | None, *, full: bool) -> str:
    """The decisions in the form asked for, with the official text of what they cite where it is at hand."""
    quotes = quotes_of({found.pack.id: found.pack for found in decisions if found.answers}.values(), text)
    if format_ is Format.JSON:
        from policy_engine.report.form import to_json

        return "[" + ",\n".join(to_json(found, quotes.get(found.pack.id)) for found in decisions) + "]"
    if format_ is Format.HTML:
        from policy_engine.report.html import page

        return page(decisions, LANGUAGE, quotes)
    from policy_engine.report.text import decision_text

    return "\n\n".join(
        decision_text(found, LANGUAGE, full=full, quotes=quotes.get(found.pack.id)) for found in decisions
    )
