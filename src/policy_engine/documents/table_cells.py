"""Cells of tables as nodes: what a spreadsheet or a CSV file stores, as a facts file would write it.

Nothing is guessed: a cell that is not plainly a value of its column is refused, with what was found and what was expected.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from decimal import Decimal
from numbers import Real
from typing import Any

from policy_engine.documents.yaml import ListNode, Node, Scalar
from policy_engine.errors import Problem, problem
from policy_engine.expression import temporal
from policy_engine.expression.types import BOOLEAN, DATE, CodeType, ListType, NumberType, Type
from policy_engine.source import Source, Span
from policy_engine.values import format_number

__all__ = ["ERRORS", "FIGURE", "Cell", "cell_node", "cell_text", "cell_words", "is_empty", "long_number", "wanted_in"]

Cell = Any
"""Text, number, boolean, date or time of day as calamine reads it, or a list of such; an empty text is an empty cell."""

NOWHERE = Span(Source("", ""), 0, 0)

EXACT = Decimal(10) ** 15
"""Spreadsheets keep 15 digits: a longer number has lost its end."""

FIGURE = r"[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?"
"""How a figure is written as text: thousands may be parted by commas, and no comma is a decimal point."""

_NUMBER = re.compile(FIGURE)
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日)", re.ASCII
)
_MIDNIGHT = re.compile(r"[ T]00?:00(:00(\.0+)?)?")
_SHORTENED = re.compile(r"\d(\.\d+)?[Ee]\+\d\d", re.ASCII)
_BETWEEN = re.compile(r"\s*[、，,；;\n]\s*")
_NONE = "无"
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA")
"""What a spreadsheet shows where a formula failed."""
_TRUTHS = {"是": "true", "否": "false", "true": "true", "false": "false"}


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def cell_text(cell: Cell) -> str:
    """The cell as text: dates in ISO form, whole numbers without a point."""
    if cell is True or cell is False:
        return "true" if cell else "false"
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ")
    if isinstance(cell, Real):
        return format_number(_number(cell))
    return "、".join(map(cell_text, cell)) if isinstance(cell, list) else str(cell)


def _number(cell: Any) -> Decimal:
    """The number as the spreadsheet shows it: 15 digits, without the noise of binary fractions."""
    number = Decimal(repr(cell) if not isinstance(cell, bool) else int(cell))
    if not number.is_finite() or abs(number) >= EXACT:
        return number
    places = 14 - number.adjusted() if number else 0
    return round(number, places) if 0 < places < -int(number.as_tuple().exponent) else number


def long_number(cell: Cell) -> bool:
    """Is it a code kept as a number, whose last digits are lost?"""
    if isinstance(cell, str):
        return _SHORTENED.fullmatch(cell.strip()) is not None
    return isinstance(cell, Real) and abs(_number(cell)) >= EXACT


def cell_words(cell: Cell) -> str:
    """What stands in the cell, as it is quoted in a problem: long texts are cut."""
    text = cell_text(cell)
    return text if len(text) <= 40 else text[:39] + "…"


def cell_node(cell: Cell, type_: Type, span: Span = NOWHERE) -> Node | Problem:
    """The cell as a node of the column's type, or what is wrong with it."""
    if isinstance(cell, str) and cell.lstrip().startswith("="):
        return problem("table.not_calculated", span, found=cell_words(cell))
    if isinstance(cell, str) and cell.strip() in ERRORS:
        return problem("table.wrong_cell", span, found=cell_words(cell), wanted=wanted_in(type_))
    if isinstance(type_, ListType):
        return _list(cell, type_, span)
    text = _value(cell, type_)
    if text is not None:
        plain = type_ == BOOLEAN or isinstance(type_, NumberType)
        return Scalar(text, span, plain)
    if long_number(cell) and not isinstance(type_, NumberType):
        return problem("table.long_number", span, found=cell_words(cell))
    return problem("table.wrong_cell", span, found=cell_words(cell), wanted=wanted_in(type_))


def _value(cell: Cell, type_: Type) -> str | None:
    if type_ == BOOLEAN:
        return _truth(cell)
    if type_ == DATE:
        return _date(cell)
    if isinstance(type_, NumberType):
        return _figure(cell)
    if isinstance(cell, bool) or not isinstance(cell, (str, Real)) or long_number(cell):
        return None
    text = cell_text(cell)
    if isinstance(type_, CodeType):
        return text if type_.find(text) is not None else None
    return text


def _truth(cell: Cell) -> str | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return _TRUTHS.get(cell.strip().lower()) if isinstance(cell, str) else None


def _date(cell: Cell) -> str | None:
    """A day, year first; a time of day beside it must be midnight."""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else None
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if not isinstance(cell, str):
        return None
    match = _DATE.fullmatch(_MIDNIGHT.sub("", cell.strip()))
    if match is None:
        return None
    year, month, day = (part for part in match.groups() if part is not None)
    text = f"{year}-{month:0>2}-{day:0>2}"
    return text if temporal.read_date(text) else None


def _figure(cell: Cell) -> str | None:
    if isinstance(cell, str):
        text = cell.strip()
        return text.replace(",", "").lstrip("+") if _NUMBER.fullmatch(text) else None
    if isinstance(cell, bool) or not isinstance(cell, Real):
        return None
    number = _number(cell)
    return format_number(number) if number.is_finite() else None


def _list(cell: Cell, type_: ListType, span: Span) -> Node | Problem:
    """Values with 、 or a comma between them; 无 is the empty list, unless the code list has a code of that name."""
    item = type_.item
    if not isinstance(cell, str):
        parts: list[Cell] = cell if isinstance(cell, list) else [cell]
    elif isinstance(item, CodeType) and item.find(cell.strip()):
        parts = [cell]
    elif cell.strip() == _NONE:
        parts = []
    else:
        parts = [part for part in _BETWEEN.split(cell.strip()) if part]
    nodes = []
    for part in parts:
        node = cell_node(part, item, span)
        if isinstance(node, Problem):
            return replace(node, code="table.wrong_list") if node.code == "table.wrong_cell" else node
        nodes.append(node)
    return ListNode(tuple(nodes), span)


def wanted_in(type_: Type) -> str:
    """What a cell of this type may hold (of a list, each of its values), for people who fill it in; see `errors.said`."""
    if isinstance(type_, ListType):
        return wanted_in(type_.item)
    if isinstance(type_, CodeType):
        return "、".join(option.zh or option.id for option in type_.options)
    if isinstance(type_, NumberType):
        return "a number"
    if type_ == BOOLEAN:
        return "yes or no (是, 否)"
    return "a date such as 2021-09-01" if type_ == DATE else "text"
