"""Files of tables: workbooks (.xlsx, .xls), CSV files and folders of them, as rows of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeAlias
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

from policy_engine.documents.csv_rows import csv_files, csv_rows
from policy_engine.documents.results import are_result_sheets
from policy_engine.documents.table_cells import Cell
from policy_engine.documents.valueless_cells import valueless_cells
from policy_engine.errors import FactsError, problem

__all__ = ["Block", "Grid", "Rows", "is_result_workbook", "open_tables"]

Rows: TypeAlias = list[list[Cell]]


class Block(NamedTuple):
    """Cells merged into one: its first row and column and its last, from 0."""

    top: int
    left: int
    bottom: int
    right: int


class Grid(NamedTuple):
    """The cells of a sheet, and which are merged: of those the rows below have what stands in the first."""

    rows: Rows
    merged: tuple[Block, ...] = ()


def open_tables(path: Path) -> dict[str, Callable[[], Grid]]:
    """The sheets of a workbook or folder by name, each read when it is called; raises `FactsError`."""
    if path.is_dir() or path.suffix.lower() == ".csv":
        files = csv_files(path) if path.is_dir() else [path]
        return {file.stem: lambda file=file: Grid(csv_rows(file)) for file in files}  # type: ignore[misc]
    if not path.exists():
        raise FactsError([problem("file.not_found", where=str(path), path=path)])
    with _readable(path):
        book = CalamineWorkbook.from_path(str(path))
    return {name: lambda name=name: _grid(book, path, name) for name in book.sheet_names}  # type: ignore[misc]


def is_result_workbook(path: Path) -> bool:
    """Is this a workbook of answers? What cannot be read is none."""
    try:
        return are_result_sheets(open_tables(path))
    except FactsError:
        return False


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """A file that is no workbook, or a damaged one, is told as a clerk would say it."""
    try:
        yield
    except PasswordError:
        raise FactsError([problem("file.password", where=str(path), path=path)]) from None
    except (CalamineError, XmlError, ZipError, BadZipFile, ParseError):
        raise FactsError([problem("file.no_workbook", where=str(path), path=path)]) from None
    except OSError as error:
        why = error.strerror or error
        raise FactsError([problem("file.unreadable", where=str(path), path=path, why=why)]) from None


def _grid(book: CalamineWorkbook, path: Path, name: str) -> Grid:
    with _readable(path):
        sheet = book.get_sheet_by_name(name)
        rows: Rows = sheet.to_python(skip_empty_area=False)
        for at, column, text in valueless_cells(path, name):
            _put(rows, at, column, text)
    merged = tuple(Block(*first, *last) for first, last in sheet.merged_cell_ranges or ())
    for block in merged:
        if block.top < len(rows) and block.left < len(rows[block.top]):
            for at in range(block.top + 1, block.bottom + 1):
                _put(rows, at, block.left, rows[block.top][block.left])
    return Grid(rows, merged)


def _put(rows: Rows, at: int, column: int, cell: Cell) -> None:
    """Set a cell, also beyond the last that holds something."""
    rows += ([] for _ in range(at + 1 - len(rows)))
    rows[at] += [""] * (column + 1 - len(rows[at]))
    rows[at][column] = cell
