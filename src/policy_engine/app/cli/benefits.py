"""`policy-engine benefits`: what a household received in a period, by kind and sum, as the pack orders it (幸福清单)."""

from __future__ import annotations

import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from policy_engine.app.cli.exits import report, told, without_pack
from policy_engine.app.cli.options import SettingsFile, day_of, settings_of
from policy_engine.app.cli.outputs import not_read
from policy_engine.app.cli.papers import Form, OutFile, households_in, show, written
from policy_engine.app.cli.template import missing_extra
from policy_engine.app.cli.words import LETTERS, words
from policy_engine.app.writing import writing
from policy_engine.decision.benefits import Benefits, benefits
from policy_engine.decision.duties import Owed, duties, snapshots
from policy_engine.decision.history import fold
from policy_engine.documents.read_case import is_case_file, read_case_file
from policy_engine.documents.read_pack import load_pack
from policy_engine.errors import RequestError, problem
from policy_engine.model.pack import Pack
from policy_engine.report.benefits import benefits_document

__all__ = ["command"]


class ListForm(StrEnum):
    TEXT = "text"
    HTML = "html"
    XLSX = "xlsx"


class _Listed(NamedTuple):
    pack: Pack
    household: str
    found: Benefits
    done: tuple[Owed, ...]


def command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help=words("事实文件或案件文件", "facts files or case files"))
    ],
    from_: Annotated[str, typer.Option("--from", metavar="DATE", help=words("期间第一天", "first day of the period"))],
    to: Annotated[str, typer.Option("--to", metavar="DATE", help=words("期间最后一天", "last day of the period"))],
    pack: Annotated[
        str | None, typer.Option("--pack", "-p", help=words("政策包；事实文件需要", "the pack; facts files need one"))
    ] = None,
    settings: SettingsFile = None,
    format_: Annotated[
        ListForm, typer.Option("--format", help=words("输出格式", "form of the output"))
    ] = ListForm.TEXT,
    out: OutFile = None,
) -> None:
    with told():
        first, last = day_of(from_), day_of(to)
        assert first is not None
        assert last is not None
        if last < first:
            raise RequestError([problem("request.period_backwards", first=first, last=last)])
        found = [one for file in files for one in _lists(file, pack, settings, first, last)]
        if format_ is ListForm.XLSX:
            if out is not None:
                not_read(out, *files)
            _workbook(found, out)
            return
        documents = [benefits_document(one.pack, one.found, one.household, one.done, LETTERS) for one in found]
        show(written(documents, Form(format_.value)), out, *files)


def _lists(
    file: Path, name: str | None, settings: Path | None, first: datetime.date, last: datetime.date
) -> list[_Listed]:
    """The list of each household of a file, with the duties fulfilled for it in the period."""
    if is_case_file(file):
        pack, read = read_case_file(file, load_pack)
        report(read.warnings)
        history = fold(_declaring(pack), read.subject, read.events, settings_of(settings, pack))
        for _, problems in history.refused:
            report(problems)
        facts = history.facts(last)
        owed = duties(pack, snapshots(history, last), last, history.settings)
        id_ = facts.id or (read.header.id.text if read.header.id else "")
        return [_Listed(pack, id_, benefits(pack, facts, first, last), _done(owed, first, last))]
    if name is None:
        raise without_pack(file)
    pack = _declaring(load_pack(name))
    supplied = settings_of(settings, pack)
    return [
        _Listed(
            pack,
            facts.id,
            benefits(pack, facts, first, last),
            _done(duties(pack, snapshots(facts, last), last, supplied), first, last),
        )
        for facts in households_in(file, pack)
    ]


def _declaring(pack: Pack) -> Pack:
    if pack.benefits is None:
        raise RequestError([problem("request.no_benefits", pack=pack.id)])
    return pack


def _done(owed: tuple[Owed, ...], first: datetime.date, last: datetime.date) -> tuple[Owed, ...]:
    """Duties fulfilled whose period, or day since when they were owed, lies in the period of the list."""

    def within(item: Owed) -> bool:
        begun = item.period.start if item.period is not None else item.since
        return begun is not None and first <= begun <= last

    return tuple(item for item in owed if item.state in ("fulfilled", "late") and within(item))


def _workbook(found: list[_Listed], out: Path | None) -> None:
    if out is None or out.suffix.lower() != ".xlsx":
        raise RequestError([problem("table.no_out")])
    try:
        from policy_engine.report.benefits_book import write_benefits
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None
    if len({one.pack.id for one in found}) != 1:
        raise RequestError([problem("table.mixed_input")])
    with writing(out):
        write_benefits(out, found[0].pack, [(one.household, one.found) for one in found])
