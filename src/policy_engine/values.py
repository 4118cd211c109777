"""The closed set of values, units, and the unknown.

A value is a boolean, a decimal number, a text, a date, a duration of days (`timedelta`) or of months (`Months`), a list
(`tuple`) or a record (`Record`); a code is a text from a declared list. `Unknown` stands beside them: it equals nothing,
and carries what would settle it.
"""

from __future__ import annotations

import datetime
import decimal
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeAlias

from policy_engine.errors import Problem
from policy_engine.source import Span

__all__ = ["CONTEXT", "Missing", "Months", "Possibly", "Record", "Unit", "Unknown", "Value", "is_unknown", "show"]

CONTEXT = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6176,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
"""Decimal128 arithmetic (DMN 1.5, 10.3.2.3.1): 34 digits, half to even."""


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A duration of whole months (FEEL: years and months duration)."""

    count: int

    def __str__(self) -> str:
        sign, months = ("-" if self.count < 0 else ""), abs(self.count)
        years, rest = divmod(months, 12)
        return f"{sign}P{f'{years}Y' if years else ''}{f'{rest}M' if rest or not years else ''}"


class Record(Mapping[str, Any]):
    """An immutable, hashable mapping from names to values; an absent name is an unknown value."""

    __slots__ = ("_entries",)
    _entries: dict[str, Any]

    def __init__(self, entries: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        object.__setattr__(self, "_entries", dict(entries))

    def __getitem__(self, name: str) -> Any:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def get(self, name: str, default: Any = None) -> Any:
        return self._entries.get(name, default)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a record is immutable")

    def __hash__(self) -> int:
        return hash(frozenset(self._entries.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self._entries == other._entries

    def __reduce__(self) -> tuple[type[Record], tuple[dict[str, Any]]]:
        return Record, (self._entries,)

    def __repr__(self) -> str:
        return f"Record({self._entries!r})"

    def with_(self, **entries: Any) -> Record:
        """A copy with some entries set."""
        return Record({**self._entries, **entries})


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of base units with integer exponents, such as `CNY/person`; no factors: a bare count or share."""

    factors: tuple[tuple[str, int], ...] = ()

    @staticmethod
    def parse(text: str) -> Unit:
        """Read `CNY`, `CNY/person`, `person*CNY`; ValueError on anything else."""
        if text in ("", "1"):
            return Unit()
        if not re.fullmatch(r"[A-Za-z]+([*/][A-Za-z]+)*", text):
            raise ValueError(text)
        unit, sign = Unit(), 1
        for part in re.findall(r"[*/]|[A-Za-z]+", text):
            if part in "*/":
                sign = 1 if part == "*" else -1
            elif part not in BASE_UNITS:
                raise ValueError(part)
            else:
                unit = unit.times(Unit(((part, 1),)), sign)
        return unit

    def times(self, other: Unit, power: int = 1) -> Unit:
        factors = dict(self.factors)
        for base, exponent in other.factors:
            factors[base] = factors.get(base, 0) + power * exponent
        return Unit(tuple(sorted((base, exponent) for base, exponent in factors.items() if exponent)))

    def __str__(self) -> str:
        over = [base for base, exponent in self.factors for _ in range(exponent)]
        under = [base for base, exponent in self.factors for _ in range(-exponent)]
        return "/".join(["*".join(over) or ("1" if under else ""), *under])


BASE_UNITS = ("CNY", "person", "household", "village")


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is not known: a fact, a judgement, or a parameter without a value; and where it was needed."""

    kind: str
    path: str
    places: tuple[Span, ...] = ()
    note: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.path


@dataclass(frozen=True, slots=True)
class Unknown:
    """No value yet. `missing` would settle it; `problems` say why an operation had no value.

    `among` narrows it to candidates (an undetermined decision); `between` to bounds, both included (a count or a sum
    over items that may or may not belong). Neither is ever too narrow.
    """

    missing: tuple[Missing, ...] = ()
    problems: tuple[Problem, ...] = ()
    among: tuple[Any, ...] | None = None
    between: tuple[Decimal, Decimal] | None = None

    @staticmethod
    def merge(unknowns: Iterable[Unknown]) -> Unknown:
        """The unknown that carries all that the given ones carry; candidates and bounds are not kept."""
        unknowns = tuple(unknowns)
        if len(unknowns) == 1:
            return unknowns[0].plain()
        missing: dict[tuple[str, str], Missing] = {}
        problems: dict[Problem, None] = {}
        for unknown in unknowns:
            for item in unknown.missing:
                known = missing.get(item.key)
                missing[item.key] = item if known is None else _joined(known, item)
            problems.update(dict.fromkeys(unknown.problems))
        return Unknown(tuple(missing.values()), tuple(problems))

    def plain(self) -> Unknown:
        return replace(self, among=None, between=None) if self.among or self.between else self


def _joined(one: Missing, other: Missing) -> Missing:
    new = tuple(place for place in other.places if place not in one.places)
    return replace(one, places=one.places + new) if new else one


@dataclass(frozen=True, slots=True)
class Possibly:
    """A list some of whose items may not belong: each item with `True`, or the unknown that membership waits for.

    `more` is set where there may be items that are not known at all (events after the facts were taken).
    """

    items: tuple[tuple[Any, Any], ...]
    more: Unknown | None = None


Value: TypeAlias = Any
"""bool | Decimal | str | date | timedelta | Months | tuple | Record, and while evaluating also Unknown | Possibly."""


def is_unknown(value: Value) -> bool:
    return isinstance(value, Unknown)


def show(value: Value) -> str:
    """The value as an expression would write it; for people, see `report`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format_number(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, datetime.date):
        return f'date("{value.isoformat()}")'
    if isinstance(value, datetime.timedelta):
        return f'duration("{format_days(value)}")'
    if isinstance(value, Months):
        return f'duration("{value}")'
    if isinstance(value, tuple):
        return "[" + ", ".join(map(show, value)) + "]"
    if isinstance(value, Record):
        return "{" + ", ".join(f"{name}: {show(item)}" for name, item in value.items()) + "}"
    return "unknown"


def format_number(number: Decimal) -> str:
    """Plain digits, no exponent, no trailing zeros after the point."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def format_days(duration: datetime.timedelta) -> str:
    """ISO 8601 days and time, such as `P30D` or `-P1DT2H`."""
    micros = duration // datetime.timedelta(microseconds=1)
    sign, micros = ("-" if micros < 0 else ""), abs(micros)
    seconds, micros = divmod(micros, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    fraction = format_number(Decimal(second) + Decimal(micros) / 1_000_000)
    time = f"{f'{hour}H' if hour else ''}{f'{minute}M' if minute else ''}{f'{fraction}S' if fraction != '0' else ''}"
    day = f"{days}D" if days or not time else ""
    return f"{sign}P{day}{'T' + time if time else ''}"
