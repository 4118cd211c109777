"""Workbooks: the template that is filled in, and the answers beside the rows. Nothing in them depends on the clock."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from policy_engine.decision.answer import Answer, Decision
from policy_engine.documents.results import ABOUT, MEMBERS, NOTES, REJECTED, RESULTS
from policy_engine.documents.table_cells import Cell, wanted_in
from policy_engine.documents.table_columns import Column, Sheet
from policy_engine.errors import said
from policy_engine.evaluation.observe import TraceNode
from policy_engine.expression.types import BOOLEAN, DATE, CodeType, ListType, NumberType
from policy_engine.model.pack import Pack
from policy_engine.report.text import cited, headline, missing_label, node_text
from policy_engine.report.words import UNITS, say

__all__ = ["COLUMNS", "AnswerCells", "Result", "answer_cells", "scope_text", "write_template"]

MAX_ROWS = 1_048_576
MAX_CELL = 32_000
_ROWS_TO_FILL = 60_000
"""Drop-downs and formats of a template reach this far."""

_EPOCH = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - workbooks know no zones
_REASONS = 4
_FORMATS = {
    "text": {"num_format": "@"},
    "date": {"num_format": "yyyy-mm-dd"},
    "money": {"num_format": "0.00"},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DDEBF7", "border": 1, "num_format": "@"},
    "answer": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E2EFDA", "border": 1},
    "wrap": {"text_wrap": True, "valign": "top"},
}

COLUMNS = ("", "·可能的结果", "·条款", "·理由", "·还需要")
"""Behind the label of each decision: the answer, possible outcomes, clauses, reasons, missing facts."""


def _new(path: Path, *, rows_in_order: bool) -> tuple[xlsxwriter.Workbook, dict[str, Format]]:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": rows_in_order, "strings_to_formulas": False})
    book.set_properties({"created": _EPOCH})
    return book, {name: book.add_format(parts) for name, parts in _FORMATS.items()}


# ---- the template


def write_template(path: Path, pack: Pack, columns: Sequence[tuple[Sheet, Column]]) -> None:
    """A workbook with a sheet for the households and for each list, headings, drop-downs and explanations."""
    book, formats = _new(path, rows_in_order=False)
    options = _Options(book)
    names = []
    for sheet, group in groupby(columns, key=lambda item: item[0]):
        page = book.add_worksheet(sheet.name)
        names.append(sheet.name)
        page.freeze_panes(1, 1)
        page.set_row(0, 45)
        for at, (_, column) in enumerate(group):
            page.write_string(0, at, sheet.heading(column), formats["head"])
            page.write_comment(0, at, _explanation(column), {"x_scale": 2, "y_scale": 1.5})
            _fill_in(page, at, column, formats, options)
    _explain(book, formats, pack, names)
    options.write()
    book.close()


def _fill_in(page: Worksheet, at: int, column: Column, formats: dict[str, Format], options: _Options) -> None:
    """The format of the cells below a heading, and their drop-down."""
    type_ = column.type
    kind = "text"
    if isinstance(type_, NumberType):
        kind = "money" if "CNY" in str(type_.unit) else ""
    elif type_ == DATE:
        kind = "date"
    page.set_column(at, at, 16, formats.get(kind))
    choices = ["是", "否"] if type_ == BOOLEAN else []
    if isinstance(type_, CodeType):
        choices = [option.zh or option.id for option in type_.options]
    if choices:
        source = choices if len(",".join(choices)) < 250 else options.range(choices)
        message = "请从列表中选；不知道就留空"
        page.data_validation(1, at, _ROWS_TO_FILL, at, {"validate": "list", "source": source, "error_message": message})


class _Options:
    """A hidden sheet for lists of codes that are too long for a cell's own drop-down."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.lists: list[tuple[str, ...]] = []

    def range(self, choices: Sequence[str]) -> str:
        wanted = tuple(choices)
        if wanted not in self.lists:
            self.lists.append(wanted)
        letter = chr(65 + self.lists.index(wanted))
        return f"=选项!${letter}$1:${letter}${len(wanted)}"

    def write(self) -> None:
        if not self.lists:
            return
        page = self.book.add_worksheet("选项")
        for at, choices in enumerate(self.lists):
            page.write_column(0, at, choices)
        page.hide()


def _explanation(column: Column) -> str:
    fact = column.fact
    lines = [f"{fact.label.zh}（{column.id}）"]
    if column.part == "value" and fact.question.zh:
        lines.append(fact.question.zh)
    unit = str(column.type.unit) if isinstance(column.type, NumberType) and column.type.unit else ""
    if unit in UNITS:
        lines.append(f"单位：{UNITS[unit][0]}")
    several = "；多项用“、”隔开，没有填“无”" if isinstance(column.type, ListType) else ""
    lines.append(f"应填：{said(wanted_in(column.type), 'zh')}{several}")
    if column.part == "complete":
        lines.append("“是”：这户在该表的行就是全部，没有行即为没有；留空且没有行即为未知；“否”：该表不作数。")
    if column.part == "value" and fact.judgement:
        lines.append("研判结果：须同时填研判人和研判日期，否则不算数。")
    if fact.derived:
        lines.append("可以不填，由其他数据推算。")
    return "\n".join(lines)


def _explain(book: xlsxwriter.Workbook, formats: dict[str, Format], pack: Pack, names: Iterable[str]) -> None:
    page = book.add_worksheet("说明")
    page.set_column(0, 0, 100, formats["wrap"])
    lines = [
        pack.title.zh,
        f"政策包 {pack.id} {pack.version}",
        f"填写的表：{'、'.join(names)}；各表用“户编号”对应到户，“户”表每户一行。",
        "空着的格子表示不知道，不等于“否”、零或没有。",
        "金额一律以元计，最多两位小数；日期写作 2021-09-01。",
        "身份证号等长编码要按文本填写，表中的格式已设为文本。",
        "一户在某表没有行，表示不知道；确实没有的，在“户”表的“……已列全”列填“是”。",
        f"填好以后：policy-engine decide 本文件.xlsx --pack {pack.id} --on 日期 --out 结果.xlsx",
    ]
    for at, line in enumerate(lines):
        page.write_string(at, 0, line)


# ---- answers as cells

AnswerCells: TypeAlias = tuple[str, str, str, str, str]


def answer_cells(decision: Decision, answer: Answer) -> AnswerCells:
    """Answer, possible outcomes, clauses, reasons and missing facts, for `COLUMNS`."""
    pack = decision.pack
    text = headline(pack, answer, "zh")
    possible = ""
    if answer.status == "undetermined":
        text, _, possible = text.partition("，")
    missing = "、".join(dict.fromkeys(missing_label(item, decision, "zh") for item in answer.missing))
    return text, possible, _clauses(pack, answer), _reasons(decision, answer), missing


def _clauses(pack: Pack, answer: Answer) -> str:
    """What the answer rests on: the clauses of the rules that hold or may hold, else those of the decision."""
    definition = pack.decision(answer.decision)
    cites = [cite for rule in answer.rules for cite in rule.cites]
    if not cites and definition.table is not None and answer.determined:
        cites = list(definition.table.otherwise_cites)
    return "；".join(dict.fromkeys(cited((cite,)) for cite in cites or definition.cites))


def _reasons(decision: Decision, answer: Answer) -> str:
    """In short: what the rules that hold, or may hold, looked at; and the judgements relied on."""
    rules = {rule.rule for rule in answer.rules}
    branches = [node for node in answer.trace.children if node.kind != "rule" or node.text in rules or not rules]
    found: dict[str, None] = {}
    for node in chain.from_iterable(map(_looked_at, branches)):
        found[node_text(decision, node, "zh", answer.decision)] = None
        if len(found) > _REASONS:
            break
    more = ["……"] if len(found) > _REASONS else []
    judged = [relied.why for relied in answer.relied if relied.kind == "judgement"]
    by = [f"研判：{'、'.join(dict.fromkeys(judged))}"] if judged else []
    return "；".join([*list(found)[:_REASONS], *more, *by])


def _looked_at(node: TraceNode) -> Iterator[TraceNode]:
    """The first things under a node that say something by themselves; those that decided, where some did."""
    if node.kind not in ("rule", "condition") or not node.children:
        yield node
        return
    deciding = [child for child in node.children if child.value == node.value] if node.value is not None else []
    for child in deciding or node.children:
        yield from _looked_at(child)


def scope_text(decision: Decision) -> str:
    """Does the document apply to this household?"""
    inside = decision.scope.inside
    if inside is True:
        return "适用"
    needed = [missing_label(item, decision, "zh") for item in decision.scope.missing]
    parts = [*(reason.message("zh") for reason in decision.scope.reasons), *(f"还需要{name}" for name in needed)]
    return f"{say('out_of_scope' if inside is False else 'scope_open', 'zh')}：{'；'.join(parts)}"


# ---- the result


class _Page(NamedTuple):
    sheet: Worksheet
    row: int


class Result:
    """The workbook of answers, written row by row: results, members, rejected rows, notes, and what was asked."""

    RESULTS, MEMBERS, REJECTED, NOTES, ABOUT = RESULTS, MEMBERS, REJECTED, NOTES, ABOUT

    def __init__(self, path: Path, headings: Mapping[str, Sequence[str]], answers_from: int) -> None:
        self.book, self.formats = _new(path, rows_in_order=True)
        self.headings, self.answers_from = headings, answers_from
        self.pages: dict[str, _Page] = {}
        self.counts = dict.fromkeys(headings, 0)
        for name in headings:
            self._begin(name, name)

    def _begin(self, name: str, title: str) -> None:
        page = self.book.add_worksheet(title)
        page.freeze_panes(1, 1)
        page.set_column(0, 200, 18)
        for at, heading in enumerate(self.headings[name]):
            answered = name == self.RESULTS and at >= self.answers_from
            page.write_string(0, at, heading, self.formats["answer" if answered else "head"])
        self.pages[name] = _Page(page, 1)

    def write(self, name: str, cells: Sequence[Cell]) -> None:
        """Add a row; a full sheet goes on in another."""
        page, row = self.pages[name]
        if row >= MAX_ROWS:
            self._begin(name, f"{name} {self.counts[name] // (MAX_ROWS - 1) + 1}")
            page, row = self.pages[name]
        for at, cell in enumerate(cells):
            self._cell(page, row, at, cell)
        self.pages[name] = _Page(page, row + 1)
        self.counts[name] += 1

    def _cell(self, page: Worksheet, row: int, at: int, cell: Any) -> None:
        if isinstance(cell, str):
            if cell:
                page.write_string(
                    row, at, cell if len(cell) <= MAX_CELL else cell[:MAX_CELL] + "……", self.formats["text"]
                )
        elif isinstance(cell, bool):
            page.write_boolean(row, at, cell)
        elif isinstance(cell, (datetime.date, datetime.datetime, datetime.time)):
            page.write_datetime(row, at, cell, self.formats["date"])
        elif cell is not None:
            page.write_number(row, at, cell)

    def about(self, lines: Iterable[tuple[str, str]]) -> None:
        """The sheet that says what was asked of which pack."""
        page = self.book.add_worksheet(self.ABOUT)
        page.set_column(0, 0, 24)
        page.set_column(1, 1, 100)
        for at, (name, text) in enumerate(lines):
            page.write_string(at, 0, name, self.formats["head"])
            page.write_string(at, 1, text, self.formats["text"])

    def close(self) -> None:
        self.book.close()
