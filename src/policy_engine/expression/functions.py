"""The built-in functions (DMN 1.5, 10.3.4): signatures, types of results, and meaning on known values.

What they mean on unknown values is the evaluator's business: a strict function of an unknown is unknown.
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, TypeAlias

from policy_engine.expression import temporal
from policy_engine.expression.types import (
    BOOLEAN,
    DATE,
    DAYS,
    MONTHS,
    NEVER,
    NUMBER,
    TEXT,
    CodeType,
    ListType,
    NumberType,
    RecordType,
    Type,
)
from policy_engine.values import CONTEXT, Months, Unit

__all__ = ["FUNCTIONS", "OUTSIDE", "Parameter", "Signature", "Undefined", "fits"]


class Undefined(Exception):
    """An operation without a value (division by zero, `min([])`): `code` and `details` of the problem to report."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


Result: TypeAlias = Callable[..., Type]
Parameter: TypeAlias = tuple[str, str]
"""Name, and kind: boolean, number, text, date, duration text, list, numbers, booleans, ordered, any."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function. `variadic`: the list may also be given as separate arguments."""

    parameters: tuple[Parameter, ...]
    result: Result
    apply: Callable[..., Any]
    optional: int = 0
    variadic: bool = False
    strict: bool = True


def fits(kind: str, given: Type) -> bool:
    """May a value of this type be given for a parameter of this kind?"""
    if given == NEVER or kind == "any":
        return True
    item = given.item if isinstance(given, ListType) else given
    return _FITS[kind](given, item)


_FITS: dict[str, Callable[[Type, Type], bool]] = {
    "number": lambda given, _: isinstance(given, NumberType),
    "text": lambda given, _: given == TEXT or isinstance(given, CodeType),
    "duration text": lambda given, _: given == TEXT,
    "duration": lambda given, _: given in (DAYS, MONTHS),
    "boolean": lambda given, _: given == BOOLEAN,
    "date": lambda given, _: given == DATE,
    "list": lambda given, _: isinstance(given, ListType),
    "numbers": lambda _, item: isinstance(item, NumberType) or item == NEVER,
    "booleans": lambda _, item: item in (BOOLEAN, NEVER),
    "ordered": lambda _, item: isinstance(item, NumberType) or item in (TEXT, DATE, DAYS, MONTHS, NEVER),
}


# ---- types of results


def _always(type_: Type) -> Result:
    return lambda *_: type_


def _same(first: Type, *_: Type) -> Type:
    return first


def _item(given: Type, *_: Type) -> Type:
    return given.item if isinstance(given, ListType) else given


def _count(given: Type) -> Type:
    item = given.item if isinstance(given, ListType) else given
    return NumberType(item.unit if isinstance(item, RecordType) else Unit())


# ---- meanings


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    first = _whole(start)
    if length is not None and _whole(length) < 1:
        raise Undefined("value.no_such_length", length=length)
    if first == 0:
        raise Undefined("value.outside_text", start=start)
    begin = first - 1 if first > 0 else len(text) + first
    if not 0 <= begin < len(text):
        raise Undefined("value.outside_text", start=start)
    return text[begin:] if length is None else text[begin : begin + _whole(length)]


def _whole(number: Decimal) -> int:
    if number != number.to_integral_value():
        raise Undefined("value.not_whole", found=number)
    return int(number)


def _rounded(mode: str, number: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    places = _whole(scale)
    if not -6111 <= places <= 6176:
        raise Undefined("value.bad_scale", found=scale)
    if places > 34 - number.adjusted() - 1:
        return number
    return number.quantize(Decimal(1).scaleb(-places), rounding=mode, context=CONTEXT)


def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    if divisor == 0:
        raise Undefined("value.division_by_zero")
    try:
        remainder = CONTEXT.remainder(dividend, divisor)
    except decimal.InvalidOperation:
        raise Undefined("value.overflow") from None
    return CONTEXT.add(remainder, divisor) if remainder and (remainder < 0) != (divisor < 0) else remainder


def _sum(numbers: tuple[Decimal, ...]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = CONTEXT.add(total, number)
    return total


def _mean(numbers: tuple[Decimal, ...]) -> Decimal:
    return CONTEXT.divide(_sum(_not_empty("mean", numbers)), Decimal(len(numbers)))


def _not_empty(function: str, items: tuple[Any, ...]) -> tuple[Any, ...]:
    if not items:
        raise Undefined("value.empty_list", function=function)
    return items


def _date(*parts: Any) -> datetime.date:
    if len(parts) == 1 and isinstance(parts[0], datetime.date):
        return parts[0]
    found = temporal.read_date(parts[0]) if len(parts) == 1 else _calendar_date(*map(_whole, parts))
    if found is None:
        raise Undefined("value.no_such_date", found="-".join(map(str, parts)))
    return found


def _calendar_date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _age(birth: datetime.date, on: datetime.date) -> Decimal:
    """Completed years; someone born on 29 February completes a year on 1 March of a common year (民法典 200 to 202)."""
    if on < birth:
        raise Undefined("value.not_born", birth=birth, on=on)
    return Decimal(on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day)))


def _duration(text: str) -> datetime.timedelta | Months:
    found = temporal.read_duration(text)
    if found is None:
        raise Undefined("value.no_such_duration", found=text)
    return found


def _one(name: str, kind: str, result: Result, apply: Callable[..., Any], **more: Any) -> tuple[Signature, ...]:
    return (Signature(((name, kind),), result, apply, **more),)


def _over(kind: str, result: Result, apply: Callable[..., Any]) -> tuple[Signature, ...]:
    return _one("list", kind, result, apply, variadic=True, strict=False)


def _text_test(apply: Callable[[str, str], bool]) -> tuple[Signature, ...]:
    return (Signature((("string", "text"), ("match", "text")), _always(BOOLEAN), apply),)


def _rounding(mode: str, optional: int = 0) -> tuple[Signature, ...]:
    return (Signature((("n", "number"), ("scale", "number")), _same, partial(_rounded, mode), optional=optional),)


_DATE_PARTS = (("year", "number"), ("month", "number"), ("day", "number"))

FUNCTIONS: dict[str, tuple[Signature, ...]] = {
    "not": _one("negand", "boolean", _always(BOOLEAN), lambda truth: not truth),
    "count": _one("list", "list", _count, lambda items: Decimal(len(items)), strict=False),
    "sum": _over("numbers", _item, _sum),
    "min": _over("ordered", _item, lambda items: min(_not_empty("min", items))),
    "max": _over("ordered", _item, lambda items: max(_not_empty("max", items))),
    "mean": _over("numbers", _item, _mean),
    "any": _over("booleans", _always(BOOLEAN), any),
    "all": _over("booleans", _always(BOOLEAN), all),
    "list contains": (
        Signature(
            (("list", "list"), ("element", "any")), _always(BOOLEAN), lambda items, item: item in items, strict=False
        ),
    ),
    "contains": _text_test(lambda text, match: match in text),
    "starts with": _text_test(str.startswith),
    "ends with": _text_test(str.endswith),
    "string length": _one("string", "text", _always(NUMBER), lambda text: Decimal(len(text))),
    "upper case": _one("string", "text", _always(TEXT), str.upper),
    "lower case": _one("string", "text", _always(TEXT), str.lower),
    "substring": (
        Signature(
            (("string", "text"), ("start position", "number"), ("length", "number")),
            _always(TEXT),
            _substring,
            optional=1,
        ),
    ),
    "abs": (
        Signature((("n", "number"),), _same, CONTEXT.abs),
        Signature((("n", "duration"),), _same, lambda d: Months(abs(d.count)) if isinstance(d, Months) else abs(d)),
    ),
    "floor": _rounding(decimal.ROUND_FLOOR, optional=1),
    "ceiling": _rounding(decimal.ROUND_CEILING, optional=1),
    "decimal": _rounding(decimal.ROUND_HALF_EVEN),
    "round up": _rounding(decimal.ROUND_UP),
    "round down": _rounding(decimal.ROUND_DOWN),
    "round half up": _rounding(decimal.ROUND_HALF_UP),
    "round half down": _rounding(decimal.ROUND_HALF_DOWN),
    "modulo": (Signature((("dividend", "number"), ("divisor", "number")), _same, _modulo),),
    "date": (
        Signature((("from", "text"),), _always(DATE), _date),
        Signature((("from", "date"),), _always(DATE), _date),
        Signature(_DATE_PARTS, _always(DATE), _date),
    ),
    "duration": _one("from", "duration text", _always(NEVER), _duration),
    "years and months duration": (
        Signature((("from", "date"), ("to", "date")), _always(MONTHS), temporal.months_between),
    ),
    "age on": (Signature((("birth date", "date"), ("date", "date")), _always(NUMBER), _age),),
    "is known": _one("value", "any", _always(BOOLEAN), lambda _: True, strict=False),
}

OUTSIDE = frozenset(
    """date and time|time|now|today|string|number|string join|append|concatenate|flatten|insert before|remove|reverse|sort
    |index of|union|distinct values|duplicate values|product|median|stddev|mode|split|replace|matches|substring before
    |substring after|sqrt|log|exp|odd|even|get value|get entries|context|context put|context merge|sublist|list replace
    |day of year|day of week|month of year|week of year|is|range|before|after|meets|met by|overlaps|overlaps before
    |overlaps after|finishes|finished by|includes|during|starts|started by|coincides""".replace("\n    ", "").split("|")
)
"""Functions that FEEL has and this language has not: refused by name, so that an author is not left guessing."""
