"""Case files written: a header, then one event after another, only ever at the end."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from policy_engine.app.facts_file import load_data
from policy_engine.app.json_text import json_text
from policy_engine.app.writing import writing
from policy_engine.documents.read_case import CaseFile, read_case_file, read_case_text
from policy_engine.documents.read_pack import load_pack, read_text
from policy_engine.documents.yaml import read
from policy_engine.errors import FactsError, Problem, RequestError, problem
from policy_engine.model.pack import Pack

__all__ = [
    "append",
    "checked",
    "code_in",
    "code_of",
    "given_event",
    "header",
    "particulars",
    "same_code",
    "start",
    "text_of",
]


def header(pack: Pack, subject: str, id_: str | None) -> dict[str, Any]:
    """The first document of a case file."""
    found = {"case_file": 1, "pack": pack.id, "pack_version": pack.version, "pack_hash": pack.hash, "subject": subject}
    return found | ({"id": id_} if id_ else {})


def start(path: Path, first: dict[str, Any]) -> str:
    """The text of a new case file with only its header; a file that exists is never written over."""
    if path.exists():
        raise FactsError([problem("case.exists", where=str(path), path=path)])
    return _line(first) if path.suffix == ".jsonl" else written(first)


def checked(text: str, path: Path, event: dict[str, Any]) -> tuple[str, Pack, CaseFile]:
    """What must be added to the text for an event, and the file as it would then be read."""
    added = _line(event) if text.lstrip().startswith("{") else "---\n" + written(event)
    gap = "" if text.endswith("\n") or not text else "\n"
    pack, file = read_case_text(text + gap + added, str(path), load_pack)
    return gap + added, pack, file


def append(path: Path, added: str) -> None:
    """Write to the end of the file, and onto the disk."""
    with writing(path), path.open("ab") as stream:
        stream.write(added.encode())
        stream.flush()
        os.fsync(stream.fileno())


def text_of(path: Path) -> str:
    """The text of a case file as it stands."""
    problems: list[Problem] = []
    text = read_text(path, problems)
    if text is None:
        raise FactsError(problems)
    return text


def given_event(name: str) -> dict[str, Any]:
    """An event from a YAML file, `-` being standard input; raises `FactsError`."""
    found = _loaded(sys.stdin.read(), "<stdin>") if name == "-" else load_data(Path(name))
    return found if isinstance(found, dict) else {}


def particulars(given: list[str] | None) -> dict[str, Any] | None:
    """Particulars of a step from `NAME=VALUE`; raises `RequestError` or `FactsError`."""
    if not given:
        return None
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise RequestError([problem("request.bad_assignment", found=text)])
        found[name] = _loaded(value, "--particular")
    return found


def _loaded(text: str, where: str) -> Any:
    try:
        return YAML().load(text)
    except YAMLError as error:
        raise FactsError([problem("yaml.syntax", where=where, what=error)]) from None


def code_in(data: dict[str, Any], subject: str) -> str | None:
    """The code in the data of a facts file."""
    found = data.get(f"{subject}_id")
    found = found.get("value") if isinstance(found, dict) else found
    return None if found is None else str(found)


def code_of(file: Path) -> str | None:
    """The code in the header of a case file."""
    _, read = read_case_file(file, load_pack)
    return read.header.id.text if read.header.id else None


def same_code(one: str | None, other: str | None, facts: Path | None) -> str | None:
    """The code that either gives; raises `FactsError` where they give two."""
    if one and other and one != other:
        raise FactsError([problem("case.facts_of_another", where=str(facts), found=other, id=one)])
    return one or other


def written(data: dict[str, Any]) -> str:
    """The data as one YAML document."""
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.width = 120
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()


def _line(data: dict[str, Any]) -> str:
    """The data as one line of JSON, with the digits that its YAML has."""
    documents, _ = read(written(data), "")
    return json_text(documents[0]) + "\n"
