"""Facts files as plain data that can be changed and written back."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from policy_engine.app.writing import writing
from policy_engine.documents.read_facts import read_facts_file
from policy_engine.errors import FactsError, problem
from policy_engine.model.vocabulary import YEARS

__all__ = ["load_data", "save_data", "set_path"]


def _yaml() -> YAML:
    yaml = YAML(pure=True)
    yaml.allow_unicode = True
    yaml.default_flow_style = False
    yaml.representer.add_representer(Decimal, _decimal)
    return yaml


def _decimal(representer: Any, number: Decimal) -> Any:
    whole = number == number.to_integral_value()
    return representer.represent_scalar(f"tag:yaml.org,2002:{'int' if whole else 'float'}", format(number, "f"))


def load_data(path: Path) -> dict[str, Any]:
    """The one mapping in a facts file, comments kept for writing it back."""
    try:
        data = _yaml().load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FactsError(
            [problem("file.unreadable", where=str(path), path=path, why=error.strerror or error)]
        ) from None
    except (YAMLError, ValueError) as error:
        read_facts_file(path)  # says what and where
        raise FactsError([problem("yaml.syntax", where=str(path), what=error)]) from None
    return data if isinstance(data, dict) else {}


def save_data(data: dict[str, Any], path: Path | None) -> None:
    """Write the data as YAML to a file, or to standard output."""
    if path is None:
        _yaml().dump(data, sys.stdout)
        return
    with writing(path), path.open("w", encoding="utf-8") as stream:
        _yaml().dump(data, stream)


def set_path(data: dict[str, Any], path: str, value: Any, year: int) -> Any:
    """Set the fact at a path such as `this_year.net_income` or `members[2].health`; answers with what stood there."""
    *parents, last = _steps(path, year)
    place: Any = data
    for step in parents:
        if isinstance(step, int):
            place = place[step]
        else:
            found = place.get(step)
            place[step] = {} if found is None else found
            place = place[step]
            if isinstance(place, dict) and "value" in place:
                place = place["value"]
    before = place.get(last) if isinstance(place, dict) else place[last]
    place[last] = value
    return before


def _steps(path: str, year: int) -> list[Any]:
    steps: list[Any] = []
    for part in path.split("."):
        if part in YEARS:
            steps += ["finances", year + YEARS[part]]
            continue
        name, _, index = part.partition("[")
        steps.append(name)
        if index:
            steps.append(int(index.rstrip("]")) - 1)
    return steps
