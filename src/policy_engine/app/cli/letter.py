"""`policy-engine letter`: to a household, in plain words, what was decided, why, what is missing and how to object."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from policy_engine.app.cli.ledger import reading
from policy_engine.app.cli.options import Mask, SettingsFile, When, day_of, pack_of, settings_of
from policy_engine.app.cli.papers import Form, FormOption, OutFile, households_in, show, written
from policy_engine.app.cli.words import LETTERS, words
from policy_engine.decision.answer import Decision
from policy_engine.decision.masking import mask_decision
from policy_engine.decision.request import Request
from policy_engine.errors import RequestError, problem
from policy_engine.report.document import Document
from policy_engine.report.letter import letter

__all__ = ["command"]


def command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FACTS|ID",
            help=words("事实文件；给出 --ledger 时为账本第几条", "a facts file; with --ledger the number of an entry"),
        ),
    ],
    pack: Annotated[
        str | None,
        typer.Option("--pack", "-p", help=words("政策包；出自账本的不必给", "the pack; not needed with --ledger")),
    ] = None,
    ledger: Annotated[
        str | None,
        typer.Option("--ledger", metavar="LEDGER", help=words("出自这个账本的记录", "about a record of this ledger")),
    ] = None,
    on: When = None,
    decision: Annotated[
        list[str] | None,
        typer.Option("--decision", "-d", metavar="ID", help=words("只说这个决定（可多次）", "only this (repeatable)")),
    ] = None,
    settings: SettingsFile = None,
    format_: FormOption = Form.TEXT,
    out: OutFile = None,
    mask: Mask = False,
) -> None:
    if (pack is None) == (ledger is None):
        raise typer.BadParameter(words("--pack 与 --ledger 给出其一", "either --pack or --ledger"))
    with reading(mask=mask):
        if ledger is not None:
            documents = [_recorded(ledger, source, mask=mask)]
        else:
            assert pack is not None
            loaded = pack_of(pack)
            request = Request(day_of(on), tuple(decision) if decision else None, settings_of(settings, loaded))
            facts = households_in(Path(source), loaded)
            decided = [(request.decide(loaded, one), one) for one in facts]
            documents = [letter(_shown(found, mask=mask), one, request.settings, LETTERS) for found, one in decided]
        show(written(documents, format_), out, Path(source))


def _shown(decision: Decision, *, mask: bool) -> Decision:
    return mask_decision(decision) if mask else decision


def _recorded(location: str, number: str, *, mask: bool) -> Document:
    """The letter about a recorded decision, with the commitment of its record."""
    from policy_engine.audit.replay import Archive
    from policy_engine.record.commitment import commitment
    from policy_engine.record.ledger import open_ledger

    if not (number.isascii() and number.isdecimal()):
        raise RequestError([problem("request.bad_entry", found=number)])
    with open_ledger(location) as ledger:
        entry = ledger.entry(int(number))
        restored = Archive(ledger).restore(entry)
    if restored.facts.subject != "household":
        raise RequestError([problem("request.not_a_household", where=number, found=restored.facts.subject)])
    if restored.record.scenario.supposes:
        raise RequestError([problem("request.a_supposition", where=number)])
    code = commitment(entry.content()) if restored.record.masking is not None else ""
    settings = restored.record.request(restored.pack).settings
    return letter(_shown(restored.decide(), mask=mask), restored.facts, settings, LETTERS, commitment=code)
