"""The lists of benefits of one household or many as a workbook, in Chinese: a row for each thing received, a row for each sum."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from policy_engine.decision.benefits import Benefits, kinds_of
from policy_engine.model.pack import Pack
from policy_engine.report.benefits import what_of
from policy_engine.report.workbook import Result

__all__ = ["write_benefits"]

_SUMS = "合计"
_WHOSE = ("户编号", "起", "止")


def write_benefits(path: Path, pack: Pack, lists: Iterable[tuple[str, Benefits]]) -> None:
    """Write the workbook; raises what xlsxwriter raises where the file cannot be written. Amounts are in yuan."""
    assert pack.benefits is not None
    name = pack.benefits.label.zh
    headings = {
        name: (*_WHOSE, "日期", "类别", "内容", "金额（元）"),
        _SUMS: (*_WHOSE, "类别", "项数", "金额（元）", "金额不明的项数", "是否完整"),
    }
    book = Result(path, headings, len(_WHOSE))
    kinds: dict[str | None, str] = {None: "未知", **dict(kinds_of(pack, pack.benefits, "zh"))}
    for household, found in lists:
        whose = (household, found.from_, found.to)
        for one in (*found.items, *found.undated):
            book.write(name, (*whose, one.on or "未知", kinds[one.kind], what_of(pack, found, one, "zh"), one.amount))
        complete = "完整" if found.complete else "不完整" if found.known else "没有记录"
        totals = [*((kinds[kind], total) for kind, total in found.by_kind), ("合计", found.total)]
        for label, total in totals if found.known else [("合计", None)]:
            cells = (total.count, total.amount, total.without_amount) if total is not None else ("未知", "未知", "")
            book.write(_SUMS, (*whose, label, *cells, complete))
    book.close()
