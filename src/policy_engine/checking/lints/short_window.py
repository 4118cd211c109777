"""A stated parameter whose dates cover less than the time the pack is in force."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from policy_engine.errors import Problem, problem
from policy_engine.model.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Problem]:
    begins, ends = pack.in_force.from_, pack.in_force.to
    for parameter in pack.parameters.values():
        values = parameter.values
        if not values or any(value.from_ is None and value.to is None for value in values):
            continue
        first = min(value.from_ or datetime.date.min for value in values)
        last = max(value.to or datetime.date.max for value in values)
        if (begins or datetime.date.min) < first or last < (ends or datetime.date.max):
            years = f"{first} – {last}"
            yield problem("lint.short_window", where=pack.id, warning=True, id=parameter.id, window=years)
