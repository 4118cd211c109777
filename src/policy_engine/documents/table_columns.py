"""Tables of facts: which sheets and columns there are, what their headings may be called, and which a pack needs.

A household has one row in its own sheet, and any number of rows in the sheet of each list of records. A heading names a
fact by its id, its Chinese label, or its path; figures by year carry the year (`纯收入 2021`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path as FilePath
from typing import Literal, TypeAlias

from policy_engine.errors import Problem, problem
from policy_engine.expression.names import nearest
from policy_engine.expression.tree import Name, Node, Path, walk
from policy_engine.expression.types import BOOLEAN, DATE, TEXT, ListType, RecordType, Type
from policy_engine.model.decision import DecisionDefinition
from policy_engine.model.label import Label
from policy_engine.model.pack import Pack
from policy_engine.model.vocabulary import Fact, RecordForm, Vocabulary
from policy_engine.source import Span

__all__ = [
    "ID",
    "IGNORED_SHEETS",
    "MAIN",
    "Column",
    "Part",
    "Sheet",
    "columns_of",
    "in_sheets",
    "needed",
    "sheets_of",
]

MAIN = "户"
"""The sheet with a row for each household."""

ID = "household_id"
IGNORED_SHEETS = ("说明", "选项")
"""Sheets that the templates bring along and that hold no facts."""

Part: TypeAlias = Literal["value", "by", "observed_on", "complete", "as_of"]
_PARTS: dict[Part, tuple[str, str]] = {
    "by": ("·研判人", ".by"),
    "observed_on": ("·研判日期", ".observed_on"),
    "complete": ("已列全", ".complete"),
}
_PART_TYPES: dict[Part, Type] = {"by": TEXT, "observed_on": DATE, "complete": BOOLEAN, "as_of": DATE}
_YEARS = (
    re.compile(r"(?P<name>.+?)\s*[（(]?(?P<year>[0-9]{4})\s*年?度?[）)]?"),
    re.compile(r"(?P<year>[0-9]{4})\s*年度?\s*(?P<name>.+)"),
)
_YEAR_IN_PATH = re.compile(r"(?<=\.)[0-9]{4}(?=\.)")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_AS_OF = Fact("as_of", Label("事实日期", "Facts as of"), DATE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the path of its fact in the row's record (a year as `*` where it is still open), and which part of it."""

    path: tuple[str, ...]
    fact: Fact
    labels: tuple[str, ...]
    part: Part = "value"

    @property
    def yearly(self) -> bool:
        return "*" in self.path

    @property
    def type(self) -> Type:
        """What the cells hold."""
        return self.fact.type if self.part == "value" else _PART_TYPES[self.part]

    def in_year(self, year: str) -> Column:
        return replace(self, path=tuple(year if step == "*" else step for step in self.path))

    @property
    def year(self) -> str:
        return next((step for step in self.path if step.isdecimal()), "")

    @property
    def id(self) -> str:
        """The heading by ids: `finances.2021.net_income`, `at_risk.by`."""
        return ".".join(self.path) + _PARTS.get(self.part, ("", ""))[1]


@dataclass(frozen=True)
class Sheet:
    """A sheet: the list of the household that it holds (empty for the household's own), and every column it may have."""

    list: str
    label: Label
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        return self.label.zh or self.list

    @cached_property
    def _names(self) -> dict[str, Column]:
        """Every heading without a year; the first to claim one keeps it, and facts of the row itself come first."""
        found: dict[str, Column] = {}
        for column in sorted(self.columns, key=lambda column: len(column.path)):
            for name in _names(column):
                found.setdefault(name, column)
        return found

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What headings may be, for naming the nearest."""
        return tuple(name for name, column in self._names.items() if "*" not in name)

    def find(self, heading: str) -> Column | None:
        """The column under this heading; figures by year only together with their year."""
        heading = heading.translate(_FULL_WIDTH)
        known = self._names.get(heading)
        if known is not None and not known.yearly:
            return known
        for name, year in _with_year(heading):
            known = self._names.get(name)
            if known is not None and known.yearly:
                return known.in_year(year)
        return None

    def not_found(self, heading: str, sheet: str, span: Span | None = None, *, where: str = "") -> Problem:
        """Why no column has this heading, in a sheet of this name: the year is missing, or it is another word."""
        known = self._names.get(heading)
        if known is not None and known.yearly:
            return problem("table.no_year", span, where=where, found=heading)
        near = nearest(heading, self.names) or "、".join(self.names[:6])
        return problem("table.unknown_column", span, where=where, sheet=sheet, found=heading, near=near)

    def heading(self, column: Column) -> str:
        """The heading in Chinese that leads back to this column."""
        year = column.year
        for name in _names(column):
            heading = f"{name} {year}" if year else name
            if self.find(heading) == column:
                return heading
        return column.id


def _names(column: Column) -> Iterator[str]:
    """Headings of a column without its year, the shortest Chinese one first."""
    zh, id_ = _PARTS.get(column.part, ("", ""))
    labels, steps = column.labels, [step for step in column.path if step != "*" and not step.isdecimal()]
    yield (labels[-1] or steps[-1]) + zh
    yield "·".join(label or step for label, step in zip(labels, steps, strict=True)) + zh
    yield steps[-1] + id_
    yield ".".join(steps) + id_
    yield column.id


def _with_year(heading: str) -> Iterator[tuple[str, str]]:
    found = _YEAR_IN_PATH.search(heading)
    if found:
        yield heading[: found.start()] + "*" + heading[found.end() :], found.group()
    for pattern in _YEARS:
        match = pattern.fullmatch(heading)
        if match:
            yield match["name"], match["year"]


_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


def in_sheets(path: FilePath) -> bool:
    """A workbook, or CSV files named as its sheets are (户, 成员, …); not the tables of `population.files`."""
    mains = (MAIN, "household")
    if path.is_dir():
        return any((path / f"{name}.csv").exists() for name in mains)
    return path.suffix.lower() in _WORKBOOKS or (path.suffix.lower() == ".csv" and path.stem in mains)


# ---- all sheets of a vocabulary


def sheets_of(vocabulary: Vocabulary) -> tuple[Sheet, ...]:
    """The sheet of the households, then one for each list of records."""
    household = vocabulary.form("household")
    id_column = _id_column(household)
    as_of = Column(("as_of",), _AS_OF, (_AS_OF.label.zh,), "as_of")
    lists = [fact for fact in household if _records(fact) is not None]
    complete = tuple(Column((fact.id,), fact, (fact.label.zh,), "complete") for fact in lists)
    own = tuple(column for column in columns_of(household, vocabulary) if column.path != (ID,))
    sheets = [Sheet("", Label(MAIN, "household"), (id_column, as_of, *own, *complete))]
    for fact in lists:
        form = _records(fact)
        assert form is not None
        columns = tuple(columns_of(vocabulary.form(form.name), vocabulary))
        sheets.append(Sheet(fact.id, fact.label, (id_column, *columns)))
    return tuple(sheets)


def _id_column(household: RecordForm) -> Column:
    fact = household.find(ID)
    assert fact is not None
    return Column((ID,), fact, (fact.label.zh,))


def _records(fact: Fact) -> RecordType | None:
    """The record type of a list of records."""
    item = fact.type.item if isinstance(fact.type, ListType) else None
    return item if isinstance(item, RecordType) else None


def columns_of(
    form: RecordForm, vocabulary: Vocabulary, path: tuple[str, ...] = (), labels: tuple[str, ...] = ()
) -> Iterator[Column]:
    """A column for each fact of a record, and of the records in it; a judgement brings by whom and when."""
    for fact in form:
        if _records(fact) is not None:
            continue
        below, named = (*path, fact.id), (*labels, fact.label.zh)
        if isinstance(fact.type, RecordType):
            step = (*below, "*") if fact.by_year else below
            yield from columns_of(vocabulary.form(fact.type.name), vocabulary, step, named)
            continue
        yield Column(below, fact, named)
        if fact.judgement:
            yield Column(below, fact, named, "by")
            yield Column(below, fact, named, "observed_on")


# ---- what a pack needs


def needed(
    pack: Pack, years: Iterable[int], decisions: Iterable[str] | None = None
) -> tuple[tuple[Sheet, Column], ...]:
    """The columns that the pack's decisions about households and members look at, in the order of the vocabulary."""
    asked = decisions if decisions is not None else [d.id for d in pack.decisions.values() if d.about in _ABOUT]
    wanted = _Needs(pack).of(asked)
    found: list[tuple[Sheet, Column]] = []
    sheets = sheets_of(pack.vocabulary)
    lists = {sheet.list for sheet in sheets if sheet.list and ("household", sheet.list) in wanted}
    for sheet in sheets:
        if not sheet.list or sheet.list in lists:
            found += [(sheet, column) for column in _wanted(pack, sheet, wanted, lists, list(years))]
    return tuple(found)


_ABOUT = ("household", "member")
_PLACES = ("town", "village")


def _wanted(
    pack: Pack, sheet: Sheet, wanted: set[tuple[str, str]], lists: set[str], years: list[int]
) -> Iterator[Column]:
    form = "household"
    if sheet.list:
        fact = pack.vocabulary.form(form).find(sheet.list)
        record = _records(fact) if fact else None
        assert record is not None
        form = record.name
    places = {*_PLACES, *(name for name, _ in pack.area.places)}
    for column in sheet.columns:
        first = column.path[0]
        if column.part == "complete":
            keep = first in lists
        elif first in (ID, f"{form}_id") or column.part == "as_of" or (not sheet.list and first in places):
            keep = True
        else:
            keep = _is_wanted(pack.vocabulary, form, column.path, wanted)
        if keep:
            yield from (column.in_year(str(year)) for year in years) if column.yearly else (column,)


def _is_wanted(vocabulary: Vocabulary, form: str, path: tuple[str, ...], wanted: set[tuple[str, str]]) -> bool:
    """Every step of the path is looked at; a record none of whose entries is named is looked at as a whole."""
    for step in path:
        if step == "*":
            continue
        whole = not any(owner == form for owner, _ in wanted)
        if (form, step) not in wanted and not whole:
            return False
        fact = vocabulary.form(form).find(step)
        if fact is not None and isinstance(fact.type, RecordType):
            form = fact.type.name
    return True


class _Needs:
    """Collects (form, fact) for everything that expressions reach."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.found: set[tuple[str, str]] = set()
        self.seen: set[tuple[str, str]] = set()

    def of(self, decisions: Iterable[str]) -> set[tuple[str, str]]:
        for id_ in decisions:
            self.decision(id_)
        return self.found

    def decision(self, id_: str) -> None:
        if ("decision", id_) in self.seen:
            return
        self.seen.add(("decision", id_))
        definition: DecisionDefinition = self.pack.decision(id_)
        if definition.about == "member":
            self.fact("household", "members")
        logic = definition.logic
        for node in [logic] if isinstance(logic, Node) else [rule.when for rule in logic.rules]:
            self.expression(node, definition.about)

    def reading(self, id_: str, own: str) -> None:
        if ("reading", id_) in self.seen:
            return
        self.seen.add(("reading", id_))
        for option in self.pack.reading(id_).options:
            if option.expression is not None:
                self.expression(option.expression, own)
            else:
                holder = own if self.pack.vocabulary.form(own).find(id_) else "household"
                self.fact(holder, id_)

    def expression(self, root: Node, own: str) -> None:
        for node in walk(root):
            if isinstance(node, Name):
                self.name(node, own)
            elif isinstance(node, Path):
                given = node.target.type
                item = given.item if isinstance(given, ListType) else given
                if isinstance(item, RecordType) and item.name:
                    self.entry(item.name, node.entry)

    def name(self, node: Name, own: str) -> None:
        if node.kind == "decision":
            self.decision(node.id)
        elif node.kind == "reading":
            self.reading(node.id, own)
        elif node.kind == "fact":
            subject = own if own != "member" else "household"
            self.fact(subject if self.pack.vocabulary.form(subject).find(node.id) else "household", node.id)
        elif node.kind == "own":
            self.fact(own, node.id)

    def entry(self, form: str, entry: str) -> None:
        """An entry of a record: a fact of its form, or a decision about it."""
        if entry in self.pack.decisions and self.pack.vocabulary.form(form).find(entry) is None:
            self.decision(entry)
        else:
            self.fact(form, entry)

    def fact(self, form: str, id_: str) -> None:
        """A fact, and all that it is derived from."""
        known = self.pack.vocabulary.form(form)
        fact = known.find(id_) or next((fact for fact in known if fact.by_year), None)
        if fact is None or (form, fact.id) in self.found:
            return
        self.found.add((form, fact.id))
        for node in (fact.derived_by, fact.applies_when, fact.otherwise_is):
            if node is not None:
                self.expression(node, form)
