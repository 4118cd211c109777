"""The types of expressions, and the units of their numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from policy_engine.values import Unit

__all__ = [
    "BOOLEAN",
    "DATE",
    "DAYS",
    "MONTHS",
    "NEVER",
    "NUMBER",
    "TEXT",
    "CodeType",
    "ListType",
    "Mixed",
    "NumberType",
    "Option",
    "RangeType",
    "RecordType",
    "Simple",
    "Type",
    "accepts",
    "join",
]


@dataclass(frozen=True, slots=True)
class Simple:
    """boolean, text, date, days duration, months duration; and `nothing`, the item type of an empty list."""

    name: str

    def __str__(self) -> str:
        return self.name


BOOLEAN = Simple("boolean")
TEXT = Simple("text")
DATE = Simple("date")
DAYS = Simple("days duration")
MONTHS = Simple("months duration")
NEVER = Simple("nothing")


@dataclass(frozen=True, slots=True)
class NumberType:
    """A number with its unit. `unit` None fits any unit: the literals 0 and 1, and what is made of them alone."""

    unit: Unit | None = Unit()

    def __str__(self) -> str:
        return f"number ({self.unit})" if self.unit and self.unit.factors else "number"


NUMBER = NumberType()


@dataclass(frozen=True, slots=True)
class Option:
    """One code of a code list: the id as stored, and its labels (which an expression may write instead)."""

    id: str
    zh: str = ""
    en: str = ""

    def label(self, language: str) -> str:
        return (self.zh if language == "zh" else self.en) or self.en or self.zh or self.id


@dataclass(frozen=True)
class CodeType:
    """A text from a declared list."""

    name: str
    options: tuple[Option, ...] = field(compare=False, repr=False)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(option.id for option in self.options)

    def find(self, text: str) -> Option | None:
        """The option with this id or label."""
        return self._by_name.get(text)

    @cached_property
    def _by_name(self) -> dict[str, Option]:
        found: dict[str, Option] = {}
        for option in self.options:
            for name in (option.id, option.zh, option.en):
                found.setdefault(name, option)
        return found

    def __str__(self) -> str:
        return f"code ({', '.join(self.ids)})"


@dataclass(frozen=True, slots=True)
class ListType:
    item: Type

    def __str__(self) -> str:
        return f"list of {self.item}"


@dataclass(frozen=True, slots=True)
class RangeType:
    item: Type

    def __str__(self) -> str:
        return f"range of {self.item}"


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record. `entries` are (id, type); `labels` maps other names to ids; `unit` is what a count of such records counts."""

    name: str
    entries: tuple[tuple[str, Type], ...]
    labels: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)
    unit: Unit = field(default=Unit(), compare=False)

    def find(self, name: str) -> tuple[str, Type] | None:
        """The entry with this id or label: its id and type."""
        wanted = dict(self.labels).get(name, name)
        for id_, type_ in self.entries:
            if id_ == wanted:
                return id_, type_
        return None

    def __str__(self) -> str:
        return f"record ({self.name})" if self.name else "record"


@dataclass(frozen=True, slots=True)
class Mixed:
    """The item type of a list literal whose items are of several types: only membership and equality can use it."""

    types: tuple[Type, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.types))


Type: TypeAlias = Simple | NumberType | CodeType | ListType | RangeType | RecordType | Mixed


def accepts(wanted: Type, given: Type) -> bool:
    """May a value of type `given` stand where `wanted` is asked for? A code is a text; 0 and 1 fit any unit."""
    if given in (NEVER, wanted):
        return True
    if isinstance(wanted, NumberType) and isinstance(given, NumberType):
        return wanted.unit is None or given.unit is None
    if isinstance(wanted, ListType) and isinstance(given, ListType):
        return accepts(wanted.item, given.item)
    if isinstance(wanted, RecordType) and isinstance(given, RecordType):
        return _record_accepts(wanted, given)
    return wanted == TEXT and isinstance(given, CodeType)


def _record_accepts(wanted: RecordType, given: RecordType) -> bool:
    entries = dict(given.entries)
    return set(entries) == {id_ for id_, _ in wanted.entries} and all(
        accepts(type_, entries[id_]) for id_, type_ in wanted.entries
    )


def join(one: Type, other: Type) -> Type | None:
    """The narrowest type that holds both, or None."""
    if accepts(one, other):
        return one if not (isinstance(one, NumberType) and one.unit is None) else other
    if accepts(other, one):
        return other
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        return TEXT
    if isinstance(one, ListType) and isinstance(other, ListType):
        item = join(one.item, other.item)
        return ListType(item) if item else None
    return None
