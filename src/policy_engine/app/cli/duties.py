"""`policy-engine duties`: what is owed on a day, for a household, for a person, for a whole file."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from policy_engine.app.cli.exits import Exit, report, told, unknown_person, without_pack
from policy_engine.app.cli.options import Mask, SettingsFile, day_of, settings_of
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.app.writing import writing
from policy_engine.decision.duties import Owed, duties, snapshots
from policy_engine.decision.history import fold
from policy_engine.decision.masking import mask_owed, short_code
from policy_engine.documents.read_case import is_case_file, read_case_file
from policy_engine.documents.read_facts import read_facts_file
from policy_engine.documents.read_pack import load_pack
from policy_engine.model.pack import Pack
from policy_engine.report.case import owed_lines
from policy_engine.report.case_data import owed_data

__all__ = ["command"]

_OPEN = ("due", "overdue", "open", "unknown")


def command(
    date: Annotated[str, typer.Argument(metavar="DATE", help=words("问的是哪一天", "the day asked about"))],
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help=words("案件文件或事实文件", "case files or facts files"))
    ],
    pack: Annotated[
        str | None, typer.Option("--pack", "-p", help=words("政策包；事实文件需要", "the pack; facts files need one"))
    ] = None,
    person: Annotated[
        str | None,
        typer.Option("--person", help=words("只看此人（代码）所负的职责", "only what this person (a code) owes")),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help=words("连同已完成的", "what is fulfilled as well"))] = False,
    ics: Annotated[
        Path | None,
        typer.Option(
            "--ics", metavar="FILE", help=words("写成可订阅的日历文件", "write a calendar file to subscribe to")
        ),
    ] = None,
    settings: SettingsFile = None,
    format_: Annotated[
        Literal["text", "json"], typer.Option("--format", help=words("输出格式", "form of the output"))
    ] = "text",
    mask: Mask = False,
) -> None:
    if mask and ics is not None:
        raise typer.BadParameter(
            words("遮盖后日历里的各户分不开", "masked, the entries of a calendar cannot be told apart")
        )
    with told(mask=mask):
        on = day_of(date)
        assert on is not None
        subjects = [one for file in files for one in _owed(file, pack, settings, on)]
        every = [(used, name, item) for used, name, owed in subjects for item in owed]
        shown = [one for one in every if all_ or one[2].state in _OPEN]
        found = [one for one in shown if person is None or person in one[2].persons]
        unnamed = [one for one in shown if person is not None and one[2].names_nobody]
        if person is not None:
            report(unknown_person(person, (code for _, _, item in every for code in item.persons)))
        if ics is not None:
            _calendar(ics, found, on)
        elif format_ == "json":
            rows = _shown([*found, *unnamed], mask=mask)
            data = [{"subject": subject, **owed_data([item])[0]} for _, subject, item in rows]
            print(json.dumps(data, ensure_ascii=False, indent=2))
        else:
            _tell_begin([used for used, _, _ in subjects], on)
            if found or not unnamed:
                _tell(found, mask=mask)
            if unnamed:
                count = len(unnamed)
                print(words(f"? 不知道由谁履行的职责 {count}", f"? duties whose bearer is not known: {count}"))
                _tell(unnamed, mask=mask)
        if any(item.state == "unknown" for _, _, item in (*found, *unnamed)):
            raise typer.Exit(Exit.UNDETERMINED)


def _owed(
    file: Path, pack: str | None, settings: Path | None, on: datetime.date
) -> list[tuple[Pack, str, tuple[Owed, ...]]]:
    """For each subject of a file its code and everything that is or was owed."""
    if is_case_file(file):
        used, read = read_case_file(file, load_pack)
        report(read.warnings)
        chosen = settings_of(settings, used)
        history = fold(used, read.subject, read.events, chosen)
        for _, problems in history.refused:
            report(problems)
        id_ = read.header.id.text if read.header.id else file.stem
        return [(used, id_, duties(used, snapshots(history, on), on, chosen))]
    if pack is None:
        raise without_pack(file)
    used = load_pack(pack)
    chosen = settings_of(settings, used)
    subjects, warnings = read_facts_file(file, used.vocabulary)
    report(warnings)
    names = [file.stem] if len(subjects) == 1 else [f"{file.stem}[{place}]" for place in range(1, len(subjects) + 1)]
    return [
        (used, facts.id or name, duties(used, snapshots(facts, on), on, chosen))
        for facts, name in zip(subjects, names, strict=True)
    ]


def _calendar(path: Path, found: list[tuple[Pack, str, Owed]], on: datetime.date) -> None:
    from policy_engine.report.calendar_file import calendar

    with writing(path):
        path.write_bytes(calendar(found, on, LANGUAGE))
    print(path)


def _shown(found: list[tuple[Pack, str, Owed]], *, mask: bool) -> list[tuple[Pack, str, Owed]]:
    """What is owed as it may be shown."""
    return [(pack, short_code(name), mask_owed(item, pack)) for pack, name, item in found] if mask else found


def _tell_begin(packs: list[Pack], on: datetime.date) -> None:
    for pack in dict.fromkeys(packs):
        begins = pack.in_force.from_
        if begins is not None and on < begins:
            title = pack.title.in_(LANGUAGE)
            print(
                words(
                    f"{title}自 {begins} 起施行，此前没有职责",
                    f"{title}: in force from {begins}; nothing is owed before",
                )
            )


def _tell(found: list[tuple[Pack, str, Owed]], *, mask: bool) -> None:
    if not found:
        print(words("没有未尽的职责", "nothing is owed"))
    for subject in dict.fromkeys(subject for _, subject, _ in found):
        mine = _shown([one for one in found if one[1] == subject], mask=mask)
        print(mine[0][1])
        for pack, _, item in mine:
            for line in owed_lines(pack, [item], item.duty.about, LANGUAGE):
                print(f"  {line}")
