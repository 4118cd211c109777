"""`policy-engine flip`: how far one household is from each line, and what would turn the answer."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from policy_engine.app.cli.exits import report, told
from policy_engine.app.cli.options import (
    Mask,
    PackName,
    Readings,
    Sets,
    SettingsFile,
    When,
    day_of,
    pack_of,
    scenario_of,
    settings_of,
)
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.decision.masking import short_code
from policy_engine.documents.read_facts import read_facts_file
from policy_engine.errors import RequestError, problem
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.path_labels import label_of
from policy_engine.report.case_data import plain
from policy_engine.report.words import say, shown
from policy_engine.scenario.flip import MOST, Flips, flips, masked

__all__ = ["command"]


def command(
    facts: Annotated[Path, typer.Argument(metavar="FACTS", help=words("事实文件", "a facts file"))],
    pack: PackName,
    decision: Annotated[
        str | None,
        typer.Option(
            "--decision",
            "-d",
            help=words("哪个决定；默认第一个主要问题", "which decision; by default the first main question"),
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="OUTCOME",
            help=words("要达到的结论；默认任何别的结论", "the outcome to be reached; by default any other"),
        ),
    ] = None,
    on: When = None,
    settings: SettingsFile = None,
    sets: Sets = None,
    readings: Readings = None,
    format_: Annotated[
        Literal["text", "json"], typer.Option("--format", help=words("输出格式", "form of the output"))
    ] = "text",
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        loaded = pack_of(pack)
        subjects, warnings = read_facts_file(facts, loaded.vocabulary)
        report(warnings)
        chosen = settings_of(settings, loaded)
        scenario = scenario_of(sets, readings, loaded)
        rows = []
        for subject in subjects:
            day = day_of(on) or subject.as_of
            if day is None:
                raise RequestError([problem("request.no_date")])
            asked = _asked(loaded, decision, subject)
            found = flips(loaded, subject, asked, day, to=to, settings=chosen, scenario=scenario)
            found = masked(found, loaded, subject.subject) if mask else found
            code = short_code(subject.id) if mask else subject.id
            if format_ == "json":
                rows.append(_data(code, found))
            else:
                print(_text(loaded, subject.subject, code, found))
        if format_ == "json":
            print(json.dumps(rows, ensure_ascii=False, indent=2))


def _asked(pack: Pack, decision: str | None, facts: Facts) -> str:
    by_label = {found.label.zh: id_ for id_, found in pack.decisions.items()}
    main = [id_ for id_ in pack.answers if pack.decision(id_).about == facts.subject]
    asked = by_label.get(decision, decision) if decision else (main or [""])[0]
    if asked not in pack.decisions or pack.decision(asked).about != facts.subject:
        raise RequestError([problem("request.unknown_decision", found=asked, pack=pack.id, near=", ".join(main))])
    return asked


def _text(pack: Pack, subject: str, code: str, found: Flips) -> str:
    type_ = pack.decision(found.decision).type

    def label(path: str) -> str:
        return label_of(path, pack, subject, LANGUAGE)

    def value(path: str, what: Any) -> str:
        fact = pack.vocabulary.fact(subject, path)
        return say("unknown", LANGUAGE) if what is None or fact is None else shown(what, fact.type, LANGUAGE)

    def answer(what: Any) -> str:
        return say("undetermined", LANGUAGE) if plain(what) == "unknown" else shown(what, type_, LANGUAGE)

    lines = [f"{code or '—'}  {pack.decision(found.decision).label.in_(LANGUAGE)}: {answer(found.outcome)}"]
    if found.lines:
        lines.append(words("离各条线：", "Lines:"))
    for line in found.lines:
        beyond = words("，结论不变", ", the answer stays") if line.beyond is None else f" → {answer(line.beyond)}"
        away = ""
        if isinstance(line.distance, Decimal):
            away = words(", 还差 ", ", short by ") if line.distance > 0 else words(", 超出 ", ", over by ")
            away += value(line.path, abs(line.distance))
        lines.append(
            f"  {label(line.path)} {value(line.path, line.value)}, {words('线', 'line')} {value(line.path, line.at)}"
            f"{away}{beyond}"
        )
    if not found.flips:
        lines.append(
            words(f"改动 {MOST} 项以内可变事实，结论都不变", f"no change of up to {MOST} changeable facts turns it")
        )
    else:
        lines.append(words("最少要改动：", "The smallest changes that turn it:"))
    for flip in found.flips:
        changes = [f"{label(c.path)} {value(c.path, c.before)} → {value(c.path, c.after)}" for c in flip.changes]
        lines.append(f"  {'；'.join(changes)}  ⇒ {answer(flip.outcome)}")
    return "\n".join(lines)


def _data(code: str, found: Flips) -> dict[str, Any]:
    return {
        "subject": code,
        "decision": found.decision,
        "outcome": plain(found.outcome),
        "lines": [
            {"path": line.path, "value": plain(line.value), "at": plain(line.at), "distance": plain(line.distance)}
            | {"beyond": plain(line.beyond)}
            for line in found.lines
        ],
        "flips": [
            {
                "changes": [
                    {"path": change.path, "before": plain(change.before), "after": plain(change.after)}
                    for change in flip.changes
                ],
                "outcome": plain(flip.outcome),
            }
            for flip in found.flips
        ],
    }
