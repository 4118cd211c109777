"""Paths into facts, such as `members[2].health` or `finances.2021.net_income`; the items of a list are counted from 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["parts", "value_at"]


def parts(path: str) -> Iterator[tuple[str, int | None]]:
    """The names along a path, each with the number of the item meant: `members[2].health` as (members, 2), (health, None)."""
    for part in path.split("."):
        name, _, number = part.partition("[")
        digits = number.removesuffix("]")
        yield name, int(digits) if digits.isdecimal() else None


def value_at(record: Any, path: str) -> Any:
    """What stands at a path as facts are stored; None where nothing does."""
    for name, number in parts(path):
        if record is None:
            return None
        record = record.get(name)
        if number is not None and record is not None:
            record = record[number - 1]
    return record
