"""Facts files as plain data that can be changed and written back."""

from __future__ import annotations

import copy
import io
import os
import shutil
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from policy_engine.app.json_text import json_text
from policy_engine.app.writing import writing
from policy_engine.documents.read_facts import read_facts_file
from policy_engine.documents.yaml import read
from policy_engine.errors import FactsError, problem
from policy_engine.model.vocabulary import Vocabulary

__all__ = ["load_data", "save_data", "text_of", "with_answer"]


def _yaml() -> YAML:
    yaml = YAML(pure=True)
    yaml.allow_unicode = True
    yaml.default_flow_style = False
    yaml.width = 4096  # lines stay as long as they are
    yaml.representer.add_representer(Decimal, _decimal)
    return yaml


def _decimal(representer: Any, number: Decimal) -> Any:
    whole = number == number.to_integral_value()
    return representer.represent_scalar(f"tag:yaml.org,2002:{'int' if whole else 'float'}", format(number, "f"))


def load_data(path: Path) -> dict[str, Any]:
    """The one mapping in a facts file, comments kept for writing it back; none where the file is empty."""
    try:
        data = _yaml().load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FactsError(
            [problem("file.unreadable", where=str(path), path=path, why=error.strerror or error)]
        ) from None
    except (YAMLError, ValueError) as error:
        read_facts_file(path)  # says what and where
        raise FactsError([problem("yaml.syntax", where=str(path), what=error)]) from None
    if data is not None and not isinstance(data, dict):
        found = "list" if isinstance(data, list) else data
        raise FactsError([problem("form.wrong_kind", where=str(path), found=found, wanted="mapping")])
    return data or {}


def text_of(data: dict[str, Any]) -> str:
    """The data as YAML."""
    stream = io.StringIO()
    _yaml().dump(data, stream)
    return stream.getvalue()


def save_data(data: dict[str, Any], path: Path) -> None:
    """Write the data to a file: JSON where its name says so, else YAML. If interrupted, the old file is still there."""
    text = text_of(data)
    if path.suffix == ".json":
        text = json_text(read(text, str(path))[0][0], "\n") + "\n"
    with writing(path):
        _replace(path.resolve(), text)


def _replace(path: Path, text: str) -> None:
    """In one stroke; a device or a pipe is just written to."""
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")
        return
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    if path.exists():
        shutil.copymode(path, part)
    part.replace(path)


def with_answer(data: dict[str, Any], path: str, value: Any, vocabulary: Vocabulary) -> dict[str, Any]:
    """A copy of the data with a fact at a path as facts are stored (`finances.2021.net_income`, `members[2].health`).

    Records on the way that are not there yet are made. What the file names by a label, or a year as a text, keeps that name.
    """
    subject = str(data.get("subject") or "household")
    *above, (last, _) = vocabulary.names(subject, path)
    place = new = data.copy()
    for names, number in above:
        place = _copied(place, names)
        if number is not None:
            place[number - 1] = copy.deepcopy(place[number - 1])
            place = place[number - 1]
    place[_key(place, last)] = value
    return new


def _copied(record: dict[Any, Any], names: Sequence[str]) -> Any:
    """What stands under one of these names, as a copy in its place: an alias of it elsewhere stays as it is."""
    key: Any = _key(record, names)
    record[key] = found = copy.deepcopy(record.get(key))
    if isinstance(found, dict) and "value" in found:
        record, key = found, "value"
    if record[key] is None:
        record[key] = {}
    return record[key]


def _key(record: dict[Any, Any], names: Sequence[str]) -> Any:
    new = int(names[0]) if names[0].isdigit() else names[0]
    return next((key for key in record if str(key) in names), new)
