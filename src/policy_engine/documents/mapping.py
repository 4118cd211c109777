"""Mappings: how the columns of an existing export become facts, and a first proposal made from its headings."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from policy_engine.documents.read_pack import read_text
from policy_engine.documents.reader import BAD, Reader, Word
from policy_engine.documents.table_cells import Cell, cell_node, cell_text, is_empty
from policy_engine.documents.table_columns import ID, Column, Sheet, sheets_of
from policy_engine.documents.yaml import Scalar, read
from policy_engine.errors import FactsError, Problem, problem
from policy_engine.expression.names import nearest
from policy_engine.expression.types import BOOLEAN, CodeType, ListType, NumberType, Type
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.values import format_number

__all__ = ["FORMAT", "UNITS", "Mapped", "SheetMapping", "mapped_cell", "read_mapping", "sheet_named", "suggest"]

FORMAT = 1
_UNIT_FACTORS = "元=1 百元=100 千元=1000 万元=10000 亿元=100000000 人=1 户=1 %=0.01"
UNITS = {unit: Decimal(factor) for unit, factor in (part.split("=") for part in _UNIT_FACTORS.split())}
"""Units that a column may be given in, with their factors."""


class ColumnForm(NamedTuple):
    """The fact that a column holds; or `{fact: 纯收入 2021, unit: 万元}`, or with `values` from codes to codes."""

    fact: Word
    unit: Word | None = None
    values: dict[Word, Scalar] = {}  # noqa: RUF012 - never written to

    @staticmethod
    def short() -> str:
        return "fact"


class SheetForm(NamedTuple):
    """Where the rows of a sheet come from: a sheet or file, the row of its headings, and its columns."""

    columns: dict[Word, ColumnForm]
    from_: Word | None = None
    header: int = 1
    repeated: bool = False
    ignore: tuple[str, ...] = ()


class MappingForm(NamedTuple):
    """A mapping file: for each sheet, by its name here (`户`, `家庭成员`)."""

    sheets: dict[Word, SheetForm]
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Mapped:
    """A column of a file: what it holds, in which unit, and which codes stand for which."""

    column: Column
    factor: Decimal = Decimal(1)
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """A sheet of facts and where its rows stand. `repeated`: a household's row stands once for every member."""

    sheet: Sheet
    source: str
    header: int = 1
    repeated: bool = False
    columns: Mapping[str, Mapped] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()


def mapped_cell(cell: Cell, mapped: Mapped) -> Cell:
    """The cell in the codes and the unit of the fact."""
    if mapped.values and not is_empty(cell):
        text = cell_text(cell)
        if text in mapped.values:
            return mapped.values[text]
        if isinstance(mapped.column.type, ListType):
            return "、".join(mapped.values.get(part.strip(), part.strip()) for part in re.split("[、，,；;]", text))
    if mapped.factor != 1 and not is_empty(cell):
        node = cell_node(cell, NumberType())
        if isinstance(node, Scalar):
            return format_number(Decimal(node.text) * mapped.factor)
    return cell


# ---- reading a mapping


def read_mapping(path: str | os.PathLike[str], vocabulary: Vocabulary) -> tuple[SheetMapping, ...]:
    """The mapping in a YAML file; raises `FactsError` with every problem."""
    problems: list[Problem] = []
    text = read_text(Path(path), problems)
    documents, found = read(text, os.fspath(path)) if text is not None else ((), ())
    problems += found
    if len(documents) != 1 and not problems:
        problems.append(problem("facts.empty", where=os.fspath(path)))
    reader = Reader()
    form = reader.read(documents[0], MappingForm) if documents else BAD
    problems += reader.problems
    sheets: list[SheetMapping] = []
    if form is not BAD:
        known = sheets_of(vocabulary)
        for word, sheet_form in form.sheets.items():
            sheet = sheet_named(word.text, known)
            if sheet is None:
                near = nearest(word.text, [s.name for s in known]) or "、".join(s.name for s in known)
                problems.append(problem("table.unknown_sheet", word.span, found=word, near=near))
            else:
                sheets.append(_sheet(sheet, word, sheet_form, problems))
    if problems:
        raise FactsError(problems)
    return tuple(sheets)


_MAINS = ("household", "households")


def sheet_named(name: str, sheets: Iterable[Sheet]) -> Sheet | None:
    """The sheet with this Chinese label or list id; that of the households is also a table `households`."""
    return next((sheet for sheet in sheets if name in (sheet.name, *([sheet.list] if sheet.list else _MAINS))), None)


def _sheet(sheet: Sheet, word: Word, form: SheetForm, problems: list[Problem]) -> SheetMapping:
    columns: dict[str, Mapped] = {}
    for heading, column_form in form.columns.items():
        column = sheet.find(column_form.fact.text)
        if column is None:
            fact = column_form.fact
            problems.append(sheet.not_found(fact.text, sheet.name, fact.span))
            continue
        columns[heading.text] = _column(column, column_form, problems)
    source = form.from_.text if form.from_ is not None else word.text
    return SheetMapping(sheet, source, form.header, form.repeated, columns, frozenset(form.ignore))


def _column(column: Column, form: ColumnForm, problems: list[Problem]) -> Mapped:
    factor = Decimal(1)
    if form.unit is not None:
        factor = UNITS.get(form.unit.text, Decimal(0))
        if not factor or not isinstance(column.type, NumberType):
            problems.append(problem("table.unit", form.unit.span, found=form.unit, near="、".join(UNITS)))
    values = {}
    for found, meant in form.values.items():
        if meant.text and isinstance(cell_node(meant.text, column.type), Problem):
            near = "、".join(_options(column.type))
            problems.append(problem("table.no_such_code", meant.span, fact=column.id, found=meant.text, near=near))
        values[found.text] = meant.text
    return Mapped(column, factor, values)


def _options(type_: Type) -> list[str]:
    if isinstance(type_, ListType):
        return [*_options(type_.item), "无"]
    if isinstance(type_, CodeType):
        return [option.zh or option.id for option in type_.options]
    return ["是", "否"] if type_ == BOOLEAN else []


# ---- proposing a mapping

_UNIT = re.compile(r"[（(\[]\s*(?:单位[:：]?\s*)?(?P<unit>[百千万亿]?元|%|人|户)\s*(?:/\s*[人户年])?\s*[）)\]]")
_MANY = 30
"""A column with more distinct values holds no codes."""

_SYNONYMS = {
    ID: ("户号", "家庭编号", "户编码", "农户编号", "户ID", "户主证件号码", "户主身份证号", "户主身份证号码"),
    "county": ("县区", "区县", "县", "县(市、区)", "县（市、区）", "所在县"),
    "town": ("乡镇", "镇街", "乡", "镇", "所属乡镇", "所在乡镇"),
    "village": ("村", "所属村", "所在村"),
    "finances.*.wages": ("工资收入", "务工收入"),
}
_YEAR = re.compile(r"[0-9０-９]{4}\s*年?度?")
_SAYING_NOTHING = ("是否为", "是否", "年", "数", "家庭")
"""Words of headings with and without which they name the same, in the order in which they are left out."""

_CODE = re.compile(r"[0-9A-Za-z]{1,3}|[√×✓有无对错]|不详|未知|不清楚")
"""Texts that are codes, or say that nothing is known. Any other may be a name, which does not go into the file."""


def suggest(tables: Mapping[str, list[list[Cell]]], vocabulary: Vocabulary, year: int) -> str:
    """A mapping file for these tables, as YAML: what was recognised, and a blank where nobody but people can say."""
    lines = [
        "# 由列名推出的对应关系，请逐行核对。“?”处填上事实或取值；不用的列移到 ignore。",
        "# Proposed from the headings; check every line. Replace each ? by a fact or a value, or move the column to ignore.",
        f"format: {FORMAT}",
        "sheets:",
    ]
    taken: set[str] = set()
    for name, rows in tables.items():
        header = _header_row(rows)
        if header is None:
            continue
        sheet = _best_sheet([cell_text(cell) for cell in rows[header] if not is_empty(cell)], vocabulary, name, taken)
        if sheet is not None:
            taken.add(sheet.name)
            lines += _sheet_lines(name, rows, header, sheet, year)
    return "\n".join(lines) + "\n"


def _header_row(rows: list[list[Cell]]) -> int | None:
    """The first row with the most headings among the first five: titles above it are shorter."""
    widths = [len([cell for cell in row if not is_empty(cell)]) for row in rows[:5]]
    return widths.index(max(widths)) if any(widths) else None


def _best_sheet(headings: list[str], vocabulary: Vocabulary, name: str, taken: set[str]) -> Sheet | None:
    """The sheet of this name, else the one that knows most of the headings."""
    free = [sheet for sheet in sheets_of(vocabulary) if sheet.name not in taken]
    named = sheet_named(name, free)
    if named is not None or not free:
        return named
    return max(free, key=lambda sheet: sum(_recognised(text, sheet, 0)[0] is not None for text in headings))


def _recognised(heading: str, sheet: Sheet, year: int) -> tuple[Column | None, str]:
    """The column that a heading names, and the unit it gives."""
    match = _UNIT.search(heading)
    unit = match["unit"] if match else ""
    bare = (heading[: match.start()] + heading[match.end() :]).strip() if match else heading
    column = sheet.find(bare)
    dated = _YEAR.search(bare)
    name = (bare[: dated.start()] + bare[dated.end() :]).strip() if dated else bare
    when = dated.group()[:4] if dated else f"{year:04}"
    for word in ("", *_SAYING_NOTHING):
        name = name.replace(word, "", 1)
        for one in (name, *(id_ for id_, names in _SYNONYMS.items() if name in names)):
            if column is None:
                column = sheet.find(one.replace("*", when)) or sheet.find(f"{one} {when}")
                column = None if column is not None and dated and not column.year else column
    return column, unit


def _resembling(heading: str, sheet: Sheet) -> str:
    """The headings most like one that names no column, for people to choose from."""
    short = [name for name in sheet.names if "·" not in name]
    return nearest(_YEAR.sub("", heading), short).replace(", ", "、")


def _sheet_lines(name: str, rows: list[list[Cell]], header: int, sheet: Sheet, year: int) -> Iterator[str]:
    yield f"  {sheet.name}:"
    yield f"    from: {_quoted(name)}"
    yield f"    header: {header + 1}"
    yield "    columns:"
    exact = {column.id: text for text in map(cell_text, rows[header]) if (column := sheet.find(text)) is not None}
    used: set[str] = set()
    for place, cell in enumerate(rows[header]):
        if is_empty(cell):
            continue
        heading = cell_text(cell)
        column, unit = _recognised(heading, sheet, year)
        if column is None or column.id in used or exact.get(column.id, heading) != heading:
            near = _resembling(heading, sheet)
            yield f"      {_quoted(heading)}: '?'" + (f"  # {near}?" if near else "")
            continue
        used.add(column.id)
        values = [row[place] for row in rows[header + 1 :] if place < len(row) and not is_empty(row[place])]
        yield f"      {_quoted(heading)}: {_target(sheet, column, unit, values)}"


def _target(sheet: Sheet, column: Column, unit: str, values: list[Cell]) -> str:
    fact = sheet.heading(column)
    parts = []
    if unit in UNITS and UNITS[unit] != 1 and isinstance(column.type, NumberType):
        parts.append(f"unit: {_quoted(unit)}")
    options = _options(column.type)
    strange = dict.fromkeys(cell_text(v) for v in values if isinstance(cell_node(v, column.type), Problem))
    meant = {text: _meant(text, options) for text in strange} if options and len(strange) <= _MANY else {}
    told = [f"{_quoted(text)}: {_quoted(option)}" for text, option in meant.items() if option]
    if told:
        parts.append("values: {" + ", ".join(told) + "}")
    target = f"{{fact: {_quoted(fact)}, {', '.join(parts)}}}" if parts else _quoted(fact)
    left = len(strange) - len(told) if options else 0
    return f"{target}  # 另有 {left} 种写法不是取值 ({left} other texts are no values)" if left else target


def _meant(text: str, options: list[str]) -> str:
    """The option that a text is much like, `?` for a code; nothing for what may be a name."""
    near = nearest(text, [option for option in options if len(option) > 1]).split(", ")[0]
    return near or ("?" if _CODE.fullmatch(text) else "")


def _quoted(text: str) -> str:
    """The text as a YAML scalar that reads back as this text."""
    return "'" + text.replace("'", "''").replace("\n", " ") + "'"
