"""Dates and durations as text (ISO 8601, as FEEL reads them), and their arithmetic."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from policy_engine.values import Months

__all__ = ["OUTSIDE", "add_months", "months_between", "read", "read_date", "read_duration"]

OUTSIDE = object()
"""Answered by `read` for a literal that FEEL has and this language has not: a time of day."""

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DURATION = re.compile(
    r"(-)?P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?"
    r"(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12}(?:\.\d{1,9})?)S)?)?",
    re.ASCII,
)


def read(text: str) -> Any:
    """A date, a duration, `OUTSIDE`, or None where the text is none of them."""
    value = read_date(text) or read_duration(text)
    if value is not None:
        return value
    return OUTSIDE if re.search(r"\d\d:\d\d", text) else None


def read_date(text: str) -> datetime.date | None:
    """A calendar date `YYYY-MM-DD`; years 1 to 9999."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return datetime.date(*map(int, match.groups()))
    except ValueError:
        return None


def read_duration(text: str) -> datetime.timedelta | Months | None:
    """`P1Y2M` is a duration of months, `P3DT4H` one of days; the two do not mix."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()[1:]):
        return None
    sign, years, months, days, hours, minutes, seconds = match.groups()
    factor = -1 if sign else 1
    if years or months:
        if days or hours or minutes or seconds:
            return None
        return Months(factor * (int(years or 0) * 12 + int(months or 0)))
    try:
        micros = int(Decimal(seconds or 0) * 1_000_000)
        whole = datetime.timedelta(days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0))
        return factor * (whole + datetime.timedelta(microseconds=micros))
    except OverflowError:
        return None


def add_months(day: datetime.date, months: Months) -> datetime.date:
    """The same day of the month so many months on; the last day where the month is shorter. OverflowError past year 9999."""
    try:
        moved: datetime.date = day + relativedelta(months=months.count)
    except ValueError as error:
        raise OverflowError(str(error)) from None
    return moved


def months_between(start: datetime.date, end: datetime.date) -> Months:
    """Whole months from `start` to `end`; negative where `end` lies before (FEEL: years and months duration)."""
    if end < start:
        return Months(-months_between(end, start).count)
    months = (end.year - start.year) * 12 + end.month - start.month
    return Months(months - (end.day < start.day))
