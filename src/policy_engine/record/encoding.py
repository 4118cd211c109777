"""Values and facts as JSON and back, exactly: numbers as their digits, dates and durations as ISO texts, never a float."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from policy_engine.expression import temporal
from policy_engine.expression.types import BOOLEAN, DATE, DAYS, MONTHS, CodeType, ListType, NumberType, RecordType, Type
from policy_engine.model.facts import FactRecord
from policy_engine.model.vocabulary import Fact, RecordForm, Vocabulary
from policy_engine.values import Months, Record, Value, format_days, format_number

__all__ = ["decode", "decode_record", "encode", "encode_facts"]


def encode(value: Value) -> Any:
    """Any known value as JSON."""
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Mapping):
        return {name: encode(item) for name, item in value.items()}
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return format_days(value)
    return str(value) if isinstance(value, Months) else format_number(value)


def encode_facts(facts: Value, vocabulary: Vocabulary) -> Any:
    """A record of facts, or a part of one, as JSON; without facts that the vocabulary does not have."""
    if isinstance(facts, FactRecord):
        known = vocabulary.form(facts.form)
        return {name: encode_facts(item, vocabulary) for name, item in facts.items() if known.find(name) is not None}
    if isinstance(facts, Record):
        return {name: encode_facts(item, vocabulary) for name, item in facts.items()}
    if isinstance(facts, tuple):
        return [encode_facts(item, vocabulary) for item in facts]
    return encode(facts)


def decode(data: Any, type_: Type) -> Value:
    """The value of this type from its JSON; ValueError or TypeError where it is none."""
    if isinstance(type_, ListType):
        return tuple(decode(item, type_.item) for item in _list(data))
    if isinstance(type_, RecordType):
        return Record({name: decode(data[name], entry) for name, entry in type_.entries if name in _mapping(data)})
    if isinstance(type_, NumberType):
        return Decimal(_text(data))
    if type_ == DATE:
        return datetime.date.fromisoformat(_text(data))
    if type_ in (DAYS, MONTHS):
        return temporal.read_duration(_text(data))
    if type_ == BOOLEAN:
        if not isinstance(data, bool):
            raise TypeError(data)
        return data
    if isinstance(type_, CodeType) and not ((option := type_.find(_text(data))) and option.id == data):
        raise ValueError(data)
    return _text(data)


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise TypeError(data)
    return data


def _list(data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise TypeError(data)
    return data


def _mapping(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise TypeError(data)
    return data


def decode_record(
    data: Any, form: RecordForm, vocabulary: Vocabulary, path: str = "", *, passed_over: list[str] | None = None
) -> FactRecord:
    """A record of facts from its JSON, every record in it with its form and path.

    KeyError on a fact that the form does not have, ValueError or TypeError on a value that is none of its fact's; with
    `passed_over`, for facts handed in under an earlier pack, the paths of these are added to it and they stay unknown.
    """
    known = {fact.id for fact in form}
    below = f"{path}." if path else ""
    strange = [below + name for name in sorted(set(_mapping(data)) - known)]
    if passed_over is None and strange:
        raise KeyError(", ".join(strange))
    entries = {}
    for fact in form:
        try:
            if fact.id in data:
                entries[fact.id] = _fact(data[fact.id], fact, vocabulary, below + fact.id, passed_over)
        except (ValueError, TypeError, ArithmeticError):
            if passed_over is None:
                raise
            strange.append(below + fact.id)
    if passed_over is not None:
        passed_over += strange
    return FactRecord(entries, form.id, path)


def _fact(data: Any, fact: Fact, vocabulary: Vocabulary, path: str, passed_over: list[str] | None) -> Value:
    type_ = fact.type

    def record(data: Any, type_: RecordType, path: str) -> FactRecord:
        return decode_record(data, vocabulary.form(type_.name), vocabulary, path, passed_over=passed_over)

    if fact.by_year:
        assert isinstance(type_, RecordType)
        return Record({year: record(of_year, type_, f"{path}.{year}") for year, of_year in _mapping(data).items()})
    if isinstance(type_, RecordType):
        return record(data, type_, path)
    if isinstance(type_, ListType) and isinstance(item := type_.item, RecordType):
        return tuple(record(one, item, f"{path}[{number}]") for number, one in enumerate(_list(data), 1))
    return decode(data, type_)
