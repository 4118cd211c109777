"""A stated parameter that has no value for some of the time in which the pack is in force."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from policy_engine.errors import Problem, problem
from policy_engine.model.pack import Pack
from policy_engine.model.parameter import DatedValue

__all__ = ["check"]

_FIRST, _LAST = datetime.date.min, datetime.date.max
_DAY = datetime.timedelta(days=1)


def check(pack: Pack) -> Iterator[Problem]:
    begins, ends = pack.in_force.from_ or _FIRST, pack.in_force.to or _LAST
    for parameter in pack.parameters.values():
        times = ", ".join(_shown(*time) for time in _without(parameter.values, begins, ends))
        if parameter.values and times:
            yield problem("lint.short_window", where=pack.id, warning=True, id=parameter.id, window=times)


def _without(
    values: Sequence[DatedValue], begins: datetime.date, ends: datetime.date
) -> Iterator[tuple[datetime.date, datetime.date]]:
    """The times between two days, both included, on which none of the values holds."""
    for first, last in sorted((value.from_ or _FIRST, value.to or _LAST) for value in values):
        if first > begins:
            yield begins, min(first - _DAY, ends)
        if last >= ends:
            return
        begins = max(begins, last + _DAY)
    yield begins, ends


def _shown(first: datetime.date, last: datetime.date) -> str:
    return f"{'' if first == _FIRST else first} – {'' if last == _LAST else last}".strip()
