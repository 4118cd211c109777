"""Values and facts as JSON and back, exactly: numbers as their digits, dates and durations as ISO texts, never a float."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from policy_engine.expression import temporal
from policy_engine.expression.types import BOOLEAN, DATE, DAYS, MONTHS, ListType, NumberType, RecordType, Type
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
        return tuple(decode(item, type_.item) for item in data)
    if isinstance(type_, RecordType):
        return Record({name: decode(data[name], entry) for name, entry in type_.entries if name in data})
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
    return _text(data)


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise TypeError(data)
    return data


def decode_record(data: Mapping[str, Any], form: RecordForm, vocabulary: Vocabulary, path: str = "") -> FactRecord:
    """A record of facts from its JSON, every record in it with its form and path; KeyError on a fact it does not have."""
    strange = set(data) - {fact.id for fact in form}
    if strange:
        raise KeyError(", ".join(sorted(strange)))
    below = f"{path}." if path else ""
    return FactRecord(
        {fact.id: _fact(data[fact.id], fact, vocabulary, below + fact.id) for fact in form if fact.id in data},
        form.id,
        path,
    )


def _fact(data: Any, fact: Fact, vocabulary: Vocabulary, path: str) -> Value:
    type_ = fact.type
    if fact.by_year:
        assert isinstance(type_, RecordType)
        form = vocabulary.form(type_.name)
        return Record(
            {year: decode_record(record, form, vocabulary, f"{path}.{year}") for year, record in data.items()}
        )
    if isinstance(type_, RecordType):
        return decode_record(data, vocabulary.form(type_.name), vocabulary, path)
    if isinstance(type_, ListType) and isinstance(type_.item, RecordType):
        form = vocabulary.form(type_.item.name)
        return tuple(
            decode_record(record, form, vocabulary, f"{path}[{number}]") for number, record in enumerate(data, 1)
        )
    return decode(data, type_)
