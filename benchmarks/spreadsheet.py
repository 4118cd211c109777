"""What deciding a workbook costs, against reading and writing the same cells alone.

python benchmarks/spreadsheet.py --households 50000 --pack xuanzhou_2021
"""

from __future__ import annotations

import argparse
import datetime
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from policy_engine import load_pack
from policy_engine.documents.table_columns import Column, Sheet, needed
from policy_engine.expression.types import BOOLEAN, DATE, CodeType, ListType, NumberType, Type
from policy_engine.model.pack import Pack

DAYS = {
    "xuanzhou_2021": datetime.date(2021, 9, 1),
    "minhang_2020": datetime.date(2020, 9, 1),
    "qingtian_2022": datetime.date(2022, 10, 1),
    "zhejiang_2020": datetime.date(2020, 9, 1),
}
WRITING = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
MEMBERS = (1, 2, 2, 3, 3, 3, 4, 4, 5, 6)
OTHERS = (0, 0, 0, 1, 2)
"""Rows of a household in the sheet of its members, and in each other sheet."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--households", type=int, default=2000)
    parser.add_argument("--pack", default="xuanzhou_2021", choices=DAYS)
    parser.add_argument("--missing", type=float, default=0.2, help="share of the cells that are empty")
    parser.add_argument("--keep", type=Path, help="a folder for the workbooks")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        facts, copy, answers = (folder / f"{name}.xlsx" for name in ("facts", "copy", "answers"))
        County(load_pack(given.pack), DAYS[given.pack], given.missing).write(facts, given.households)
        program = Path(sys.executable).with_name("policy-engine")
        command = [program, "decide", facts, "--pack", given.pack, "--on", str(DAYS[given.pack]), "--out", answers]
        alone = timed(lambda: copied(facts, copy))
        decided = timed(lambda: subprocess.run(command, check=False))
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{given.pack}, {given.households} households, {given.missing:.0%} of the facts missing")
    print(f"reading and writing alone  {alone:7.1f} s")
    print(f"deciding                   {decided:7.1f} s   {decided / alone:.2f} x")
    processor, largest = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    print(f"all processes of deciding  {processor:7.1f} s of processor time, the largest with {largest:.0f} MB")


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def copied(path: Path, out: Path) -> None:
    """Every cell read and written again, by the libraries that deciding uses."""
    source = CalamineWorkbook.from_path(str(path))
    book = xlsxwriter.Workbook(str(out), WRITING)
    for name in source.sheet_names:
        page = book.add_worksheet(name)
        for at, row in enumerate(source.get_sheet_by_name(name).to_python(skip_empty_area=False)):
            page.write_row(at, 0, row)
    book.close()


# ---- households made up


@dataclass(frozen=True)
class County:
    """Households made up from the columns of the pack's template; the same for the same seed."""

    pack: Pack
    day: datetime.date
    missing: float
    draw: random.Random = field(default_factory=lambda: random.Random(2021))

    def write(self, path: Path, households: int) -> None:
        book = xlsxwriter.Workbook(str(path), WRITING)
        columns = needed(self.pack, (self.day.year, self.day.year - 1))
        for sheet, group in groupby(columns, key=lambda item: item[0]):
            own = [column for _, column in group]
            page = book.add_worksheet(sheet.name)
            page.write_row(0, 0, [sheet.heading(column) for column in own])
            made = chain.from_iterable(self.rows(sheet, own, number) for number in range(households))
            for at, row in enumerate(made, 1):
                page.write_row(at, 0, row)
        book.close()

    def rows(self, sheet: Sheet, columns: list[Column], number: int) -> Iterator[list[Any]]:
        counts = (1,) if not sheet.list else MEMBERS if sheet.list == "members" else OTHERS
        for index in range(self.draw.choice(counts)):
            yield [self.cell(sheet, column, number, index) for column in columns]

    def cell(self, sheet: Sheet, column: Column, number: int, index: int) -> Any:
        name, places = column.path[0], dict(self.pack.area.places)
        if name == "household_id":
            return f"3418{number:014}"
        if name.endswith("_id"):
            return f"{number}-{index + 1}"
        if not sheet.list and name in places:
            return self.draw.choice(places[name])
        if column.part == "value" and self.draw.random() < self.missing:
            return None
        return cell(column, column.type, self.day, self.draw)


def cell(column: Column, type_: Type, day: datetime.date, draw: random.Random) -> Any:
    if column.part == "as_of":
        return day
    if column.part == "complete":
        return draw.choice(("是", "是", "是", None))
    if type_ == BOOLEAN:
        return draw.choice(("是", "否", "否"))
    if type_ == DATE:
        return day - datetime.timedelta(days=draw.randrange(1, 20_000 if "birth" in column.path[-1] else 700))
    if isinstance(type_, NumberType):
        if "CNY" in str(type_.unit):
            return draw.randrange(0, 6_000_000) / 100
        return draw.randrange(1, 6) if column.path[-1] != "household_size" else None
    if isinstance(type_, CodeType):
        return draw.choice([option.zh or option.id for option in type_.options])
    if isinstance(type_, ListType):
        return cell(column, type_.item, day, draw) if draw.random() < 0.3 else "无"
    return f"某{draw.randrange(100)}"


if __name__ == "__main__":
    main()
