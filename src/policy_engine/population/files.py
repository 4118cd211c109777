"""Files of a population: a folder with a Parquet or CSV file for each table, or one file; read whole or in blocks.

In blocks the rows of every list must come in the order of the households; then memory does not grow with the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from policy_engine.errors import FactsError, problem
from policy_engine.population.conform import MAIN, rising

__all__ = ["BLOCK", "Source"]

BLOCK = 200_000
"""Households read at a time."""

_ID = "household_id"


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
            found = {file.stem: file for file in sorted(path.iterdir()) if file.suffix in (".parquet", ".csv")}
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
        if file.suffix == ".parquet":
            return pl.scan_parquet(file)
        return pl.scan_csv(file, infer_schema=False)

    def tables(self) -> dict[str, pl.DataFrame]:
        """All tables, whole."""
        try:
            return {name: self.scan(name).collect() for name in self.files}
        except pl.exceptions.PolarsError as error:
            raise FactsError(
                [problem("file.unreadable", path=", ".join(map(str, self.files.values())), why=error)]
            ) from None

    def blocks(self, size: int = BLOCK) -> Iterator[dict[str, pl.DataFrame]]:
        """The tables, so many households at a time; without a size, or of CSV files, all at once."""
        if not size or not self.in_blocks:
            yield self.tables()
        else:
            yield from _ahead(self._blocks(size))

    def _blocks(self, size: int) -> Iterator[dict[str, pl.DataFrame]]:
        lists = {name: _Rows(name, self.scan(name)) for name in self.files if name != MAIN}
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
            yield {MAIN: households, **{name: rows.of(ids) for name, rows in lists.items()}}
        left = [(name, row) for name, rows in lists.items() for row in rows.rest()]
        if left:
            raise FactsError(
                [problem("population.not_sorted", where=name, table=name, found=found) for name, found in left[:20]]
            )


def _ahead(blocks: Iterator[dict[str, pl.DataFrame]]) -> Iterator[dict[str, pl.DataFrame]]:
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


@dataclass
class _Rows:
    """The rows of a list, read forward as their households come by."""

    name: str
    scan: pl.LazyFrame
    read: int = 0
    kept: pl.DataFrame | None = field(default=None)

    def of(self, ids: pl.Series) -> pl.DataFrame:
        """The rows of these households."""
        wanted = ids.implode()
        while (
            self.kept is None
            or (self.kept.height and self.kept[_ID].tail(1).is_in(wanted).any())
            or not self.kept.height
        ):
            more = self.scan.slice(self.read, BLOCK * 2).collect()
            self.kept = more if self.kept is None else pl.concat([self.kept, more])
            if _ID not in self.kept.columns or not more.height:
                break
            self.read += more.height
        if _ID not in self.kept.columns:
            return self.kept
        owners = self.kept[_ID]
        if rising(ids) and owners.dtype.is_integer() and not owners.null_count() and owners.is_sorted():
            upto = int(owners.search_sorted(ids[-1], side="right"))
            found, self.kept = self.kept[:upto], self.kept[upto:]
            return found
        belongs = self.kept[_ID].is_in(wanted) | self.kept[_ID].is_null()
        found, self.kept = self.kept.filter(belongs), self.kept.filter(~belongs)
        return found

    def rest(self) -> Iterator[str]:
        """Households of rows that were not called for."""
        if self.kept is not None and _ID in self.kept.columns:
            yield from self.kept[_ID].cast(pl.String).head(5).to_list()
        after = self.scan.slice(self.read, 5).collect()
        if _ID in after.columns:
            yield from after[_ID].cast(pl.String).to_list()
