"""Files of tables: workbooks (.xlsx, .xls), CSV files and folders of them, as rows of cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

from policy_engine.documents.csv_text import csv_text
from policy_engine.documents.table_cells import Cell
from policy_engine.errors import FactsError, problem

__all__ = ["Rows", "open_tables"]

Rows: TypeAlias = list[list[Cell]]


def open_tables(path: Path) -> dict[str, Callable[[], Rows]]:
    """The sheets of a workbook or folder by name, each read when it is called; raises `FactsError`."""
    if path.is_dir() or path.suffix.lower() == ".csv":
        files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
        return {file.stem: lambda file=file: _csv_rows(file) for file in files}  # type: ignore[misc]
    if not path.exists():
        raise FactsError([problem("file.not_found", where=str(path), path=path)])
    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, PasswordError, XmlError, ZipError, OSError) as error:
        raise FactsError([problem("file.unreadable", where=str(path), path=path, why=error)]) from None
    return {name: lambda name=name: _sheet_rows(book, name) for name in book.sheet_names}  # type: ignore[misc]


def _sheet_rows(book: CalamineWorkbook, name: str) -> Rows:
    rows: Rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return rows


def _csv_rows(path: Path) -> Rows:
    try:
        return list(csv.reader(io.StringIO(csv_text(path), newline="")))
    except csv.Error as error:
        raise FactsError([problem("file.unreadable", where=str(path), path=path, why=error)]) from None
