"""What names stand for: symbols and scopes, and the nearest known name to one that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from policy_engine.expression.types import RecordType, Type

__all__ = ["Scope", "Symbol", "item_frame", "nearest"]


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a name stands for: its canonical id, its type, and a kind that the scope chooses."""

    id: str
    type: Type
    kind: str


class Scope(Protocol):
    def find(self, name: str) -> Symbol | None:
        """The symbol that this id or label names."""

    def added(self, record: str, name: str) -> Symbol | None:
        """What a record of this name has beside its own entries (a decision about it)."""

    def names(self) -> Iterable[str]:
        """All names that can be found, for suggestions."""


def nearest(name: str, names: Iterable[str]) -> str:
    """The known names most like this one, comma-separated; empty where none is near."""
    return ", ".join(difflib.get_close_matches(name, sorted(set(names)), n=3, cutoff=0.5))


def item_frame(item: Type, kind: str) -> dict[str, Symbol]:
    """The names that a filter's condition may use for the item and, where it is a record, for its entries."""
    frame = {"item": Symbol("item", item, kind)}
    if isinstance(item, RecordType):
        entries = dict(item.entries)
        frame |= {name: Symbol(name, type_, "entry " + kind) for name, type_ in item.entries}
        frame |= {label: Symbol(id_, entries[id_], "entry " + kind) for label, id_ in item.labels}
    return frame
