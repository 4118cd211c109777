"""`policy-engine why-not`: two households side by side under one pack, clause by clause."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from policy_engine.app.cli.exits import report, told
from policy_engine.app.cli.options import Mask, PackName, SettingsFile, When, day_of, pack_of, settings_of
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.decision.answer import Answer, Decision
from policy_engine.decision.decide import decide_facts
from policy_engine.decision.masking import mask_decision
from policy_engine.documents.read_facts import read_facts_file
from policy_engine.errors import RequestError, problem
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.report.case_data import cites_data, plain
from policy_engine.report.text import cited, headline, mark, node_text
from policy_engine.scenario.contrast import Contrast, contrasts

__all__ = ["command"]


def command(
    one: Annotated[Path, typer.Argument(metavar="A", help=words("一户的事实文件", "the facts of one household"))],
    other: Annotated[Path, typer.Argument(metavar="B", help=words("另一户的事实文件", "the facts of another"))],
    pack: PackName,
    decisions: Annotated[
        list[str] | None,
        typer.Option("--decision", "-d", help=words("哪些决定（可多次）", "which decisions (repeatable)")),
    ] = None,
    on: When = None,
    settings: SettingsFile = None,
    format_: Annotated[
        Literal["text", "json"], typer.Option("--format", help=words("输出格式", "form of the output"))
    ] = "text",
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        loaded = pack_of(pack)
        chosen = settings_of(settings, loaded)
        pair = [
            decide_facts(loaded, _only(loaded, path), day_of(on), decisions=decisions, settings=chosen, ranked=False)
            for path in (one, other)
        ]
        pair = [mask_decision(found) if mask else found for found in pair]
        rows: list[dict[str, Any]] = []
        for mine, theirs in _both(*pair):
            found = contrasts(mine, theirs)
            if format_ == "json":
                rows.append(_data(mine, theirs, found))
            else:
                print("\n".join(_lines(pair[0], mine, theirs, found)))
        if format_ == "json":
            print(json.dumps(rows, ensure_ascii=False, indent=2))


def _only(pack: Pack, path: Path) -> Facts:
    """The one subject in a file."""
    subjects, warnings = read_facts_file(path, pack.vocabulary)
    report(warnings)
    if len(subjects) != 1:
        raise RequestError([problem("request.one_subject", where=str(path), found=len(subjects))])
    return subjects[0]


def _both(one: Decision, other: Decision) -> list[tuple[Answer, Answer]]:
    """Answers to the same decision about the same item; where only one has an item (a member), it is left out."""
    theirs = {(answer.decision, answer.item): answer for answer in other.answers}
    return [(a, theirs[a.decision, a.item]) for a in one.answers if (a.decision, a.item) in theirs]


def _lines(decision: Decision, mine: Answer, theirs: Answer, found: tuple[Contrast, ...]) -> list[str]:
    pack = decision.pack
    label = pack.decision(mine.decision).label.in_(LANGUAGE)
    lines = [f"{label}: A {headline(pack, mine, LANGUAGE)} | B {headline(pack, theirs, LANGUAGE)}"]
    if not found:
        return [*lines, words("  没有差别", "  no difference")]
    for contrast in found[1:]:
        signs = [
            mark(value) if seen else " "
            for value, seen in zip((contrast.one, contrast.other), contrast.seen, strict=True)
        ]
        owner = mine.decision
        _, _, text = node_text(decision, contrast.node, LANGUAGE, owner).partition(" ")
        values = (
            "" if isinstance(contrast.one, bool) or contrast.node.kind in ("decision", "rule") else _values(contrast)
        )
        lines.append(
            f"  {signs[0]} | {signs[1]}  {'  ' * (contrast.depth - 1)}{text}{values}   {cited(contrast.node.cites)}".rstrip()
        )
    return lines


def _values(contrast: Contrast) -> str:
    if contrast.node.kind not in ("fact", "judgement", "parameter"):
        return ""
    one, other = (plain(value) for value in (contrast.one, contrast.other))
    return f"   [A {one if one is not None else '?'} | B {other if other is not None else '?'}]"


def _data(mine: Answer, theirs: Answer, found: tuple[Contrast, ...]) -> dict[str, Any]:
    return {
        "decision": mine.decision,
        "item": mine.item,
        "a": plain(mine.outcome),
        "b": plain(theirs.outcome),
        "differences": [
            {
                "kind": contrast.node.kind,
                "text": contrast.node.text,
                "depth": contrast.depth,
                "a": plain(contrast.one),
                "b": plain(contrast.other),
                "seen": {"a": contrast.seen[0], "b": contrast.seen[1]},
                "cites": cites_data(contrast.node.cites),
            }
            for contrast in found
        ],
    }
