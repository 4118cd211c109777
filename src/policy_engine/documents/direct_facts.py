"""Facts straight from Python data, where all of it is in order: the same facts as `read_facts` reads, sooner.

Programs hand over data that is nearly always in order. Anything else (a name that is not known, a value of another
kind, something worth a warning) is left to `read_facts`, which says what is wrong and where.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from policy_engine.documents.plain_data import is_text
from policy_engine.expression import temporal
from policy_engine.expression.types import DATE, TEXT, CodeType, ListType, NumberType, RecordType, Type
from policy_engine.model.core_codes import SOURCE
from policy_engine.model.facts import Evidence, FactRecord, Facts
from policy_engine.model.vocabulary import SUBJECTS, Fact, RecordForm, Vocabulary, kind_of
from policy_engine.values import CONTEXT, Record

__all__ = ["MAX_AMOUNT", "direct_facts", "out_of_range", "per_head_differences"]

_SIMPLE = {str, int, float, bool, Decimal, datetime.date}
_BITS, _DIGITS = 100, 90
_FEN = Decimal("0.01")
MAX_AMOUNT = Decimal(10) ** 12
"""Amounts in yuan are smaller than this in size."""


class _OutOfTheOrdinary(Exception):
    """For `read_facts` to look at."""


def direct_facts(data: Any, vocabulary: Vocabulary) -> Facts | None:
    """The facts, or None where something is out of the ordinary."""
    if not isinstance(data, Mapping):
        return None
    try:
        return _Reader(vocabulary).subject(data)
    except _OutOfTheOrdinary:
        return None


def out_of_range(number: Decimal, type_: NumberType) -> str:
    """The code of the problem with an amount or a count that cannot be; empty where it can."""
    kind = kind_of(type_)
    if kind == "amount" and not _is_amount(number):
        return "facts.bad_amount"
    if kind == "count" and not _is_count(number):
        return "facts.bad_count"
    return ""


def _is_amount(number: Decimal) -> bool:
    return -MAX_AMOUNT < number < MAX_AMOUNT and number == CONTEXT.quantize(number, _FEN)


def _is_count(number: Decimal) -> bool:
    return 0 <= number < 10**9 and number == number.to_integral_value()


def per_head_differences(root: FactRecord) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Incomes per head that are not the income through the number of people: path, as given, as derived."""
    members, size = root.get("members"), root.get("household_size")
    people = size or (Decimal(len(members)) if members else None)
    if not people or root.form != "household":
        return
    for year, record in root.get("finances", Record()).items():
        for name in ("income", "net_income", "disposable_income"):
            total, each = record.get(name), record.get(f"{name}_per_head")
            if total is not None and each is not None:
                derived = CONTEXT.divide(total, people)
                if CONTEXT.subtract(derived, each).copy_abs() >= _FEN:
                    yield f"finances.{year}.{name}_per_head", each, derived.quantize(_FEN, context=CONTEXT)


class _Reader:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.evidence: dict[str, Evidence] = {}
        self.vouched = 0
        """How many of the values around are vouched for."""

    def subject(self, data: Mapping[str, Any]) -> Facts:
        kind, as_of, format_ = data.get("subject"), data.get("as_of"), data.get("format")
        if not (kind is None or (type(kind) is str and kind in SUBJECTS)) or type(format_) not in (int, type(None)):
            raise _OutOfTheOrdinary
        if format_ not in (None, 1):
            raise _OutOfTheOrdinary
        form = self.vocabulary.form(kind or "household")
        root = self.record({key: data[key] for key in data if key not in ("subject", "as_of", "format")}, form, "")
        self.check_household(root)
        return Facts(form.id, root, None if as_of is None else _date(as_of), Record(self.evidence))

    def check_household(self, root: FactRecord) -> None:
        members, size = root.get("members"), root.get("household_size")
        if members == () or size == 0 or (members is not None and size is not None and size != len(members)):
            raise _OutOfTheOrdinary
        if any(per_head_differences(root)):
            raise _OutOfTheOrdinary

    def record(self, data: Any, form: RecordForm, path: str) -> FactRecord:
        if not isinstance(data, Mapping):
            raise _OutOfTheOrdinary
        entries: dict[str, Any] = {}
        simple = form.simple
        for key, given in data.items():
            id_, kind, type_ = simple.get(key, _NOT_SIMPLE) if type(given) in _SIMPLE else _NOT_SIMPLE
            if id_ and id_ not in entries and type(key) is str:
                entries[id_] = _WAYS[kind](given, type_)
                continue
            fact = form.find(key) if type(key) is str else None
            if fact is None or fact.id in entries:
                raise _OutOfTheOrdinary
            found = None if given is None else self.fact(given, fact, f"{path}.{fact.id}" if path else fact.id)
            if found is not None:
                entries[fact.id] = found
        return FactRecord(form.ordered(entries), form.id, path)

    def fact(self, given: Any, fact: Fact, path: str) -> Any:
        if isinstance(given, Mapping) and "value" in given:
            return self.with_evidence(given, fact, path)
        return self.bare(given, fact, path)

    def bare(self, given: Any, fact: Fact, path: str) -> Any:
        if fact.judgement and not self.vouched:
            raise _OutOfTheOrdinary
        return self.years(given, fact, path) if fact.by_year else self.value(given, fact.type, path)

    def with_evidence(self, given: Mapping[str, Any], fact: Fact, path: str) -> Any:
        evidence = self.evidence_of(given)
        if given["value"] is None:
            return None
        vouches = bool(evidence.by and evidence.observed_on)
        self.vouched += vouches
        value = self.bare(given["value"], fact, path)
        self.vouched -= vouches
        self.evidence[path] = evidence
        return value

    def evidence_of(self, given: Mapping[str, Any]) -> Evidence:
        found: dict[str, Any] = {}
        for key, value in given.items():
            if value is None or key == "value":
                continue
            if key in ("observed_on", "known_on", "complete_to"):
                found[key] = _date(value)
            elif key == "source":
                found[key] = _code(value, SOURCE)
            elif key in ("by", "reference"):
                found[key] = _text(value)
            else:
                raise _OutOfTheOrdinary
        return Evidence(**found)

    def years(self, given: Any, fact: Fact, path: str) -> Record:
        if not isinstance(given, Mapping):
            raise _OutOfTheOrdinary
        assert isinstance(fact.type, RecordType)
        form = self.vocabulary.form(fact.type.name)
        records: dict[str, FactRecord] = {}
        for key, value in given.items():
            year = str(key)
            if not (len(year) == 4 and year.isascii() and year.isdecimal()) or year in records:
                raise _OutOfTheOrdinary
            if value is not None:
                records[year] = self.record(value, form, f"{path}.{year}")
        return Record(sorted(records.items()))

    # ---- values

    def value(self, given: Any, type_: Type, path: str) -> Any:
        if isinstance(type_, ListType):
            return self.items(given, type_.item, path)
        if isinstance(type_, RecordType):
            return self.record(given, self.vocabulary.form(type_.name), path)
        return _simple(given, type_)

    def items(self, given: Any, item: Type, path: str) -> tuple[Any, ...]:
        if not isinstance(given, (list, tuple)):
            raise _OutOfTheOrdinary
        found = tuple(self.value(part, item, f"{path}[{number}]") for number, part in enumerate(given, 1))
        if isinstance(item, RecordType):
            codes = [code for record in found if (code := record.get(f"{item.name}_id")) is not None]
            if len(set(codes)) < len(codes):
                raise _OutOfTheOrdinary
        return found


# ---- simple values


def _simple(given: Any, type_: Type) -> Any:
    way = _WAYS.get(kind_of(type_))
    if way is None:
        raise _OutOfTheOrdinary
    return way(given, type_)


def _number(given: Any, _: Type) -> Decimal:
    kind = type(given)
    if kind is Decimal:
        number: Decimal = given
    elif kind is float:
        number = Decimal(repr(given))
    elif kind is int and given.bit_length() < _BITS:
        number = Decimal(given)
    else:
        raise _OutOfTheOrdinary
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
        raise _OutOfTheOrdinary
    if kind is Decimal and CONTEXT.plus(number) != number:  # more digits than are computed with
        raise _OutOfTheOrdinary
    return number


def _amount(given: Any, type_: Type) -> Decimal:
    number = _number(given, type_)
    if not _is_amount(number):
        raise _OutOfTheOrdinary
    return number


def _count(given: Any, type_: Type) -> Decimal:
    number = _number(given, type_)
    if not _is_count(number):
        raise _OutOfTheOrdinary
    return number


def _boolean(given: Any, _: Type) -> bool:
    if given is True or given is False:
        return given
    raise _OutOfTheOrdinary


def _code(given: Any, type_: CodeType) -> str:
    option = type_.find(given) if type(given) is str else None
    if option is None:
        raise _OutOfTheOrdinary
    return option.id


def _date(given: Any, _: Type = DATE) -> datetime.date:
    found = given if type(given) is datetime.date else temporal.read_date(given) if type(given) is str else None
    if found is None:
        raise _OutOfTheOrdinary
    return found


def _text(given: Any, _: Type = TEXT) -> str:
    if type(given) is not str or not given.strip() or not (given.isascii() or is_text(given)):
        raise _OutOfTheOrdinary
    return given.strip()


_WAYS: dict[str, Callable[[Any, Any], Any]] = {
    "amount": _amount,
    "count": _count,
    "number": _number,
    "code": _code,
    "boolean": _boolean,
    "date": _date,
    "text": _text,
}
"""How a value of each kind is read."""

_NOT_SIMPLE = ("", "", TEXT)
