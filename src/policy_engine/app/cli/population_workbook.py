"""The answers about a population as a workbook, with the rejected rows: what `policy-engine decide` writes, in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import polars as pl

from policy_engine.app.cli.rejected import problem_row
from policy_engine.documents.results import PROBLEMS
from policy_engine.documents.tables import Rejected
from policy_engine.model.pack import Pack
from policy_engine.population.rowwise import Asked
from policy_engine.report.asked import asked_rows
from policy_engine.report.workbook import Result

__all__ = ["write_workbook"]

_PARTS = {"": "", "status": "·状态", "possible": "·可能的结果", "rules": "·规则", "missing": "·还需要"}
_WORDS = {
    "in": "适用",
    "out": "不适用",
    "open": "是否适用未知",
    "determined": "已决定",
    "undetermined": "未决",
    "gap": "无规则适用",
    "conflict": "规则冲突",
    "true": "是",
    "false": "否",
}


def write_workbook(
    out: Path,
    asked: Asked,
    given: Path,
    frames: Iterator[pl.DataFrame],
    rejected: Sequence[Rejected],
    *,
    mask: bool = False,
) -> None:
    """A sheet with a row for each household, one with the rejected rows, one that says what was asked.

    `rejected` is read after the last frame.
    """
    first = next(frames)
    headings = {Result.RESULTS: _headings(asked.pack, first.columns), Result.REJECTED: PROBLEMS}
    result = Result(out, headings, 2)
    rows = 0
    for frame in chain([first], frames):
        names = [_names(asked.pack, column) for column in frame.columns]
        for cells in frame.iter_rows():
            result.write(Result.RESULTS, [_cell(cell, known) for cell, known in zip(cells, names, strict=True)])
        rows += frame.height
    for one in rejected:
        result.write(Result.REJECTED, problem_row(one))
    counts = {"已决定的户": rows, "被拒绝的行": len(rejected)}
    given_to = (asked.pack, asked.settings, asked.scenario)
    result.about(asked_rows(*given_to, on=str(asked.on), given=given.name, counts=counts, mask=mask))
    result.close()


def _headings(pack: Pack, columns: Iterable[str]) -> list[str]:
    found = []
    for column in columns:
        id_, _, part = column.partition(".")
        label = pack.decisions[id_].label.zh if id_ in pack.decisions else ""
        fixed = {"household_id": "户编号", "scope": "适用范围"}
        found.append(fixed.get(column) or (label or id_) + _PARTS[part])
    return found


def _names(pack: Pack, column: str) -> dict[str, str]:
    """How outcomes are called in a column."""
    definition = pack.decisions.get(column.removesuffix(".possible"))
    if definition is None or definition.table is None:
        return {} if column == "household_id" or column.endswith((".rules", ".missing")) else _WORDS
    return {option.id: option.label("zh") for option in definition.table.outcomes}


def _cell(cell: object, names: dict[str, str]) -> str:
    if cell is None:
        return ""
    if isinstance(cell, list):
        return "、".join(names.get(str(item), str(item)) for item in cell) or "无"
    text = str(cell).lower() if isinstance(cell, bool) else str(cell)
    return names.get(text, text)
