"""`policy-engine decide`: facts in, decisions with their clauses out."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policy_engine.app.cli.exits import MOST, Exit, code_of, exit_for, report, told
from policy_engine.app.cli.options import (
    Format,
    FormatOption,
    Mask,
    PackName,
    Readings,
    ScenarioFile,
    Sets,
    SettingsFile,
    TextFile,
    When,
    day_of,
    pack_of,
    scenario_of,
    settings_of,
)
from policy_engine.app.cli.record import Decided, KnownOn, Recording, RecordTo, needs_ledger, record_decisions
from policy_engine.app.cli.second import SecondOpinionAsked, second_opinion, tell_opinions
from policy_engine.app.cli.template import missing_extra
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.app.official_texts import quotes_of
from policy_engine.decision.answer import Decision
from policy_engine.decision.choosing import applying, joint_vocabulary
from policy_engine.decision.masking import mask_decision
from policy_engine.decision.request import Request
from policy_engine.documents.read_facts import read_facts_file, read_facts_text
from policy_engine.documents.read_pack import load_pack, shipped_packs
from policy_engine.errors import FactsError, Problem, RequestError, problem
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.vocabulary import Vocabulary

if TYPE_CHECKING:
    from policy_engine.record.ledger import Ledger

__all__ = ["command"]


Full = Annotated[
    bool,
    typer.Option(
        "--full", help=words("显示全部依据，包括没有起作用的", "show every branch, also those that did not decide")
    ),
]
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
    scenario: ScenarioFile = None,
    set_: Sets = None,
    reading: Readings = None,
    format_: FormatOption = Format.TEXT,
    out: Out = None,
    mapping: MappingFile = None,
    record: RecordTo = None,
    known_on: KnownOn = None,
    text: TextFile = None,
    second: SecondOpinionAsked = False,
    full: Full = False,
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        failed: list[Exit] = []
        if pack == AUTO:
            _for_any_pack(text, one_pack=bool(settings or scenario or set_ or reading))
            decided = _chosen(files, day_of(on), decision, failed)
        else:
            loaded = pack_of(pack)
            supplied, supposed = settings_of(settings, loaded), scenario_of(set_, reading, loaded, scenario)
            request = Request(day_of(on), tuple(decision) if decision else None, supplied, supposed)
            if any(map(_is_table, files)):
                _without_text(text)
                with _ledger(record) as ledger:
                    to = None if ledger is None else Recording(ledger, pack, loaded, day_of(known_on))
                    in_form = {"second": second, "mask": mask, "as_json": _as_json(format_)}
                    raise typer.Exit(_table(files, loaded, request, out, mapping, to, **in_form))
            if out is not None or mapping is not None:
                raise RequestError([problem("table.only")])
            decided = _decided(files, pack, loaded, request, failed)
        decided = _seconded(decided) if second else decided
        _record(record, known_on, decided)
        if decided or not failed:
            shown = [mask_decision(one.decision) if mask else one.decision for one in decided]
            print(_shown(shown, format_, text, full=full))
        raise typer.Exit(max(failed) if failed else exit_for(one.decision for one in decided))


def _seconded(decided: list[Decided]) -> list[Decided]:
    """Each decision with the opinion of the second engine, told on standard error."""
    decided = [one._replace(opinion=second_opinion(one.decision, one.facts, one.request)) for one in decided]
    tell_opinions(one.opinion for one in decided)
    return decided


def _for_any_pack(text: Path | None, *, one_pack: bool) -> None:
    """`--pack auto` goes with a folder of texts, and with nothing that belongs to one pack."""
    if one_pack:
        raise RequestError([problem("request.one_pack")])
    if text is not None and not text.is_dir():
        raise typer.BadParameter(words("--pack auto 时 --text 须是文件夹", "with --pack auto, --text is a folder"))


def _without_text(text: Path | None) -> None:
    if text is not None:
        raise typer.BadParameter(words("表格的结果不引原文", "the answers to a table quote no text"))


def _as_json(format_: Format) -> bool:
    """What is told about a table: a sentence, or data; its answers are in the workbook."""
    if format_ is Format.HTML:
        raise typer.BadParameter(words("表格的结果是 .xlsx 文件", "the answers to a table are an .xlsx file"))
    return format_ is Format.JSON


def _decided(files: list[str], name: str, pack: Pack, request: Request, failed: list[Exit]) -> list[Decided]:
    """The decisions about all subjects of the files, under one pack."""
    return [
        Decided(request.decide(pack, facts, problems), facts, request, name)
        for file in files
        for facts, problems in _subjects(file, pack, failed)
    ]


@contextmanager
def _ledger(location: str | None) -> Iterator[Ledger | None]:
    """The ledger of `--record`, open for writing; None without that option."""
    if location is None:
        yield None
        return
    with needs_ledger():
        from policy_engine.record.ledger import open_ledger
    with open_ledger(location, "write") as opened:
        yield opened


def _record(location: str | None, known_on: str | None, decided: list[Decided]) -> None:
    """Record what was decided before it is shown."""
    with _ledger(location) as ledger:
        if ledger is not None:
            record_decisions(ledger, decided, day_of(known_on))


def _chosen(files: list[str], day: datetime.date | None, asked: list[str] | None, failed: list[Exit]) -> list[Decided]:
    """Decide under every pack that is in force for the subject's area on the date; none applying is an answer too."""
    packs = [load_pack(name) for name in shipped_packs()]
    decided: list[Decided] = []
    for name in files:
        subjects, problems = _read(name, joint_vocabulary(packs))
        report(problems)
        for facts in subjects:
            when = day or facts.as_of
            if when is None:
                raise RequestError([problem("request.no_date")])
            found = applying(packs, facts, when)
            if not found:
                report([problem("scope.no_pack", where=name, on=when, known=", ".join(pack.id for pack in packs))])
            for pack, _ in found:
                known = tuple(id_ for id_ in asked if id_ in pack.decisions) if asked else None
                request = Request(when, known)
                decided.append(Decided(request.decide(pack, facts), facts, request, pack.id))
    if not decided:
        failed.append(Exit.OUT_OF_SCOPE)
    return decided


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
    request: Request,
    out: Path | None,
    mapping: Path | None,
    recording: Recording | None,
    *,
    second: bool,
    mask: bool,
    as_json: bool,
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
        Path(files[0]),
        pack,
        request.on,
        out,
        decisions=request.decisions,
        settings=request.settings,
        scenario=request.scenario,
        mapping=mapping,
        recording=recording,
        second=second,
        mask=mask,
        as_json=as_json,
    )


def _subjects(name: str, pack: Pack, failed: list[Exit]) -> list[tuple[Facts, tuple[Problem, ...]]]:
    """The subjects of a file with its warnings; a file that cannot be used is reported, and the others go on."""
    try:
        facts, problems = _read(name, pack.vocabulary)
    except FactsError as error:
        report(error.problems, MOST)
        failed.append(code_of(error))
        return []
    return [(one, problems if number == 0 else ()) for number, one in enumerate(facts)]


def _shown(decisions: list[Decision], format_: Format, text: Path | None, *, full: bool) -> str:
    """The decisions in the form asked for, with the official text of what they cite where it is at hand."""
    quotes = quotes_of({found.pack.id: found.pack for found in decisions if found.answers}.values(), text)
    if format_ is Format.JSON:
        from policy_engine.record.decision_form import to_json

        return "[" + ",\n".join(to_json(found, quotes.get(found.pack.id)) for found in decisions) + "]"
    if format_ is Format.HTML:
        from policy_engine.report.html import page

        return page(decisions, LANGUAGE, quotes)
    from policy_engine.report.text import decision_text

    return "\n\n".join(
        decision_text(found, LANGUAGE, full=full, quotes=quotes.get(found.pack.id)) for found in decisions
    )
