"""Workbooks of plain rows (ECMA-376), written row by row: nothing of a sheet is kept in memory.

Only what a table of answers needs, and so some twenty times as fast as a library that can do everything; the template,
with its drop-downs and comments, is left to xlsxwriter. The same rows give the same bytes.
"""

from __future__ import annotations

import datetime
import math
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from numbers import Real
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

__all__ = ["ANSWER", "HEAD", "MAX_ROWS", "PLAIN", "Sheet", "Workbook"]

MAX_ROWS = 1_048_576
MAX_TEXT = 32_000
"""Characters of a cell; what is longer is cut, and says so."""

PLAIN, HEAD, ANSWER, _TEXT, _DATE = range(5)
"""Styles of cells; those of texts and dates go by the value."""

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FONT = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
_FILL = '<fill><patternFill patternType="{}"/></fill>'
_SOLID = '<fill><patternFill patternType="solid"><fgColor rgb="{}"/><bgColor indexed="64"/></patternFill></fill>'
_EDGES = "".join(f'<{side} style="thin"><color auto="1"/></{side}>' for side in ("left", "right", "top", "bottom"))
_WRAPPED = '<alignment vertical="top" wrapText="1"/>'
_STYLES = f"""<styleSheet xmlns="{_MAIN}">\
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts>\
<fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts>\
<fills count="4">{_FILL.format("none")}{_FILL.format("gray125")}\
{_SOLID.format("FFDDEBF7")}{_SOLID.format("FFE2EFDA")}</fills>\
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border>{_EDGES}<diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyAlignment="1">{_WRAPPED}</xf>\
<xf numFmtId="49" fontId="1" fillId="3" borderId="1" xfId="0" applyNumberFormat="1" applyAlignment="1">{_WRAPPED}</xf>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""

_FROZEN = '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/>'


class Workbook:
    """Sheets in the order in which they were begun; the file is written when the workbook is closed."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []

    def sheet(self, name: str, widths: Sequence[int], *, frozen: bool = False) -> Sheet:
        """Begin a sheet; `widths` are those of its columns, the last for all that follow."""
        sheet = Sheet(name, widths, frozen=frozen)
        self.sheets.append(sheet)
        return sheet

    def write(self, path: Path) -> None:
        """Write the file; raises `OSError`."""
        numbers = range(1, len(self.sheets) + 1)
        files = {"xl/workbook.xml": "sheet.main", "xl/styles.xml": "styles"}
        files |= {f"xl/worksheets/sheet{number}.xml": "worksheet" for number in numbers}
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            for name, text in (
                ("[Content_Types].xml", _content_types(files)),
                ("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])),
                ("xl/workbook.xml", self._overview()),
                (
                    "xl/_rels/workbook.xml.rels",
                    _relations(
                        [*(("worksheet", f"worksheets/sheet{n}.xml") for n in numbers), ("styles", "styles.xml")]
                    ),
                ),
                ("xl/styles.xml", _STYLES),
            ):
                archive.writestr(_entry(name), _XML + text)
            for number, sheet in enumerate(self.sheets, 1):
                with archive.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as target:
                    sheet.copy_to(target)

    def _overview(self) -> str:
        sheets = "".join(
            f'<sheet name="{_escaped(sheet.name)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, sheet in enumerate(self.sheets, 1)
        )
        return f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'


class Sheet:
    """A sheet being written; its rows wait in a temporary file."""

    def __init__(self, name: str, widths: Sequence[int], *, frozen: bool) -> None:
        self.name = name
        self.rows = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - read in `copy_to`
        last = len(widths)
        columns = "".join(
            f'<col min="{at}" max="{at if at < last else 16384}" width="{width}" customWidth="1"/>'
            for at, width in enumerate(widths, 1)
        )
        view = f'<sheetView workbookViewId="0">{_FROZEN if frozen else ""}</sheetView>'
        head = f"<sheetViews>{view}</sheetViews><cols>{columns}</cols>"
        self._file.write(f'{_XML}<worksheet xmlns="{_MAIN}">{head}<sheetData>'.encode())

    def write(self, cells: Iterable[Any], styles: Sequence[int] = ()) -> None:
        """Add a row. Texts, numbers, booleans, dates; an empty text leaves its cell out. `styles` for the first cells."""
        self.rows += 1
        row = str(self.rows)
        found = [
            _cell(_letters(at) + row, cell, styles[at] if at < len(styles) else PLAIN)
            for at, cell in enumerate(cells)
            if cell not in (None, "")
        ]
        self._file.write(f'<row r="{row}">{"".join(found)}</row>'.encode())

    def copy_to(self, target: IO[bytes]) -> None:
        with self._file as rows:
            rows.write(b"</sheetData></worksheet>")
            rows.seek(0)
            shutil.copyfileobj(rows, target, 1 << 20)


def _cell(place: str, cell: Any, style: int) -> str:
    if isinstance(cell, str):
        return _text(place, cell, style or _TEXT)
    if isinstance(cell, bool):
        return f'<c r="{place}" s="{style}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, Real) and math.isfinite(cell):
        return f'<c r="{place}" s="{style}"><v>{cell!r}</v></c>'
    if isinstance(cell, (datetime.date, datetime.time)):
        return f'<c r="{place}" s="{_DATE}"><v>{_serial(cell)}</v></c>'
    return _text(place, str(cell), style or _TEXT)


def _text(place: str, text: str, style: int) -> str:
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT] + "……"
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{space}>{_escaped(text)}</t></is></c>'


_SPECIAL = re.compile(r'[&<>"\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)')
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def _escaped(text: str) -> str:
    """As XML; characters that XML has not as `_x001F_` (ECMA-376, 22.9.2.19)."""
    return _SPECIAL.sub(lambda found: _ENTITIES.get(found[0]) or f"_x{ord(found[0]):04X}_", text)


@lru_cache(maxsize=16384)
def _letters(at: int) -> str:
    return (_letters(at // 26 - 1) if at >= 26 else "") + chr(65 + at % 26)


def _serial(moment: datetime.date | datetime.time) -> str:
    """Days since the end of 1899, as spreadsheets count them: with a 29 February 1900."""
    if isinstance(moment, datetime.time):
        day, time = 0, moment
    else:
        day = moment.toordinal() - datetime.date(1899, 12, 31).toordinal()
        day += day > 59
        time = moment.time() if isinstance(moment, datetime.datetime) else datetime.time()
    seconds = (time.hour * 60 + time.minute) * 60 + time.second + time.microsecond / 1_000_000
    return repr(day + seconds / 86400 if seconds else day)


def _entry(name: str) -> ZipInfo:
    """An entry that does not know when it was written."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def _content_types(files: dict[str, str]) -> str:
    found = "".join(f'<Override PartName="/{name}" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in files.items())
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    defaults = (
        f'<Default Extension="rels" ContentType="{rels}"/><Default Extension="xml" ContentType="application/xml"/>'
    )
    return f'<Types xmlns="{_PACKAGE}/content-types">{defaults}{found}</Types>'
