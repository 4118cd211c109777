"""Tables of facts: which rows belong to which household, and which cannot be used.

Every row ends up in a household or among the rejected.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from policy_engine.documents.mapping import Mapped, SheetMapping, sheet_named
from policy_engine.documents.table_cells import Cell, cell_node, cell_text, is_empty
from policy_engine.documents.table_columns import ID, IGNORED_SHEETS, MAIN, Column, Sheet, sheets_of
from policy_engine.documents.table_files import Block, Grid, open_tables
from policy_engine.documents.yaml import Scalar
from policy_engine.errors import FactsError, Problem, problem
from policy_engine.expression.names import nearest
from policy_engine.expression.types import TEXT, NumberType
from policy_engine.model.vocabulary import Vocabulary

__all__ = [
    "HouseholdRows",
    "Layout",
    "Rejected",
    "Row",
    "Tables",
    "cell_of",
    "read_tables",
    "set_aside",
]


class Row(NamedTuple):
    number: int
    cells: list[Cell]


@dataclass(frozen=True)
class Layout:
    """A sheet as it stands in the file: for each place of a row its column, or None where there is no heading."""

    sheet: Sheet
    name: str
    header: int
    headings: tuple[str, ...]
    columns: tuple[Mapped | None, ...]
    skipped: frozenset[int]
    id_at: int
    repeated: bool = False
    merged: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Cells, by row and place, of which a merged block (`C2:D4`) does not say what each holds."""

    def place(self, at: int, row: int) -> str:
        """A cell as people name it: `户!C7`."""
        return f"{self.name}!{_letters(at)}{row}"

    def heading_at(self, cell: str) -> str:
        """The heading above a cell such as `C7`."""
        at = 0
        for letter in cell.rstrip("0123456789"):
            at = at * 26 + ord(letter) - 64
        return self.headings[at - 1] if 0 < at <= len(self.headings) else ""

    def written(self, row: Row) -> str:
        """The whole row in one text."""
        pairs = zip((*self.headings, *[""] * len(row.cells)), row.cells, strict=False)
        return "；".join(f"{heading}={cell_text(cell)}" for heading, cell in pairs if not is_empty(cell))

    def same(self, one: Row, other: Row) -> bool:
        """Do both rows say the same in every column of this sheet?"""
        texts = [[cell_text(cell) for cell in (*row.cells, *[""] * len(self.columns))] for row in (one, other)]
        return all(texts[0][at] == texts[1][at] for at, mapped in enumerate(self.columns) if mapped is not None)

    def without_heading(self, row: Row) -> Iterator[int]:
        """Places that hold something although no heading stands above them."""
        width = len(self.columns)
        for at in (*self._without_heading, *range(width, len(row.cells))):
            if at < len(row.cells) and not is_empty(row.cells[at]):
                yield at

    @cached_property
    def _without_heading(self) -> tuple[int, ...]:
        return tuple(at for at, mapped in enumerate(self.columns) if mapped is None and at not in self.skipped)


def _letters(at: int) -> str:
    """A place in a row, from 0, as people name its column."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(slots=True)
class HouseholdRows:
    """The row of a household, and its rows in the sheets of its lists."""

    id: str
    row: Row
    lists: dict[str, list[Row]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not used, and why: the problem stands in its cell; `written` is all that the row holds."""

    household: str
    sheet: str
    row: int
    heading: str
    written: str
    problem: Problem

    @property
    def place(self) -> tuple[str, int]:
        """The row; one with several problems is rejected several times."""
        return self.sheet, self.row


@dataclass(frozen=True, slots=True)
class Tables:
    layouts: tuple[Layout, ...]
    households: tuple[HouseholdRows, ...]
    rejected: tuple[Rejected, ...]
    rows: int
    """Rows of the households' own sheet, used or not."""

    @property
    def unread(self) -> int:
        """Households that cannot be told from others: rows of their own sheet without a code, and codes that stand twice."""
        own = next(layout.name for layout in self.layouts if not layout.sheet.list)
        return len({one.household or one.row for one in self.rejected if one.sheet == own})


# ---- rows to households


def read_tables(
    path: Path,
    vocabulary: Vocabulary,
    mapping: Sequence[SheetMapping] | None = None,
    sources: dict[str, Callable[[], Grid]] | None = None,
) -> Tables:
    """All rows, by household. Headings and sheets that are not known raise `FactsError`; rows are rejected one by one.

    `sources` are the sheets by name where they do not stand in a workbook or in CSV files.
    """
    sources = open_tables(path) if sources is None else sources
    problems: list[Problem] = []
    plans = list(_plans(sources, vocabulary, path, problems)) if mapping is None else _sharing(mapping)
    read = [item for plan in plans for item in _laid_out(plan, sources, path, problems)]
    if not any(not layout.sheet.list for layout, _ in read) and not problems:
        names = "、".join(sources)
        problems.append(problem("table.no_sheet", where=str(path), path=path, found=MAIN, near=names))
    if problems:
        raise FactsError(problems)
    grouping = _Grouping()
    for layout, rows in sorted(read, key=lambda item: bool(item[0].sheet.list)):
        grouping.take(layout, rows)
    if not grouping.rows:
        raise FactsError([problem("table.no_rows", where=str(path), path=path)])
    layouts = tuple(layout for layout, _ in read)
    return Tables(layouts, tuple(grouping.households.values()), tuple(grouping.rejected), grouping.rows)


def _plans(
    sources: Collection[str], vocabulary: Vocabulary, path: Path, problems: list[Problem]
) -> Iterator[SheetMapping]:
    """Without a mapping, sheets and columns have the names of the vocabulary; one CSV file of any name has the households."""
    known = sheets_of(vocabulary)
    for name in sources:
        sheet = sheet_named(name, known)
        if sheet is None and len(sources) == 1 and (path.is_dir() or path.suffix.lower() == ".csv"):
            sheet = known[0]
        if sheet is not None:
            yield SheetMapping(sheet, name)
        elif name not in IGNORED_SHEETS:
            near = nearest(name, [sheet.name for sheet in known]) or "、".join(sheet.name for sheet in known)
            problems.append(problem("table.unknown_sheet", where=str(path), found=name, near=near))


def _sharing(mapping: Sequence[SheetMapping]) -> list[SheetMapping]:
    """Where several sheets come from one, the columns of the others are known and passed over."""
    return [
        replace(plan, ignore=plan.ignore.union(*({*p.columns, *p.ignore} for p in mapping if p.source == plan.source)))
        for plan in mapping
    ]


def _laid_out(
    plan: SheetMapping, sources: dict[str, Callable[[], Grid]], path: Path, problems: list[Problem]
) -> Iterator[tuple[Layout, list[Row]]]:
    if plan.source not in sources:
        near = "、".join(sources)
        problems.append(problem("table.no_sheet", where=str(path), path=path, found=plan.source, near=near))
        return
    rows, merged = sources[plan.source]()
    headings = [cell_text(cell) for cell in rows[plan.header - 1]] if len(rows) >= plan.header else []
    layout = _layout(plan, headings, problems)
    if layout is not None:
        layout = replace(layout, merged=dict(_unclear(layout, merged)))
        yield layout, [Row(number, cells) for number, cells in enumerate(rows[plan.header :], plan.header + 1)]


def _unclear(layout: Layout, merged: Iterable[Block]) -> Iterator[tuple[tuple[int, int], str]]:
    """Cells of merged blocks that are no value of their column.

    Down a column each row has what the block says, as a county or a town that is written once; but not a figure, which
    may be the sum of the rows. Across columns nobody knows which of them is meant.
    """
    for block in merged:
        columns = layout.columns[block.left : block.right + 1]
        figure = not layout.repeated and columns and columns[0] and isinstance(columns[0].column.type, NumberType)
        name = f"{_letters(block.left)}{block.top + 1}:{_letters(block.right)}{block.bottom + 1}"
        for at, mapped in enumerate(columns, block.left):
            if mapped is not None and (at > block.left or (figure and block.bottom > block.top)):
                yield from (((row + 1, at), name) for row in range(max(block.top, layout.header), block.bottom + 1))


def _layout(plan: SheetMapping, headings: list[str], problems: list[Problem]) -> Layout | None:
    """The columns under the headings; None where the households' codes are missing."""
    columns: list[Mapped | None] = []
    skipped: set[int] = set()
    layout = Layout(plan.sheet, plan.source, plan.header, tuple(headings), (), frozenset(), 0)
    seen: dict[Column, str] = {}
    for at, heading in enumerate(headings):
        mapped = plan.columns.get(heading)
        if mapped is None and heading and heading not in plan.ignore:
            column = plan.sheet.find(heading)
            mapped = Mapped(column) if column is not None else None
        columns.append(mapped)
        place = layout.place(at, plan.header)
        if mapped is None and heading:
            skipped.add(at)
            if heading not in plan.ignore:
                problems.append(plan.sheet.not_found(heading, plan.source, where=place))
        elif mapped is not None and mapped.column in seen:
            other = seen[mapped.column]
            problems.append(problem("table.column_twice", where=place, found=heading, other=other))
        elif mapped is not None:
            seen[mapped.column] = place
    lacking = [heading for heading in plan.columns if heading not in headings]
    problems += [problem("table.no_column", where=plan.source, sheet=plan.source, found=name) for name in lacking]
    id_at = next((at for at, mapped in enumerate(columns) if mapped and mapped.column.path == (ID,)), None)
    if id_at is None:
        problems.append(problem("table.no_column", where=plan.source, sheet=plan.source, found="户编号"))
        return None
    return replace(layout, columns=tuple(columns), skipped=frozenset(skipped), id_at=id_at, repeated=plan.repeated)


class _Grouping:
    """Brings the rows of all sheets together by household."""

    def __init__(self) -> None:
        self.households: dict[str, HouseholdRows] = {}
        self.rejected: list[Rejected] = []
        self.rows = 0
        self._twice: dict[str, str] = {}

    def take(self, layout: Layout, rows: Iterable[Row]) -> None:
        own = not layout.sheet.list
        for row in rows:
            if all(map(is_empty, row.cells)):
                continue
            self.rows += own
            id_ = self._id(layout, row)
            if id_ and own:
                self._household(layout, row, id_)
            elif id_:
                self._record(layout, row, id_)

    def _reject(self, layout: Layout, row: Row, household: str, found: Problem) -> None:
        self.rejected.append(_rejected(layout, row, household, found))

    def _id(self, layout: Layout, row: Row) -> str:
        cell = row.cells[layout.id_at] if layout.id_at < len(row.cells) else ""
        place = layout.place(layout.id_at, row.number)
        if is_empty(cell):
            self._reject(layout, row, "", problem("table.id_missing", where=place))
            return ""
        node = cell_node(cell, TEXT)
        if isinstance(node, Scalar):
            return node.text
        assert isinstance(node, Problem)
        self._reject(layout, row, "", replace(node, span=None, where=place))
        return ""

    def _household(self, layout: Layout, row: Row, id_: str) -> None:
        place = layout.place(layout.id_at, row.number)
        known = self.households.get(id_)
        if id_ in self._twice:
            other = self._twice[id_]
        elif known is None:
            self.households[id_] = HouseholdRows(id_, row)
            return
        elif layout.repeated and layout.same(known.row, row):
            return
        else:
            other = self._twice[id_] = layout.place(layout.id_at, known.row.number)
            self._reject(layout, known.row, id_, problem("table.id_twice", where=other, found=id_, other=place))
            del self.households[id_]
        self._reject(layout, row, id_, problem("table.id_twice", where=place, found=id_, other=other))

    def _record(self, layout: Layout, row: Row, id_: str) -> None:
        household = self.households.get(id_)
        if household is not None:
            household.lists.setdefault(layout.sheet.list, []).append(row)
            return
        place = layout.place(layout.id_at, row.number)
        other = self._twice.get(id_)
        found = (
            problem("table.id_twice", where=place, found=id_, other=other)
            if other
            else problem("table.no_household", where=place, found=id_)
        )
        self._reject(layout, row, id_, found)


def _rejected(layout: Layout, row: Row, household: str, found: Problem) -> Rejected:
    heading = layout.heading_at(found.where.rpartition("!")[2])
    return Rejected(household, layout.name, row.number, heading, layout.written(row), found)


def set_aside(layouts: Iterable[Layout], household: HouseholdRows, problems: Iterable[Problem]) -> Iterator[Rejected]:
    """All rows of a household that is not used: each with its own problems, or with the place of the household's first."""
    found = list(problems)
    for layout in layouts:
        rows = household.lists.get(layout.sheet.list, []) if layout.sheet.list else [household.row]
        for row in rows:
            own = [item for item in found if cell_of(item.where) == (layout.name, row.number)]
            place = layout.place(layout.id_at, row.number)
            for item in own or [problem("table.set_aside", where=place, found=household.id, other=found[0].where)]:
                yield _rejected(layout, row, household.id, item)


def cell_of(place: str) -> tuple[str, int]:
    """The sheet and row of a place such as `户!C7` or `户!7`."""
    name, _, cell = place.rpartition("!")
    digits = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return name, int(digits) if digits.isdecimal() else 0
