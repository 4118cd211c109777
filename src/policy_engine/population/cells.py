"""Columns of given tables to columns of a population: each cell is a value of its fact, empty, or a problem with its row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from policy_engine.documents.table_cells import ERRORS, FIGURE
from policy_engine.errors import Problem, problem, problem_of
from policy_engine.expression.types import BOOLEAN, DATE, CodeType, ListType, NumberType, Type
from policy_engine.model.core import may_be_negative
from policy_engine.population.right_numbers import NOISE
from policy_engine.population.stored import widest
from policy_engine.population.tables import column_type, scale_of

__all__ = ["MOST_PROBLEMS", "Cells", "numbered"]

MOST_PROBLEMS = 20
"""Cells that are named for each problem of a column; the others are counted."""

_TRUTHS = {"true": True, "false": False, "是": True, "否": False}
_BETWEEN = r"\s*[、，,；;]\s*"
_NONE = ("无", "none")
_EXACT = 10**15


def numbered(row: int) -> str:
    """A row as people count it."""
    return str(row + 1)


@dataclass
class Cells:
    """Reads the columns of one table; `problems` says what is wrong, each with table, column and row.

    `row` names a row of the table by its number from 0: by default that from 1.
    """

    table: str
    row: Callable[[int], str] = numbered
    problems: list[Problem] = field(default_factory=list)

    def read(self, column: str, cells: pl.Series, type_: Type) -> pl.Series:
        """The column as the population keeps it; a wrong cell is empty and reported."""
        if cells.dtype == pl.Null:
            return cells.cast(column_type(type_))
        if isinstance(type_, CodeType) and cells.dtype in (pl.String, column_type(type_)):
            known = _as_codes(cells, type_)
            if known.null_count() == cells.null_count():
                return known
        if isinstance(type_, ListType):
            return self._lists(column, cells, type_)
        if cells.dtype == pl.String:
            cells = _trimmed(cells)
        elif cells.dtype in (pl.Categorical, pl.Enum):
            cells = cells.cast(pl.String)
        if type_ == BOOLEAN:
            return self._truths(column, cells)
        if type_ == DATE:
            return self._days(column, cells)
        if isinstance(type_, NumberType):
            return self._numbers(column, cells, type_)
        texts = self._texts(column, cells)
        return self._codes(column, texts, type_) if isinstance(type_, CodeType) else texts

    def wrong(
        self, column: str, cells: pl.Series, where: pl.Series, code: str, *, warning: bool = False, **details: object
    ) -> None:
        """Report the cells where `where` is true."""
        rows = where.fill_null(value=False).arg_true().to_list()
        for row in rows[:MOST_PROBLEMS]:
            place = f"{self.table}!{column}:{self.row(row)}"
            told = {"fact": column, "found": cells[row], **details}
            self.problems.append(problem_of(code, None, told, where=place, warning=warning))
        if len(rows) > MOST_PROBLEMS:
            more, place = len(rows) - MOST_PROBLEMS, f"{self.table}!{column}"
            self.problems.append(problem("population.more_cells", where=place, warning=warning, count=more))

    # ---- kinds of values

    def _truths(self, column: str, cells: pl.Series) -> pl.Series:
        if cells.dtype == pl.Boolean:
            return cells
        texts = cells.cast(pl.String)
        known = texts.str.to_lowercase() if cells.dtype == pl.String else texts.str.replace_all(r"^.*$", "")
        found = known.replace_strict(_TRUTHS, default=None, return_dtype=pl.Boolean)
        self.wrong(
            column, texts, found.is_null() & cells.is_not_null(), "facts.wrong_kind", wanted="true or false (是, 否)"
        )
        return found

    def _days(self, column: str, cells: pl.Series) -> pl.Series:
        if cells.dtype == pl.Date:
            return cells
        if cells.dtype.is_temporal() and cells.dtype not in (pl.Time, pl.Duration):
            days = cells.dt.date()
            self.wrong(column, cells, days.cast(cells.dtype) != cells, "facts.not_a_date")
            return days
        texts = cells.cast(pl.String)
        shaped = texts.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
        days = texts.str.to_date("%Y-%m-%d", strict=False).set(~shaped.fill_null(value=False), None)
        bad = days.is_null() & cells.is_not_null()
        self.wrong(column, texts, bad & ~shaped, "facts.not_a_date")
        self.wrong(column, texts, bad & shaped, "facts.no_such_day")
        return days

    def _texts(self, column: str, cells: pl.Series) -> pl.Series:
        if cells.dtype == pl.String:
            failed = (cells.is_in(ERRORS) | cells.str.starts_with("=")).fill_null(value=False)
            self.wrong(column, cells, failed, "facts.wrong_kind", wanted="text")
            return cells.set(failed, None)
        if cells.dtype.is_integer():
            return cells.cast(pl.String)
        code = "table.long_number" if cells.dtype.is_float() else "facts.wrong_kind"
        self.wrong(column, cells, cells.is_not_null(), code, wanted="text")
        return pl.Series(cells.name, [None] * len(cells), dtype=pl.String)

    def _codes(self, column: str, texts: pl.Series, type_: CodeType) -> pl.Series:
        found = _as_codes(texts, type_)
        near = ", ".join(f"{option.id} {option.zh}" for option in type_.options)
        self.wrong(column, texts, found.is_null() & texts.is_not_null(), "facts.not_an_option", near=near)
        return found

    def _numbers(self, column: str, cells: pl.Series, type_: NumberType) -> pl.Series:
        scale = scale_of(type_)
        unit = str(type_.unit)
        code = "facts.bad_amount" if "CNY" in unit else "facts.bad_count" if scale == 0 else "population.too_fine"
        whole = self._whole(column, cells, scale, code)
        least, most = widest(type_, scale)
        self.wrong(column, cells, ~whole.is_between(least, most), code)
        if not may_be_negative(column.rpartition(".")[2]):
            self.wrong(column, cells, (whole < 0) & (whole >= least), "plausible.negative", warning=True)
        return whole.set(~whole.is_between(least, most).fill_null(value=True), None)

    def _whole(self, column: str, cells: pl.Series, scale: int, code: str) -> pl.Series:
        """Numbers in units of their last place; one with more places than that is wrong."""
        factor = 10**scale
        if cells.dtype.is_float():
            self.wrong(column, cells, ~cells.is_finite(), "facts.not_finite")
            cells = cells.cast(pl.Float64).set(~cells.is_finite().fill_null(value=True), None)
            far = cells.abs() >= _EXACT / factor * 10
            many = cells.set(far, 0) * factor
            near = many.round()
            exact = ((many - near).abs() <= many.abs() * NOISE + NOISE) & ~far
            self.wrong(column, cells, ~exact, code)
            whole: pl.Series = near.set(~exact.fill_null(value=True), None).cast(pl.Int64)
            return whole
        if cells.dtype.is_integer():
            far = cells.cast(pl.Int128).abs() >= 10**18 // factor
            self.wrong(column, cells, far, code)
            return pl.Series(cells.name, cells.set(far, None).cast(pl.Int64) * factor)
        if cells.dtype.is_decimal():
            return self._decimals(column, cells.cast(pl.String), scale, code)
        if cells.dtype == pl.String:
            return self._decimals(column, cells, scale, code)
        self.wrong(column, cells, cells.is_not_null(), "facts.not_a_number")
        return pl.Series(cells.name, [None] * len(cells), dtype=pl.Int64)

    def _decimals(self, column: str, texts: pl.Series, scale: int, code: str) -> pl.Series:
        shaped = texts.str.contains(f"^{FIGURE}$")
        infinite = texts.str.to_lowercase().str.contains(r"^[+-]?(nan|inf|infinity)$")
        self.wrong(column, texts, infinite, "facts.not_finite")
        self.wrong(column, texts, ~shaped & ~infinite, "facts.not_a_number")
        parts = pl.DataFrame({"text": texts.set(~shaped.fill_null(value=True), None).str.replace_all(",", "")}).select(
            "text",
            whole=pl.col("text").str.extract("^[+-]?0*([0-9]+)"),
            rest=pl.col("text").str.extract(r"\.([0-9]*?)0*$").fill_null(""),
        )
        far = parts["whole"].str.len_chars() > 18
        number = parts.with_columns(whole=parts["whole"].set(far, None)).select(
            fine=pl.col("rest").str.len_chars() > scale,
            value=(pl.col("whole") + pl.col("rest").str.slice(0, scale).str.pad_end(scale, "0")).cast(pl.Int128)
            * pl.when(pl.col("text").str.starts_with("-")).then(-1).otherwise(1),
        )
        wrong = far | number["fine"] | (number["value"].abs() >= 10**18)
        self.wrong(column, texts, wrong & shaped, code)
        return number["value"].set(wrong.fill_null(value=True), None).cast(pl.Int64)

    # ---- lists

    def _lists(self, column: str, cells: pl.Series, type_: ListType) -> pl.Series:
        """Lists of values; in a text with 、 or a comma between them, 无 for none."""
        if cells.dtype == pl.String:
            texts = _trimmed(cells)
            split = texts.str.replace_all(_BETWEEN, "、").str.split("、")
            none = texts.is_in(_NONE)
            cells = split.set(none, None)
            empty = pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, len(cells))
            cells = pl.select(pl.when(none).then(empty).otherwise(cells)).to_series()
        if not isinstance(cells.dtype, pl.List):
            self.wrong(column, cells, cells.is_not_null(), "facts.wrong_kind", wanted="list")
            return pl.Series([None] * len(cells), dtype=column_type(type_))
        rows = pl.DataFrame({"cells": cells}).with_row_index("row")
        items = rows.filter(pl.col("cells").list.len() > 0).explode("cells")
        inside = Cells(self.table, lambda item: self.row(items["row"][item]), self.problems)
        read = inside.read(column, items["cells"], type_.item)
        inside.wrong(column, items["cells"], items["cells"].is_null(), "facts.wrong_kind", wanted="list without gaps")
        kept = pl.DataFrame({"row": items["row"], "item": read}).drop_nulls("item")
        lists = rows.join(
            kept.group_by("row", maintain_order=True).agg("item"), on="row", how="left", maintain_order="left"
        )
        none_left = pl.col("item").fill_null(pl.lit([], column_type(type_)))
        return lists.select(pl.when(pl.col("cells").is_not_null()).then(none_left)).to_series()


def _as_codes(texts: pl.Series, type_: CodeType) -> pl.Series:
    """Ids or labels as ids; any other text is empty."""
    dtype = pl.Enum(type_.ids)
    if texts.dtype == dtype:
        return texts
    ids = {name: option.id for option in type_.options for name in (option.zh, option.en, option.id) if name}
    return texts.replace_strict(ids, default=None, return_dtype=dtype)


def _trimmed(cells: pl.Series) -> pl.Series:
    texts = cells.str.strip_chars()
    return texts.set(texts == "", None)
