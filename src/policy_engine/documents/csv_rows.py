"""Rows of CSV files, one to a line: a quote that is not closed would swallow the households below it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from policy_engine.documents.csv_text import csv_text
from policy_engine.documents.results import is_result
from policy_engine.errors import FactsError, problem

__all__ = ["csv_files", "csv_rows", "rows_in"]


def csv_files(folder: Path) -> list[Path]:
    """The CSV files of a folder that may hold facts: no result written there, nor what a program keeps beside its files."""
    return [file for file in sorted(folder.glob("*.csv")) if not (file.name.startswith(("~$", ".")) or _result(file))]


def _result(file: Path) -> bool:
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        return is_result(next(csv.reader(lines), []))


def csv_rows(path: Path) -> list[list[str]]:
    """The rows of a file in UTF-8 or GB18030; raises `FactsError`."""
    return list(rows_in(io.StringIO(csv_text(path), newline=""), path))


def rows_in(text: Iterable[str], path: Path) -> Iterator[list[str]]:
    """The rows; raises `FactsError` with the line of the first that goes on in another line, or is badly quoted."""
    reader, line = csv.reader(text, strict=True), 1
    with suppress(csv.Error):
        for row in reader:
            if reader.line_num > line:
                break
            yield row
            line += 1
        else:
            return
    raise FactsError([problem("table.broken_line", where=f"{path}:{line}", line=line)])
