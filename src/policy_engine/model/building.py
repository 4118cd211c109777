"""Building blocks of the core vocabulary: a line for a fact, with its id, its labels and its type."""

from __future__ import annotations

from typing import Any

from policy_engine.expression.types import (
    BOOLEAN,
    DATE,
    NUMBER,
    TEXT,
    CodeType,
    ListType,
    NumberType,
    Option,
    Type,
)
from policy_engine.model.label import Label
from policy_engine.model.vocabulary import Fact, RecordForm, record_type
from policy_engine.values import Unit

__all__ = [
    "by_year",
    "codes",
    "date",
    "form",
    "judged",
    "listed",
    "money",
    "number",
    "one_of",
    "some_of",
    "text",
    "yes",
]


def fact(id_: str, type_: Type, zh: str, en: str, ask: str = "", **flags: Any) -> Fact:
    """A fact; `ask` is the question to a person as `中文 | English`."""
    zh_ask, _, en_ask = ask.partition(" | ")
    return Fact(id_, Label(zh, en), type_, question=Label(zh_ask, en_ask), **flags)


def text(id_: str, zh: str, en: str, ask: str = "", **flags: Any) -> Fact:
    return fact(id_, TEXT, zh, en, ask, **flags)


def yes(id_: str, zh: str, en: str, ask: str = "", **flags: Any) -> Fact:
    """Yes or no."""
    return fact(id_, BOOLEAN, zh, en, ask, **flags)


def judged(id_: str, zh: str, en: str, ask: str = "", **flags: Any) -> Fact:
    """Yes or no that only people can settle: it counts with by whom and when."""
    return fact(id_, BOOLEAN, zh, en, ask, judgement=True, **flags)


def date(id_: str, zh: str, en: str, ask: str = "", **flags: Any) -> Fact:
    return fact(id_, DATE, zh, en, ask, **flags)


def money(id_: str, zh: str, en: str, ask: str = "", unit: str = "CNY", **flags: Any) -> Fact:
    """Yuan, with at most two decimals."""
    return fact(id_, NumberType(Unit.parse(unit)), zh, en, ask, **flags)


def number(id_: str, zh: str, en: str, ask: str = "", unit: str = "", **flags: Any) -> Fact:
    type_ = NumberType(Unit.parse(unit)) if unit else NUMBER
    return fact(id_, type_, zh, en, ask, **flags)


def codes(name: str, *options: str) -> CodeType:
    """A code list from lines `id 中文 English words`."""
    return CodeType(name, tuple(Option(*option.split(" ", 2)) for option in options))


def one_of(id_: str, type_: CodeType, zh: str, en: str, ask: str = "", **flags: Any) -> Fact:
    return fact(id_, type_, zh, en, ask, **flags)


def some_of(id_: str, type_: Type, zh: str, en: str, ask: str = "", **flags: Any) -> Fact:
    """Any number of codes, texts or dates; an empty list means none."""
    return fact(id_, ListType(type_), zh, en, ask, **flags)


def form(id_: str, zh: str, en: str, *facts: Fact, unit: str = "") -> RecordForm:
    return RecordForm(id_, Label(zh, en), facts, Unit.parse(unit))


def listed(id_: str, of: RecordForm, zh: str, en: str, ask: str = "", **flags: Any) -> Fact:
    """A list of records."""
    return fact(id_, ListType(record_type(of)), zh, en, ask, **flags)


def record(id_: str, of: RecordForm, zh: str, en: str, ask: str = "", **flags: Any) -> Fact:
    return fact(id_, record_type(of), zh, en, ask, **flags)


def by_year(id_: str, of: RecordForm, zh: str, en: str, **flags: Any) -> Fact:
    """Records by year, looked up as `this_year` and `last_year`."""
    return fact(id_, record_type(of), zh, en, by_year=True, **flags)
