"""Documents for people, printed or written to a file: as text or as a page."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from policy_engine.app.cli.exits import report
from policy_engine.app.cli.outputs import not_read
from policy_engine.app.cli.words import LETTERS, words
from policy_engine.app.writing import writing
from policy_engine.documents.read_facts import read_facts_file
from policy_engine.errors import FactsError, problem
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.report.document import Document, documents_html, documents_text

__all__ = ["Form", "FormOption", "OutFile", "households_in", "show", "written"]


class Form(StrEnum):
    TEXT = "text"
    HTML = "html"


FormOption = Annotated[Form, typer.Option("--format", help=words("输出格式", "form of the output"))]
OutFile = Annotated[
    Path | None, typer.Option("--out", help=words("写到这个文件；不给则打印", "write this file; else it is printed"))
]


def households_in(file: Path, pack: Pack) -> list[Facts]:
    """The households of a facts file; raises `FactsError`, also where something else stands in it."""
    found, problems = read_facts_file(file, pack.vocabulary)
    report(problems)
    for one in found:
        if one.subject != "household":
            raise FactsError([problem("request.not_a_household", where=str(file), found=one.subject)])
    return found


def written(documents: list[Document], form: Form) -> str:
    return documents_html(documents, LETTERS) if form is Form.HTML else documents_text(documents)


def show(text: str, out: Path | None, *given: Path) -> None:
    """Print a text, or write it; raises `FactsError` where the file cannot be written, or is one of those read."""
    if out is None:
        print(text, end="")
        return
    not_read(out, *given)
    with writing(out):
        out.write_text(text, encoding="utf-8")
