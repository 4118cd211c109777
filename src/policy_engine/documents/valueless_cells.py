"""Cells of .xlsx workbooks that hold something but no value: errors, and formulas that were never calculated.

The reader of the other cells (calamine) takes both for empty.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile, is_zipfile

__all__ = ["valueless_cells"]

_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_CELL = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^<>]*>\s*<(?:\w+:)?f[\s/>]|[^<>]*\bt=["']e["'])(?P<about>[^<>]*)>\s*"""
    rb"""(?:<(?:\w+:)?f\b[^<>]*?(?:/>|>(?P<formula>[^<]*)</(?:\w+:)?f>))?\s*(?:<(?:\w+:)?v>(?P<value>[^<]*)<)?"""
)
"""A cell with a formula or an error, in the XML of a sheet."""

_PLACE = re.compile(rb"""\br=["']([A-Z]+)(\d+)["']""")
_KIND = re.compile(rb"""\bt=["'](\w+)["']""")


def valueless_cells(path: Path, sheet: str) -> Iterator[tuple[int, int, str]]:
    """Row and column, from 0, and what stands there: `#N/A`, or the formula as `=A1*2`."""
    if not is_zipfile(path):
        return
    with ZipFile(path) as book:
        part = _part_of(book, sheet)
        for cell in _CELL.finditer(book.read(part) if part else b""):
            place, text = _PLACE.search(cell["about"]), _without_value(cell)
            if place is not None and text:
                yield int(place[2]) - 1, _column(place[1]), text


def _part_of(book: ZipFile, sheet: str) -> str:
    """The file of a sheet inside the workbook; empty where there is none."""
    if _BOOK not in book.namelist():
        return ""
    links = {node.get("Id"): node.get("Target", "") for node in _nodes(book, _LINKS, "Relationship")}
    for node in _nodes(book, _BOOK, "sheet"):
        if node.get("name") == sheet:
            link = next(value for name, value in node.items() if name.endswith("}id"))
            return posixpath.join("/xl", links[link]).removeprefix("/")
    return ""


def _nodes(book: ZipFile, part: str, name: str) -> Iterator[ElementTree.Element]:
    root = ElementTree.fromstring(book.read(part))  # noqa: S314 - expat bounds what entities grow to
    return root.iterfind(f".//{{*}}{name}")


def _without_value(cell: re.Match[bytes]) -> str:
    """The error or the formula of a cell that has no value; a text that was calculated may be empty."""
    kind = _KIND.search(cell["about"])
    if kind is not None and kind[1] == b"e":
        return (cell["value"] or b"").decode()
    if cell["value"] or (kind is not None and kind[1] == b"str"):
        return ""
    return "=" + html.unescape((cell["formula"] or b"").decode())


def _column(letters: bytes) -> int:
    found = 0
    for letter in letters:
        found = found * 26 + letter - 64
    return found - 1
