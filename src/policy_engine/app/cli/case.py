"""`policy-engine case`: the life of a household in one file, an event after another."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from policy_engine.app.case_file import (
    append,
    checked,
    code_in,
    code_of,
    given_event,
    header,
    particulars,
    same_code,
    start,
    text_of,
)
from policy_engine.app.cli.exits import Exit, report, told
from policy_engine.app.cli.options import Mask, SettingsFile, day_of, pack_of, settings_of
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.app.facts_file import load_data
from policy_engine.decision.history import History, fold
from policy_engine.decision.masking import mask_divergence, mask_event, mask_history, mask_standing
from policy_engine.decision.standing import Standing, divergences, standing
from policy_engine.documents.read_case import read_case_file
from policy_engine.documents.read_pack import load_pack
from policy_engine.errors import FactsError, RequestError, problem
from policy_engine.model.case import Event
from policy_engine.report.case import brief_text, event_text, next_text, standing_text
from policy_engine.report.case_data import history_data, standing_data

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help=words(
        "立案、逐步记录、查看进度：一户一个文件，只追加，不改写",
        "open a case, record it step by step, see where it stands: one file, only ever appended to",
    ),
)

CaseFileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help=words("案件文件（.yaml 或 .jsonl）", "a case file (.yaml or .jsonl)"))
]
CaseId = Annotated[
    str | None,
    typer.Option(
        "--case", "-c", help=words("案件名称；只有一案时可省", "the case; may be left out where there is one")
    ),
]
Happened = Annotated[str, typer.Option("--on", metavar="DATE", help=words("发生日期", "the day it happened"))]
Recorded = Annotated[
    str | None,
    typer.Option(
        "--recorded-on",
        metavar="DATE",
        help=words("记录日期；默认同发生日期", "the day it is recorded; by default the day it happened"),
    ),
]
Asked = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="DATE",
        help=words("问的是哪一天；默认取最后一次记录的日期", "the day asked about; by default that of the last event"),
    ),
]
Format = Annotated[Literal["text", "json"], typer.Option("--format", help=words("输出格式", "form of the output"))]


@app.command("open", help=words("立案：文件不存在则新建", "open a case; the file is made where there is none"))
def open_(
    file: CaseFileArgument,
    procedure: Annotated[
        str, typer.Option("--procedure", help=words("程序（见 procedure list）", "the procedure (see procedure list)"))
    ],
    on: Happened,
    pack: Annotated[
        str | None,
        typer.Option("--pack", "-p", help=words("政策包；新建文件时需要", "the pack; needed for a new file")),
    ] = None,
    case: CaseId = None,
    id_: Annotated[str | None, typer.Option("--id", help=words("户编号", "the household's code"))] = None,
    facts: Annotated[
        Path | None, typer.Option("--facts", help=words("立案时的事实文件", "a facts file as of that day"))
    ] = None,
    follows: Annotated[
        str | None, typer.Option("--follows", help=words("接续的旧案", "the earlier case it follows"))
    ] = None,
    recorded_on: Recorded = None,
    settings: SettingsFile = None,
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        new = not file.exists()
        if new and pack is None:
            raise RequestError([problem("case.pack_needed", where=str(file))])
        data = load_data(facts) if facts is not None else None
        subject = str((data or {}).get("subject", "household"))
        id_ = same_code(id_, None if data is None else code_in(data, subject), facts)
        if new:
            text = start(file, header(pack_of(pack or ""), subject, id_))
        else:
            text = text_of(file)
            same_code(code_of(file), id_, facts or file)
        fresh = text if new else ""
        dates = _dates(on, recorded_on)
        if data is not None:
            body = {key: value for key, value in data.items() if key not in _HEADER}
            text, added = _next(text, file, {"event": "facts", **dates, "facts": body}, settings)
            fresh += added
        opening = {"event": "open", "case": case or procedure, "procedure": procedure, **dates}
        text, added = _next(text, file, opening | ({"follows": follows} if follows else {}), settings)
        append(file, fresh + added)
        history = _history(file, settings)
        (found,) = _standings(history, case or procedure, _day(history, None), mask=mask)
        print(standing_text(history, found, LANGUAGE))


@app.command(
    "record",
    help=words(
        "记录一步。不合程序的记录会被退回并说明条款，文件不变。\n\n"
        "其他事件（facts、ruling、strike）用 --event 给出 YAML，- 为标准输入",
        "Record a step. What the procedure does not allow is refused with its clause, and the file stays as it is.\n\n"
        "Other events (facts, ruling, strike) are given as YAML with --event; - is standard input",
    ),
)
def record(
    file: CaseFileArgument,
    on: Happened,
    case: CaseId = None,
    step: Annotated[
        str | None,
        typer.Option(
            "--step", "-s", help=words("步骤；默认为当前一步", "the step; by default the one the case stands at")
        ),
    ] = None,
    result: Annotated[str | None, typer.Option("--result", "-r", help=words("结果", "the result"))] = None,
    by: Annotated[str | None, typer.Option("--by", help=words("由谁作出", "the actor"))] = None,
    person: Annotated[
        str | None, typer.Option("--person", help=words("经办人代码（不写姓名）", "a code of the person (no name)"))
    ] = None,
    particular: Annotated[
        list[str] | None,
        typer.Option(
            "--particular", "-P", metavar="NAME=VALUE", help=words("事项（可多次）", "a particular (repeatable)")
        ),
    ] = None,
    why: Annotated[str | None, typer.Option("--why", help=words("理由", "the reason"))] = None,
    corrects: Annotated[
        int | None,
        typer.Option("--corrects", metavar="N", help=words("更正第 N 号记录", "stands in the place of event N")),
    ] = None,
    event: Annotated[
        str | None, typer.Option("--event", metavar="FILE", help=words("以 YAML 给出的事件", "an event given as YAML"))
    ] = None,
    recorded_on: Recorded = None,
    settings: SettingsFile = None,
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        history = _history(file, settings)
        dates = _dates(on, recorded_on)
        if event is not None:
            given: dict[str, Any] = {**given_event(event), **dates}
        else:
            case = _one(history, case)
            here = history.cases[case].at if step is None else step
            given = {"event": "step", "case": case, "step": here, "result": result, "by": by, "person": person, **dates}
            given |= {"particulars": particulars(particular), "why": why, "corrects": corrects}
            given = {key: value for key, value in given.items() if value is not None}
        _, added = _next(text_of(file), file, given, settings)
        append(file, added)
        after = _history(file, settings)
        print(_event(after, after.events[-1], mask=mask))
        if named := str(case or given.get("case") or ""):
            (found,) = _standings(after, named, _day(after, None), mask=mask)
            print(brief_text(after, found, LANGUAGE))


@app.command(
    "facts",
    help=words(
        "记录新知道的事实：说到的取代原来的，没说到的不变",
        "record what became known: what is said replaces what was known",
    ),
)
def facts_(
    file: CaseFileArgument,
    facts: Annotated[Path, typer.Argument(metavar="FACTS", help=words("事实文件", "a facts file"))],
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="DATE",
            help=words("事实所述的日期；默认取 as_of", "the day it describes; by default its as_of"),
        ),
    ] = None,
    recorded_on: Recorded = None,
    settings: SettingsFile = None,
    *,
    add: Annotated[
        bool,
        typer.Option("--add", help=words("列表是新增的几项，不是全部", "lists hold what is new, not all there is")),
    ] = False,
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        data = load_data(facts)
        day = on or str(data.get("as_of", ""))
        if not day:
            raise RequestError([problem("request.no_date")])
        said: dict[str, dict[str, Any]] = {}
        for key, value in data.items():
            if key not in _HEADER:
                said.setdefault("adds" if add and isinstance(value, list) else "facts", {})[key] = value
        same_code(code_of(file), code_in(data, str(data.get("subject", "household"))), facts)
        _, added = _next(text_of(file), file, {"event": "facts", **_dates(day, recorded_on), **said}, settings)
        append(file, added)
        history = _history(file, settings)
        print(_event(history, history.events[-1], mask=mask))


_HEADER = ("format", "subject", "as_of", "household_id", "village_id", "area_id")
"""Keys of a facts file that say whose facts they are, and of which day."""


@app.command(
    "show", help=words("按顺序列出全部事件，以及每案到哪一步", "every event in order, and where each case stands")
)
def show(
    file: CaseFileArgument,
    on: Asked = None,
    settings: SettingsFile = None,
    format_: Format = "text",
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        history = _history(file, settings)
        day = _day(history, on)
        until = history.until(day)
        found = _standings(history, None, day, mask=mask)
        if format_ == "json":
            diverging = [mask_divergence(one) if mask else one for one in divergences(until)]
            shown = history_data(mask_history(until) if mask else until, day, found, diverging)
            print(json.dumps(shown, ensure_ascii=False, indent=2))
            return
        for event in history.events:
            if event.happened_on <= day:
                print(_event(history, event, mask=mask))
        for item in found:
            print()
            print(standing_text(history, item, LANGUAGE))
        for one in divergences(until):
            print(
                words(
                    f"\n裁定与事实不一致：{one.case}，{one.on}",
                    f"\nthe authority decided otherwise: {one.case}, {one.on}",
                )
            )
        _refused(history)


@app.command("status", help=words("实体和程序各到哪里，缺哪一半", "both halves of a case, and which is missing"))
def status(
    file: CaseFileArgument,
    case: CaseId = None,
    on: Asked = None,
    settings: SettingsFile = None,
    format_: Format = "text",
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        history = _history(file, settings)
        day = _day(history, on)
        found = _standings(history, case, day, mask=mask)
        if format_ == "json":
            print(json.dumps([standing_data(item) for item in found], ensure_ascii=False, indent=2))
        else:
            print("\n\n".join(standing_text(history, item, LANGUAGE) for item in found))
        if any(item.half not in ("none", "ended") for item in found):
            raise typer.Exit(Exit.UNDETERMINED)


@app.command("next", help=words("下一步由谁、应记什么、何时之前", "what comes next: who, what to record, by when"))
def next_(
    file: CaseFileArgument,
    case: CaseId = None,
    on: Asked = None,
    settings: SettingsFile = None,
    format_: Format = "text",
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        history = _history(file, settings)
        day = _day(history, on)
        found = _standings(history, case, day, mask=mask)
        if format_ == "json":
            print(json.dumps([standing_data(item)["next"] for item in found], ensure_ascii=False, indent=2))
            return
        for item in found:
            print(f"{item.case.id} · {item.procedure.label.in_(LANGUAGE)}")
            ended = words("  程序已结束", "  the procedure has ended")
            print(ended if item.next is None else next_text(history.pack, item, item.next, LANGUAGE))


@app.command(
    "check",
    help=words(
        "逐条核对一份案件文件：哪些记录不合程序",
        "check every event of a file: which of them the procedure does not allow",
    ),
)
def check(file: CaseFileArgument, settings: SettingsFile = None, mask: Mask = False) -> None:
    with told(mask=mask):
        history = _history(file, settings)
        if not _refused(history):
            print(
                words(
                    f"{len(history.events)} 条记录都合乎程序",
                    f"all {len(history.events)} events are as the procedures order",
                )
            )
            return
        raise typer.Exit(Exit.INVALID)


def _standings(history: History, case: str | None, on: datetime.date, *, mask: bool) -> list[Standing]:
    """Where the case named stands, or each that was open by that day; as it may be shown."""
    opened = list(history.until(on).cases)
    if case is not None and case not in opened:
        raise RequestError([problem("case.unknown_case", found=case, near=", ".join(opened) or "—")])
    found = [standing(history, id_, on) for id_ in ([case] if case is not None else opened)]
    return [mask_standing(one, history.pack) for one in found] if mask else found


def _event(history: History, event: Event, *, mask: bool) -> str:
    return event_text(history.pack, mask_event(event) if mask else event, LANGUAGE)


def _history(file: Path, settings: Path | None) -> History:
    pack, read = read_case_file(file, load_pack)
    report(read.warnings)
    return fold(pack, read.subject, read.events, settings_of(settings, pack))


def _refused(history: History) -> bool:
    for _, problems in history.refused:
        report(problems)
    return bool(history.refused)


def _next(text: str, file: Path, event: dict[str, Any], settings: Path | None) -> tuple[str, str]:
    """The text with an event more, and what was added; raises where the event is refused."""
    added, pack, read = checked(text, file, event)
    history = fold(pack, read.subject, read.events, settings_of(settings, pack))
    for found, problems in history.refused:
        if found.number == len(read.events):
            raise FactsError(problems)
    return text + added, added


def _dates(on: str, recorded_on: str | None) -> dict[str, datetime.date]:
    happened, recorded = day_of(on), day_of(recorded_on)
    assert happened is not None
    return {"happened_on": happened} | ({"recorded_on": recorded} if recorded else {})


def _one(history: History, case: str | None) -> str:
    """The case meant: the one named, else the only one that has not ended."""
    running = [id_ for id_, found in history.cases.items() if found.at in history.pack.procedure(found.procedure).steps]
    if case is not None and case in history.cases:
        return case
    if case is not None:
        raise RequestError([problem("case.unknown_case", found=case, near=", ".join(history.cases) or "—")])
    if len(running) != 1:
        raise RequestError([problem("case.which", near=", ".join(running or history.cases) or "—")])
    return running[0]


def _day(history: History, on: str | None) -> datetime.date:
    day = day_of(on) or max((event.recorded_on for event in history.events), default=None)
    if day is None:
        raise RequestError([problem("request.no_date")])
    return day
