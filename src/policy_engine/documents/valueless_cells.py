"""Cells of .xlsx workbooks that hold something but no value: errors, and formulas that were never calculated.

The reader of the other cells (calamine) takes both for empty.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as XML
from zipfile import ZipFile, is_zipfile

__all__ = ["valueless_cells"]

_SIGNS = re.compile(rb"""\bt=["']e["']|<(\w+:)?f[\s/>]""")
"""What the XML of a sheet without errors and formulas does not have."""

_PLACE = re.compile(r"([A-Z]+)(\d+)")
_BOOK = "xl/workbook.xml"


def valueless_cells(path: Path, sheet: str) -> Iterator[tuple[int, int, str]]:
    """Row and column, from 0, and what stands there: `#N/A`, or the formula as `=A1*2`."""
    if not is_zipfile(path):
        return
    with ZipFile(path) as book:
        part = _part_of(book, sheet)
        if part is None:
            return
        with book.open(part) as stream:
            if not _has_signs(stream):
                return
        with book.open(part) as stream:
            for cell in _cells(stream):
                place, text = _PLACE.fullmatch(cell.get("r", "")), _without_value(cell)
                if place is not None and text:
                    yield int(place[2]) - 1, _column(place[1]), text


def _part_of(book: ZipFile, sheet: str) -> str | None:
    """The file of a sheet inside the workbook."""
    if _BOOK not in book.namelist():
        return None
    for node in XML.fromstring(book.read(_BOOK)).iterfind(".//{*}sheet"):
        if node.get("name") == sheet:
            link = next(value for name, value in node.items() if name.endswith("}id"))
            links = XML.fromstring(book.read("xl/_rels/workbook.xml.rels"))
            target = next(one.get("Target", "") for one in links if one.get("Id") == link)
            return posixpath.join("/xl", target).removeprefix("/")
    return None


def _has_signs(stream: IO[bytes]) -> bool:
    rest = b""
    while part := stream.read(1 << 20):
        if _SIGNS.search(rest + part):
            return True
        rest = part[-32:]
    return False


def _cells(stream: IO[bytes]) -> Iterator[XML.Element]:
    for _, node in XML.iterparse(stream):
        name = node.tag.rpartition("}")[2]
        if name == "c":
            yield node
        elif name == "row":
            node.clear()


def _without_value(cell: XML.Element) -> str:
    """The error or the formula of a cell that has no value; a text that was calculated may be empty."""
    value, formula = cell.findtext("{*}v", ""), cell.find("{*}f")
    if cell.get("t") == "e":
        return value
    if formula is None or value or cell.get("t") == "str":
        return ""
    return f"={formula.text or ''}"


def _column(letters: str) -> int:
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found - 1
