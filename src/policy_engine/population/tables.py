"""A population as tables: a row for each subject, and a table for each list of records, whose rows belong to a row above.

A column is a fact by its path (`household_size`, `finances.2021.net_income`, `secure.food`); an empty cell is unknown.
Where the population has a list (`members`, `plan.measures`, `villages.grids`), the table above has a column of the same
name: of a list of records the number of rows, of another list the list itself; empty where the list is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from policy_engine.expression.types import BOOLEAN, DATE, CodeType, ListType, NumberType, RecordType, Type
from policy_engine.model.vocabulary import Fact, RecordForm, Vocabulary

__all__ = ["AS_OF", "ROOT", "Population", "Table", "column_type", "facts_of", "records_of", "scale_of"]

ROOT = ""
"""The name of the subjects' own table."""

AS_OF = "as_of"
"""The column of the day that a subject's facts describe."""

_FINEST = 6


def records_of(fact: Fact) -> RecordType | None:
    """The record type of a list of records; None for any other fact."""
    item = fact.type.item if isinstance(fact.type, ListType) else None
    return item if isinstance(item, RecordType) else None


def scale_of(type_: Type) -> int:
    """Places after the point that a figure of this type is kept with, unless its table says otherwise."""
    unit = str(type_.unit) if isinstance(type_, NumberType) else ""
    if "CNY" in unit:
        return 2
    return 0 if unit in ("person", "household") else _FINEST


def column_type(type_: Type) -> pl.DataType | type[pl.DataType]:
    """How a column of facts of this type is kept; numbers as whole multiples of their last place."""
    if isinstance(type_, ListType):
        return pl.List(column_type(type_.item))
    if isinstance(type_, CodeType):
        return pl.Enum(type_.ids)
    if isinstance(type_, NumberType):
        return pl.Int64
    if type_ == BOOLEAN:
        return pl.Boolean
    return pl.Date if type_ == DATE else pl.String


def facts_of(
    vocabulary: Vocabulary, form: RecordForm, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Fact]]:
    """Every fact of a record and of the records in it, with its path; a year is written `*`. Lists are not entered."""
    for fact in form:
        below = (*path, fact.id)
        if isinstance(fact.type, RecordType):
            step = (*below, "*") if fact.by_year else below
            yield from facts_of(vocabulary, vocabulary.form(fact.type.name), step)
        else:
            yield below, fact


@dataclass(frozen=True)
class Table:
    """The rows of a list of records, or of the subjects: in the order of the rows above, as `above` counts them.

    `scales` are the places after the point of numbers that are kept finer or coarser than their type says.
    """

    form: str
    rows: pl.DataFrame
    scales: Mapping[str, int] = field(default_factory=dict)

    def scale(self, column: str, type_: Type) -> int:
        return self.scales.get(column, scale_of(type_))


@dataclass(frozen=True)
class Population:
    """Subjects of one kind. `tables` by the path of the list; the subjects' own under the empty path."""

    subject: str
    tables: Mapping[str, Table]

    def __len__(self) -> int:
        return self.tables[ROOT].rows.height

    @cached_property
    def ids(self) -> pl.Series:
        """The subjects' codes."""
        return self.tables[ROOT].rows[f"{self.subject}_id"]

    @property
    def schema(self) -> tuple[tuple[str, str, tuple[str, ...], tuple[tuple[str, int], ...]], ...]:
        """What two populations have in common that the same compiled pack fits."""
        return tuple(
            (name, table.form, tuple(table.rows.columns), tuple(sorted(table.scales.items())))
            for name, table in sorted(self.tables.items())
        )

    def above(self, name: str) -> str:
        """The table whose rows the rows of this one belong to."""
        path = name.rpartition(".")[0]
        while path not in self.tables:
            path = path.rpartition(".")[0]
        return path

    def counts(self, name: str) -> pl.Series:
        """How many rows of a list belong to each row above; none where the list is unknown."""
        above = self.above(name)
        column = name.removeprefix(above + ".") if above else name
        return self.tables[above].rows[column].fill_null(0).cast(pl.Int64)

    def owner(self, table: str, row: int) -> str:
        """The subject that a row of a table belongs to, as `household_id=…`."""
        while table:
            row = (self.counts(table).cum_sum() > row).arg_max() or 0
            table = self.above(table)
        column = f"{self.subject}_id"
        rows = self.tables[ROOT].rows
        return f"{column}={rows[column][row] if column in rows.columns else row + 1}"

    def slice(self, start: int, length: int) -> Population:
        """Some of the subjects, with all that belongs to them."""
        spans = {ROOT: (start, length)}
        tables: dict[str, Table] = {}
        for name in sorted(self.tables, key=lambda name: (name.count("."), name)):
            if name:
                first, many = spans[self.above(name)]
                counts = self.counts(name)
                spans[name] = int(counts[:first].sum()), int(counts[first : first + many].sum())
            table = self.tables[name]
            tables[name] = Table(table.form, table.rows.slice(*spans[name]), table.scales)
        return Population(self.subject, tables)

    def chosen(self, keep: pl.Series) -> Population:
        """The subjects for which `keep` is true, with all that belongs to them."""
        kept = {ROOT: keep}
        tables: dict[str, Table] = {}
        for name in sorted(self.tables, key=lambda name: (name.count("."), name)):
            table = self.tables[name]
            if name:
                above = pl.DataFrame({"keep": kept[self.above(name)], "count": self.counts(name)})
                kept[name] = above.select(pl.col("keep").repeat_by("count").explode(empty_as_null=False))["keep"]
            tables[name] = Table(table.form, table.rows.filter(kept[name]), table.scales)
        return Population(self.subject, tables)
