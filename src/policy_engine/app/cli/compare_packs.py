"""`policy-engine compare-packs`: one household under several packs, side by side."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from policy_engine.app.cli.exits import exit_for, report, told
from policy_engine.app.cli.options import Mask, When, day_of
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.decision.answer import Decision
from policy_engine.decision.choosing import joint_vocabulary
from policy_engine.decision.decide import decide_facts
from policy_engine.decision.masking import mask_decision
from policy_engine.documents.read_facts import read_facts_file
from policy_engine.documents.read_pack import load_pack, shipped_packs
from policy_engine.record.decision_form import decision_form
from policy_engine.report.text import cited, headline
from policy_engine.report.words import say

__all__ = ["Format", "command"]


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def command(
    facts: Annotated[Path, typer.Argument(metavar="FACTS", help=words("事实文件", "a facts file"))],
    packs: Annotated[
        list[str] | None,
        typer.Option("--pack", "-p", help=words("政策包（可多次；默认全部）", "a pack (repeatable; all by default)")),
    ] = None,
    on: When = None,
    format_: Annotated[Format, typer.Option("--format", help=words("输出格式", "form of the output"))] = Format.TEXT,
    mask: Mask = False,
) -> None:
    with told(mask=mask):
        loaded = [load_pack(name) for name in packs or shipped_packs()]
        subjects, problems = read_facts_file(facts, joint_vocabulary(loaded))
        report(problems)
        decisions = [
            decide_facts(pack, subject, day_of(on))
            for subject in subjects
            for pack in loaded
            if any(pack.decision(id_).about == subject.subject for id_ in pack.answers)
        ]
        decisions = [mask_decision(found) for found in decisions] if mask else decisions
        if format_ is Format.JSON:
            forms = [decision_form(decision).model_dump(mode="json") for decision in decisions]
            print(json.dumps(forms, ensure_ascii=False, indent=2))
        else:
            print("\n\n".join(map(_side, decisions)))
        raise typer.Exit(exit_for(decisions))


def _side(decision: Decision) -> str:
    """What one pack says: each answer in a line, with the clauses whose rules made it."""
    pack = decision.pack
    lines = [f"{pack.title.in_(LANGUAGE)}  [{pack.id}]  {decision.on}  {decision.subject_id}"]
    if decision.scope.inside is not True:
        lines.append("  " + say("out_of_scope" if decision.scope.inside is False else "scope_open", LANGUAGE))
        lines += ["    " + reason.message(LANGUAGE) for reason in decision.scope.reasons]
    for answer in decision.answers:
        label = pack.decision(answer.decision).label.in_(LANGUAGE)
        cites = [cite for rule in answer.rules for cite in rule.cites] or list(answer.trace.cites)
        clauses = cited(tuple(dict.fromkeys(cites)))
        lines.append(f"  {label}: {headline(pack, answer, LANGUAGE)}")
        if clauses:
            lines.append(f"      {clauses}")
    return "\n".join(lines)
