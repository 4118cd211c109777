"""Rows of a population to the facts of one subject, and back: what the single evaluator reads."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from policy_engine.expression.types import CodeType, ListType, NumberType, RecordType, Type
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.model.vocabulary import RecordForm, Vocabulary
from policy_engine.population.tables import AS_OF, ROOT, Population, Table, column_type, records_of
from policy_engine.values import CONTEXT, Record

__all__ = ["each_facts", "population_of"]

# ---- rows to facts


@dataclass(slots=True)
class _Reader:
    """Takes the rows of one table one after the other."""

    columns: list[tuple[tuple[str, ...], str, Callable[[Any], Any] | None]]
    rows: Iterator[tuple[Any, ...]]
    form: str


def each_facts(population: Population, vocabulary: Vocabulary) -> Iterator[Facts]:
    """The facts of every subject, in order."""
    readers = {name: _reader(table, vocabulary) for name, table in population.tables.items()}
    for _ in range(len(population)):
        tree = _next(readers, ROOT, vocabulary, "")
        as_of = tree.pop(AS_OF, None)
        yield Facts(population.subject, FactRecord(tree, population.subject, ""), as_of)


def _reader(table: Table, vocabulary: Vocabulary) -> _Reader:
    columns = []
    for name in table.rows.columns:
        path = tuple(name.split("."))
        type_ = _type_at(vocabulary, table.form, path)
        records = type_ is None and path != (AS_OF,)
        read = None if records else _read(type_, table.scale(name, type_) if type_ is not None else 0)
        columns.append((path, name, read))
    return _Reader(columns, table.rows.iter_rows(), table.form)


def _type_at(vocabulary: Vocabulary, form: str, path: Sequence[str]) -> Type | None:
    """The type of the fact at a path; None for a list of records, of which the table holds the number."""
    if path == (AS_OF,):
        return None
    fact = vocabulary.fact(form, ".".join(path))
    assert fact is not None, path
    return None if records_of(fact) else fact.type


def _read(type_: Type | None, scale: int) -> Callable[[Any], Any]:
    if isinstance(type_, ListType):
        item = _read(type_.item, scale)
        return lambda cell: tuple(map(item, cell))
    if isinstance(type_, NumberType):
        return lambda cell: Decimal(cell).scaleb(-scale, CONTEXT)
    return lambda cell: cell


def _next(readers: Mapping[str, _Reader], name: str, vocabulary: Vocabulary, place: str) -> dict[str, Any]:
    """The next row of a table as nested facts, with the rows of its lists."""
    reader = readers[name]
    tree: dict[str, Any] = {}
    for (path, column, read), cell in zip(reader.columns, next(reader.rows), strict=True):
        if cell is None:
            continue
        if read is None:
            table = f"{name}.{column}" if name else column
            at = f"{place}.{column}" if place else column
            _put(tree, path, _records(readers, table, vocabulary, at, cell))
        else:
            _put(tree, path, read(cell))
    return _as_records(tree, vocabulary.form(reader.form), vocabulary, place)


def _records(
    readers: Mapping[str, _Reader], table: str, vocabulary: Vocabulary, at: str, many: int
) -> tuple[FactRecord, ...]:
    form = readers[table].form
    paths = (f"{at}[{number}]" for number in range(1, many + 1))
    return tuple(FactRecord(_next(readers, table, vocabulary, path), form, path) for path in paths)


def _put(tree: dict[str, Any], path: Sequence[str], value: Any) -> None:
    *above, last = path
    for step in above:
        tree = tree.setdefault(step, {})
    tree[last] = value


def _as_records(tree: dict[str, Any], form: RecordForm, vocabulary: Vocabulary, place: str) -> dict[str, Any]:
    for fact in form:
        found = tree.get(fact.id)
        if isinstance(found, dict) and isinstance(fact.type, RecordType):
            path, below = f"{place}.{fact.id}" if place else fact.id, vocabulary.form(fact.type.name)
            if fact.by_year:
                years = {year: (entries, f"{path}.{year}") for year, entries in found.items()}
                tree[fact.id] = Record(
                    {
                        year: FactRecord(_as_records(e, below, vocabulary, at), below.id, at)
                        for year, (e, at) in years.items()
                    }
                )
            else:
                tree[fact.id] = FactRecord(_as_records(found, below, vocabulary, path), below.id, path)
    return tree


# ---- facts to rows


@dataclass(slots=True)
class _Writer:
    form: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    types: dict[str, Type] = field(default_factory=dict)


def population_of(subjects: Iterable[Facts], vocabulary: Vocabulary, subject: str = "household") -> Population:
    """The population of these subjects, all of one kind. A record without entries leaves no trace.

    A table has one day for all lists of a subject: the first up to which one of them is complete. A list of which it is not
    said up to when is not known.
    """
    writers = {ROOT: _Writer(subject)}
    for facts in subjects:
        assert facts.subject == subject
        said = {path: found.complete_to for path, found in facts.evidence.items() if found.complete_to is not None}
        in_part = {path for path, day in said.items() if day == datetime.date.min}
        root = FactRecord({name: item for name, item in facts.root.items() if name not in in_part}, subject, "")
        row = _written(writers, ROOT, root, vocabulary)
        days = [facts.as_of, *(day for path, day in said.items() if path not in in_part)]
        if known_to := [day for day in days if day is not None]:
            row[AS_OF] = min(known_to)
    return Population(subject, {name: _table(writer, writers, name) for name, writer in writers.items()})


def _written(writers: dict[str, _Writer], table: str, record: Record, vocabulary: Vocabulary) -> dict[str, Any]:
    writer = writers[table]
    row: dict[str, Any] = {}
    writer.rows.append(row)
    for column, value, type_ in _cells(record, vocabulary.form(writer.form), vocabulary, ""):
        item = type_.item if isinstance(type_, ListType) else None
        if isinstance(item, RecordType):
            below = f"{table}.{column}" if table else column
            writers.setdefault(below, _Writer(item.name))
            for part in value:
                _written(writers, below, part, vocabulary)
            row[column] = len(value)
        else:
            row[column] = value
            writer.types[column] = type_
    return row


def _cells(record: Record, form: RecordForm, vocabulary: Vocabulary, prefix: str) -> Iterator[tuple[str, Any, Type]]:
    for fact in form:
        value = record.get(fact.id)
        if value is None:
            continue
        if not isinstance(fact.type, RecordType):
            yield prefix + fact.id, value, fact.type
            continue
        below = vocabulary.form(fact.type.name)
        for year, part in value.items() if fact.by_year else [("", value)]:
            step = f"{fact.id}.{year}." if year else f"{fact.id}."
            yield from _cells(part, below, vocabulary, prefix + step)


def _table(writer: _Writer, writers: Mapping[str, _Writer], name: str) -> Table:
    columns: dict[str, pl.Series] = {}
    scales: dict[str, int] = {}
    order = dict.fromkeys(column for row in writer.rows for column in row)
    for column in order:
        cells = [row.get(column) for row in writer.rows]
        if (f"{name}.{column}" if name else column) in writers:
            columns[column] = pl.Series(column, cells, dtype=pl.UInt32)
        elif column == AS_OF:
            columns[column] = pl.Series(column, cells, dtype=pl.Date)
        else:
            columns[column] = _series(column, cells, writer.types[column], scales)
    rows = pl.DataFrame(columns) if columns else pl.DataFrame(height=len(writer.rows))
    return Table(writer.form, rows, scales)


def _series(column: str, cells: list[Any], type_: Type, scales: dict[str, int]) -> pl.Series:
    item = type_.item if isinstance(type_, ListType) else type_
    if isinstance(item, NumberType):
        numbers = [number for cell in cells for number in (cell if isinstance(cell, tuple) else (cell,))]
        scale = max((places(number) for number in numbers if number is not None), default=0)
        scales[column] = scale
        cells = [_scaled(cell, scale) for cell in cells]
    if isinstance(type_, ListType):
        cells = [list(cell) if cell is not None else None for cell in cells]
    if isinstance(item, CodeType):
        return pl.Series(column, cells, dtype=column_type(type_), strict=True)
    return pl.Series(column, cells, dtype=column_type(type_))


def places(number: Decimal) -> int:
    """Places after the point that a number needs."""
    exponent = int(number.normalize(CONTEXT).as_tuple().exponent)
    return max(0, -exponent)


def _scaled(cell: Any, scale: int) -> Any:
    if isinstance(cell, tuple):
        return [_scaled(number, scale) for number in cell]
    return None if cell is None else int(cell.scaleb(scale, CONTEXT))
