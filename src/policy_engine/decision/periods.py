"""Calendar periods: months, quarters, half years and years, as documents mean them (每月, 每年至少一次)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from policy_engine.model.duty import Every

__all__ = ["Period", "periods"]

_MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From a day to a day, both included."""

    start: datetime.date
    end: datetime.date

    def __str__(self) -> str:
        return f"{self.start}..{self.end}"


def periods(every: Every, start: datetime.date, end: datetime.date) -> Iterator[Period]:
    """The calendar periods with a day between `start` and `end`, both included; the first begins not before `start`."""
    months = _MONTHS[every]
    first = datetime.date(start.year, (start.month - 1) // months * months + 1, 1)
    while first <= end:
        following = first + relativedelta(months=months)
        yield Period(max(first, start), following - datetime.timedelta(days=1))
        first = following
