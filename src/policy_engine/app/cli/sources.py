"""`policy-engine sources`: a pack against the official text of its document."""

from __future__ import annotations

import difflib
import json
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from policy_engine.app.cli.exits import Exit, told
from policy_engine.app.cli.words import words
from policy_engine.app.official_texts import read_official
from policy_engine.checking.normal import NORMAL_FORM, digest, sentence_hash, sentences
from policy_engine.checking.official_text import ClauseMatch, TextMatch, match_text
from policy_engine.documents.read_pack import load_pack

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help=words("对照文件原文", "compare with the official text"))


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


TextFile = Annotated[Path, typer.Option("--text", help=words("文件原文（txt 或 md）", "the official text (txt or md)"))]


@app.command(
    "check",
    help=words("逐条对照：未变、改动、移动、缺失、多出", "clause by clause: unchanged, changed, moved, missing, added"),
)
def check(
    pack: Annotated[str, typer.Argument(metavar="PACK", help=words("名称或文件夹", "a name or a folder"))],
    text: TextFile,
    against: Annotated[
        Path | None,
        typer.Option("--against", help=words("另一份文本，列出全部差别", "another text: show every difference")),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help=words("输出格式", "form of the output"))] = Format.TEXT,
) -> None:
    with told():
        loaded = load_pack(pack)
        given = read_official(text)
        match = match_text(loaded, given)
        if format_ is Format.JSON:
            print(json.dumps(_plain(match), ensure_ascii=False, indent=2))
        else:
            _tell(match)
            if against is not None:
                _difference(read_official(against), given)
        if not match.unchanged:
            raise typer.Exit(Exit.INVALID)


@app.command("hash", help=words("为 pack.yaml 生成条款的哈希", "the hashes of clauses, for pack.yaml"))
def hash_(text: TextFile) -> None:
    """Clauses are the stretches under headings such as `## [3.2] …`; without such headings the text is one clause."""
    with told():
        parts = re.split(r"^#+ \[([0-9A-Z.]+)\].*$", read_official(text), flags=re.MULTILINE)
        for number, body in zip(parts[1::2], parts[2::2], strict=True) if len(parts) > 1 else [("1", parts[0])]:
            found = ", ".join(f'"{sentence_hash(sentence)}"' for sentence in sentences(body))
            if found:
                print(f'"{number}": {{sha256: {digest(body)}, sentences: [{found}]}}')


def _plain(match: TextMatch) -> dict[str, object]:
    clauses = [
        {
            "clause": c.number,
            "status": c.status,
            "found": c.found,
            "sentences": c.sentences,
            "new": c.new,
            "vanished": c.vanished,
        }
        for c in match.clauses
    ]
    return {"normal_form": NORMAL_FORM, "unchanged": match.unchanged, "clauses": clauses, "added": match.added}


def _tell(match: TextMatch) -> None:
    names = {
        "unchanged": words("未变", "unchanged"),
        "changed": words("改动", "changed"),
        "moved": words("移动", "moved"),
        "missing": words("缺失", "missing"),
    }
    for clause in match.clauses:
        print(f"{clause.number:<8} {names[clause.status]}{_found(clause)}")
        for stretch in clause.new:
            print(f"         + {stretch}")
        for phrase in clause.vanished:
            print(f"         − {words('引文不见了', 'cited words gone')}: {phrase}")
    for stretch in match.added:
        print(f"{words('多出', 'added'):<8} {stretch}")
    counts = {status: sum(clause.status == status for clause in match.clauses) for status in names}
    print(
        "; ".join(f"{names[status]} {count}" for status, count in counts.items())
        + f"; {words('多出', 'added')} {len(match.added)}"
    )


def _found(clause: ClauseMatch) -> str:
    return "" if clause.found == clause.sentences else f"  {clause.found}/{clause.sentences}"


def _difference(old: str, new: str) -> None:
    """Sentence by sentence, in the normal form: what has gone and what has come."""
    print()
    for line in difflib.unified_diff(sentences(old), sentences(new), lineterm="", n=0):
        if not line.startswith(("---", "+++", "@@")):
            print(line)
