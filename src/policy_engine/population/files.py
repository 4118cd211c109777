"""Files of a population: a folder with a Parquet or CSV file for each table, or one file; read whole or in blocks.

In blocks the rows of every list must come in the order of the households; then memory does not grow with the files.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import polars as pl

from policy_engine.documents.csv_rows import csv_files, rows_in
from policy_engine.documents.csv_text import csv_text
from policy_engine.documents.results import is_result
from policy_engine.errors import FactsError, Problem, problem
from policy_engine.population.conform import MAIN, rising

__all__ = ["BLOCK", "TABLES", "Part", "Source", "is_answers"]

TABLES = (".parquet", ".csv")
"""How the names of tables end."""

BLOCK = 200_000
"""Households read at a time."""

_ID = "household_id"


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the households with the rows of their lists, and the number (from 0) of each row in its file.

    `of`: how many households the file has.
    """

    tables: Mapping[str, pl.DataFrame]
    numbers: Mapping[str, pl.Series]
    of: int


@dataclass(frozen=True, slots=True)
class Source:
    """The tables of a folder, or the households of one file, by name."""

    files: dict[str, Path]

    @staticmethod
    def open(path: Path) -> Source:
        """Raises `FactsError` where there is no table of households."""
        if not path.exists():
            raise FactsError([problem("file.not_found", where=str(path), path=path)])
        if path.is_dir():
            seen = [file for file in path.glob("*.parquet") if not file.name.startswith(".")]
            tables = [*(file for file in seen if not is_answers(file)), *csv_files(path)]
            found = {file.stem: file for file in sorted(tables)}
        else:
            found = {MAIN: path}
        if MAIN not in found:
            raise FactsError([problem("population.no_file", where=str(path), path=path, found=MAIN)])
        return Source(found)

    @property
    def in_blocks(self) -> bool:
        return all(file.suffix == ".parquet" for file in self.files.values())

    def scan(self, name: str) -> pl.LazyFrame:
        """A table; cells of a CSV file are texts, which are read as facts later."""
        file = self.files[name]
        try:
            if file.suffix != ".parquet":
                return pl.read_csv(csv_text(file).encode(), infer_schema=False).lazy()
            found = pl.scan_parquet(file)
            found.collect_schema()  # where the file is no Parquet file, it says so here
        except (pl.exceptions.PolarsError, OSError) as error:
            raise FactsError([_unreadable(str(file), error)]) from None
        return found

    def tables(self) -> dict[str, pl.DataFrame]:
        """All tables, whole; raises `FactsError` with the line of a CSV file that is not closed in itself."""
        for file in self.files.values():
            if file.suffix == ".csv" and _quotes(file):
                with file.open(encoding="utf-8", errors="replace", newline="") as lines:
                    deque(rows_in(lines, file), maxlen=0)
        try:
            return {name: self.scan(name).collect() for name in self.files}
        except pl.exceptions.PolarsError as error:
            raise FactsError([self._unreadable(error)]) from None

    def blocks(self, size: int = BLOCK) -> Iterator[Part]:
        """So many households at a time; without a size, or of CSV files, all at once.

        Raises `FactsError`, after the last block, with the rows of lists that were not called for.
        """
        if not size or not self.in_blocks:
            tables = self.tables()
            yield Part(tables, {}, tables[MAIN].height)
        else:
            try:
                yield from _ahead(self._blocks(size))
            except pl.exceptions.PolarsError as error:
                raise FactsError([self._unreadable(error)]) from None

    def _unreadable(self, error: Exception) -> Problem:
        """Which of the files it is, Polars does not always say."""
        return _unreadable(", ".join(map(str, self.files.values())), error)

    def _blocks(self, size: int) -> Iterator[Part]:
        lists = {name: _Rows(self.scan(name)) for name in self.files if name != MAIN}
        main = self.scan(MAIN)
        height = int(main.select(pl.len()).collect().item())
        before: pl.Series | None = None
        checked = False
        for start in range(0, max(height, 1), size):
            households = main.slice(start, size).collect()
            ids = households[_ID] if _ID in households.columns else pl.Series([], dtype=pl.String)
            if not (checked or rising(ids if before is None else pl.concat([before, ids]))):
                _check_once(main)
                checked = True
            before = ids.tail(1)
            tables = {MAIN: households}
            numbers = {MAIN: pl.int_range(start, start + households.height, eager=True)}
            for name, rows in lists.items():
                tables[name], numbers[name] = rows.of(ids)
            yield Part(tables, numbers, height)
        left = [found for name, rows in lists.items() for found in _left(name, rows, main)]
        if left:
            raise FactsError(left)


def is_answers(file: Path) -> bool:
    """Is this a table of answers, or of rejected rows, and none of facts?"""
    try:
        return is_result(Source({MAIN: file}).scan(MAIN).collect_schema().names())
    except (pl.exceptions.PolarsError, FactsError):
        return False


def _quotes(file: Path) -> bool:
    """Is anything quoted in this file?"""
    with file.open("rb") as data:
        return any(b'"' in part for part in iter(partial(data.read, 1 << 20), b""))


def _unreadable(path: str, error: Exception) -> Problem:
    why = str(error).strip().splitlines()[0]
    return problem("file.unreadable", where=path, path=path, why=why)


def _ahead(blocks: Iterator[Part]) -> Iterator[Part]:
    """The same blocks; each is read while the one before it is worked on."""
    with ThreadPoolExecutor(1) as reader:
        following = reader.submit(next, blocks, None)
        while (found := following.result()) is not None:
            following = reader.submit(next, blocks, None)
            yield found


def _check_once(main: pl.LazyFrame) -> None:
    """No household stands in two blocks; the blocks themselves look at their own."""
    if _ID not in main.collect_schema():
        return
    ids = main.select(pl.col(_ID).hash()).collect().to_series()
    if ids.n_unique() < ids.len():
        cells = main.select(_ID).collect()[_ID]
        twice = cells.filter(cells.is_duplicated()).unique(maintain_order=True).head(20)
        rows = {id_: (cells == id_).arg_true().to_list()[:2] for id_ in twice if id_ is not None}
        found = [
            problem("table.id_twice", where=f"{MAIN}!{_ID}:{b + 1}", found=id_, other=f"{MAIN}!{_ID}:{a + 1}")
            for id_, (a, b) in rows.items()
        ]
        if found:
            raise FactsError(found)


def _left(name: str, rows: _Rows, main: pl.LazyFrame) -> Iterator[Problem]:
    """Rows that no block called for: of no household, or not in the order of the households."""
    rest = rows.rest()
    if not rest.height or _ID not in main.collect_schema():
        return
    known = main.select(_ID).collect()[_ID].cast(pl.String)
    lost = ~rest[_ID].cast(pl.String).is_in(known.implode())
    for number, id_ in rest.filter(lost).select(_ROW, _ID).rows():
        yield problem("table.no_household", where=f"{name}!{_ID}:{number + 1}", fact=_ID, found=id_)
    for number, id_ in rest.filter(~lost).select(_ROW, _ID).rows():
        yield problem("population.not_sorted", where=f"{name}!{_ID}:{number + 1}", table=name, found=id_)


def _belong(owners: pl.Series, ids: pl.Series) -> pl.Series:
    """Which rows belong to these households; codes of different types are compared as texts."""
    if owners.dtype != ids.dtype:
        owners, ids = owners.cast(pl.String), ids.cast(pl.String)
    return owners.is_in(ids.implode())


_ROW = "@row"
_SHOWN = 20


@dataclass
class _Rows:
    """The rows of a list, read forward as their households come by; each with its number."""

    scan: pl.LazyFrame
    read: int = 0
    kept: pl.DataFrame = field(default_factory=pl.DataFrame)

    def of(self, ids: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
        """The rows of these households, and their numbers."""
        while not self.kept.height or (_ID in self.kept.columns and _belong(self.kept[_ID].tail(1), ids).any()):
            if not self._more():
                break
        if _ID not in self.kept.columns:
            return self.kept.drop(_ROW), self.kept[_ROW]
        upto = self._upto(ids)
        if upto is not None:
            found, self.kept = self.kept[:upto], self.kept[upto:]
            return found.drop(_ROW), found[_ROW]
        belongs = _belong(self.kept[_ID], ids) | self.kept[_ID].is_null()
        found, self.kept = self.kept.filter(belongs), self.kept.filter(~belongs)
        return found.drop(_ROW), found[_ROW]

    def _upto(self, ids: pl.Series) -> int | None:
        """Where the rows of these households end, if all before belong to them; None where that takes a closer look."""
        owners = self.kept[_ID]
        if (
            owners.dtype != ids.dtype
            or not ids.len()
            or not rising(ids)
            or owners.null_count()
            or not owners.is_sorted()
        ):
            return None
        upto = int(owners.search_sorted(ids[-1], side="right"))
        return upto if owners[:upto].rle().struct.field("value").is_in(ids.implode()).all() else None

    def _more(self) -> bool:
        more = self.scan.slice(self.read, BLOCK * 2).collect().with_row_index(_ROW, self.read)
        self.kept = pl.concat([self.kept, more]) if self.kept.width else more
        self.read += more.height
        return more.height > 0

    def rest(self) -> pl.DataFrame:
        """The first of the rows that were not called for."""
        if self.kept.height < _SHOWN:
            self._more()
        return self.kept.head(_SHOWN) if _ID in self.kept.columns else self.kept.clear()
