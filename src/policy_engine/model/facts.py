"""The facts of one subject as the engine reads them: immutable, checked, every record knowing its place."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from policy_engine.expression.types import RecordType
from policy_engine.model.paths import parts
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.values import Record

__all__ = ["Evidence", "FactRecord", "Facts", "paths", "with_value"]


class FactRecord(Record):
    """A record of facts: its form in the vocabulary, and the path that leads to it (`members[2]`; empty for the subject)."""

    __slots__ = ("form", "path")
    form: str
    path: str

    def __init__(self, entries: Mapping[str, Any] | Iterable[tuple[str, Any]], form: str, path: str) -> None:
        super().__init__(entries)
        object.__setattr__(self, "form", form)
        object.__setattr__(self, "path", path)

    def __reduce__(self) -> tuple[Any, ...]:
        return FactRecord, (dict(self), self.form, self.path)

    def below(self, entry: str) -> str:
        """The path of an entry of this record."""
        return f"{self.path}.{entry}" if self.path else entry


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a fact comes from, who vouches for it, when it was seen and when it was known.

    `complete_to` is the day up to which a list of events is complete, where that is not the facts' `as_of`.
    """

    source: str = ""
    by: str = ""
    observed_on: datetime.date | None = None
    known_on: datetime.date | None = None
    reference: str = ""
    complete_to: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known about one subject, as of a date.

    `root` is the subject's own record; figures by year stand in it under the fact's id, as a record of years.
    `evidence` is by path and covers everything below.
    """

    subject: str
    root: FactRecord
    as_of: datetime.date | None = None
    evidence: Record = field(default_factory=Record)

    @property
    def id(self) -> str:
        """The subject's own code; empty where it is not given."""
        return str(self.root.get(self.subject + "_id", ""))

    def evidence_for(self, path: str) -> Evidence | None:
        """The evidence given for this path or for the nearest record or list around it."""
        while path and self.evidence:
            found: Evidence | None = self.evidence.get(path)
            if found is not None:
                return found
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return None


def paths(record: Record, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every known value that is no record, with its path."""
    for name, value in record.items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, Record):
            yield from paths(value, path)
        elif isinstance(value, tuple) and any(isinstance(item, Record) for item in value):
            for position, item in enumerate(value, 1):
                yield from paths(item, f"{path}[{position}]")
        else:
            yield path, value


def with_value(record: FactRecord, path: str, value: Any, vocabulary: Vocabulary) -> FactRecord:
    """The record with a value at a path as facts are stored; with nothing there where the value is None."""
    entries = dict(record)
    head, _, rest = path.partition(".")
    name, number = next(parts(head))
    if number is not None:
        items = list(entries[name])
        items[number - 1] = with_value(items[number - 1], rest, value, vocabulary)
        entries[name] = tuple(items)
    elif rest:
        entries[name] = _with_below(record, name, rest, value, vocabulary)
    elif value is None:
        entries.pop(name, None)
    else:
        entries[name] = value
    return FactRecord(entries, record.form, record.path)


def _with_below(record: FactRecord, name: str, rest: str, value: Any, vocabulary: Vocabulary) -> Record:
    fact = vocabulary.form(record.form).find(name)
    assert fact is not None
    assert isinstance(fact.type, RecordType)
    path = record.below(name)
    if not fact.by_year:
        return with_value(record.get(name, FactRecord({}, fact.type.name, path)), rest, value, vocabulary)
    years: Record = record.get(name, Record())
    year, _, rest = rest.partition(".")
    below = years.get(year, FactRecord({}, fact.type.name, f"{path}.{year}"))
    return Record({**years, year: with_value(below, rest, value, vocabulary)})
