"""Parameters: the figures of a document, each dated and cited (OpenFisca: parameter)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from numbers import Integral
from typing import Any

from policy_engine.expression.types import Type
from policy_engine.model.citation import Citation
from policy_engine.model.label import Label
from policy_engine.values import Value

__all__ = ["DatedValue", "Parameter", "exact"]


def exact(value: Value) -> Value:
    """A number of Python as a decimal, a binary float by its shortest form; a list likewise; anything else as it is."""
    if isinstance(value, (list, tuple)):
        return tuple(map(exact, value))
    if isinstance(value, float):
        return Decimal(float.__repr__(value))
    if isinstance(value, bool):
        return value
    return Decimal(int(value)) if isinstance(value, Integral) else value


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value from a day to a day, both included; None is open. `source` is set where a deployer supplied it."""

    value: Any
    from_: datetime.date | None = None
    to: datetime.date | None = None
    cites: tuple[Citation, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", exact(self.value))

    def holds_on(self, day: datetime.date) -> bool:
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure by the date asked about.

    kind `stated`: it stands in the document; `assumption`: a margin inside the option of a reading; `external`: the
    document relies on it and does not give it. A date without a value is unknown, never the nearest value.
    """

    id: str
    label: Label
    type: Type
    kind: str
    values: tuple[DatedValue, ...]
    cites: tuple[Citation, ...]

    def on(self, day: datetime.date) -> DatedValue | None:
        """The value that holds on this day, or None."""
        return next((value for value in self.values if value.holds_on(day)), None)
