"""What results are written under. By it they are known again: they may be written anew, and are no facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["ABOUT", "MEMBERS", "NOTES", "PROBLEMS", "REJECTED", "RESULTS", "are_result_sheets", "is_result"]

RESULTS, MEMBERS, REJECTED, NOTES, ABOUT = "结果", "成员结果", "被拒绝的行", "提醒", "说明"
"""The sheets of a workbook of answers."""

PROBLEMS = ("工作表", "行", "单元格", "户编号", "列", "填的是", "应当是", "说明", "代码", "原行")
"""The headings of rejected rows and of notes."""


def are_result_sheets(names: Iterable[str]) -> bool:
    """Is a workbook with these sheets one of answers?"""
    return {RESULTS, REJECTED, ABOUT} <= set(names)


def is_result(headings: Sequence[str]) -> bool:
    """Is a table with these headings one of answers, or of rejected rows?"""
    answers = len(headings) > 1 and headings[0].endswith("_id") and headings[1] == "scope"
    return answers or tuple(headings) == PROBLEMS
