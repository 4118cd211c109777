"""Rows of tables that are not used, as rows of a table of their own: where, what was found, what was expected, the whole row."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from policy_engine.app.writing import writing
from policy_engine.documents.results import PROBLEMS
from policy_engine.documents.table_cells import Cell, cell_text
from policy_engine.documents.tables import Rejected
from policy_engine.errors import said

__all__ = ["problem_row", "write_rejected"]


def problem_row(rejected: Rejected) -> list[Cell]:
    found = rejected.problem
    details = dict(found.details)
    wanted = said(details["wanted"], "zh") if "wanted" in details else found.help("zh")
    cell = found.where.rpartition("!")[2]
    return [
        rejected.sheet,
        rejected.row,
        cell,
        rejected.household,
        rejected.heading,
        details.get("found", ""),
        wanted,
        found.message("zh"),
        found.code,
        rejected.written,
    ]


def write_rejected(path: Path, rejected: Iterable[Rejected]) -> None:
    """As a CSV file that spreadsheets open; raises `FactsError`."""
    with writing(path), path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(PROBLEMS)
        rows.writerows([cell_text(cell) for cell in problem_row(one)] for one in rejected)
