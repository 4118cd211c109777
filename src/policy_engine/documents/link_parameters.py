"""Parameters: dated values of a declared type, each cited or declared not stated; and a deployer's settings."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from policy_engine.documents.forms import CiteForm, ParameterForm, SettingForm, WindowForm
from policy_engine.documents.link_vocabulary import unit_of
from policy_engine.documents.reader import Word, number_of, wrong_kind
from policy_engine.documents.yaml import Scalar
from policy_engine.errors import Problem, problem
from policy_engine.expression import temporal
from policy_engine.expression.types import BOOLEAN, DATE, DAYS, MONTHS, NEVER, TEXT, NumberType, Type
from policy_engine.model.citation import Citation
from policy_engine.model.parameter import DatedValue, Parameter
from policy_engine.values import Months

__all__ = ["link_parameters", "link_values", "overlap", "parameter_value"]

_TYPES: dict[str, Type] = {
    "text": TEXT,
    "date": DATE,
    "boolean": BOOLEAN,
    "days duration": DAYS,
    "months duration": MONTHS,
}

_WANTED: dict[Type, str] = {DAYS: "days duration (P7D)", MONTHS: "months duration (P3M)", DATE: "date (YYYY-MM-DD)"}
"""Types of parameters with how to write them."""


def link_parameters(
    forms: Mapping[Word, ParameterForm], cites: Callable[[Iterable[CiteForm]], tuple[Citation, ...]]
) -> tuple[dict[str, Parameter], list[Problem]]:
    problems: list[Problem] = []
    linked: dict[str, Parameter] = {}
    for word, form in forms.items():
        type_ = _TYPES.get(form.type) or unit_of(form.unit, problems)
        values = link_values(form, type_, cites, problems)
        if values and form.not_stated is not None:
            problems.append(problem("link.stated_and_not", word.span, id=word))
        if not values and form.not_stated is None and form.kind != "external":
            problems.append(problem("link.no_value", word.span, id=word))
        all_cites = form.cites if form.not_stated is None else (*form.cites, form.not_stated)
        cited = bool(all_cites) or (bool(values) and all(value.cites for value in values))
        if not cited and form.kind != "assumption":
            problems.append(problem("link.no_citation", word.span, id=word))
        kind = "external" if form.not_stated is not None else form.kind
        linked[word.text] = Parameter(word.text, form.label, type_, kind, values, cites(all_cites))
    return linked, problems


def link_values(
    form: ParameterForm | SettingForm,
    type_: Type,
    cites: Callable[[Iterable[CiteForm]], tuple[Citation, ...]],
    problems: list[Problem],
) -> tuple[DatedValue, ...]:
    """The dated values of a parameter or of a setting; windows that overlap are reported."""
    source = form.source.text if isinstance(form, SettingForm) else ""
    values: list[tuple[DatedValue, Any]] = []
    if form.value is not None:
        values.append((DatedValue(parameter_value(form.value, type_, problems), source=source), form.span))
    for year, scalar in form.values.items():
        window = _year(year, problems)
        if window is not None:
            value = parameter_value(scalar, type_, problems)
            values.append((DatedValue(value, *window, source=source), year.span))
    values += [(_window(part, type_, source, cites, problems), part.value.span) for part in form.windows]
    for number, (value, span) in enumerate(values):
        if any(overlap(value, earlier) for earlier, _ in values[:number]):
            problems.append(problem("link.windows_overlap", span))
    return tuple(value for value, _ in values)


def _window(part: WindowForm, type_: Type, source: str, cites: Any, problems: list[Problem]) -> DatedValue:
    if part.from_ and part.to and part.to < part.from_:
        problems.append(problem("link.window_backwards", part.value.span))
    value = parameter_value(part.value, type_, problems)
    return DatedValue(value, part.from_, part.to, cites(part.cites), source)


def _year(word: Word, problems: list[Problem]) -> tuple[datetime.date, datetime.date] | None:
    if len(word.text) == 4 and word.text.isdecimal() and word.text.isascii() and int(word.text) >= 1:
        year = int(word.text)
        return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    problems.append(problem("link.not_a_year", word.span, found=word))
    return None


def overlap(one: DatedValue, other: DatedValue) -> bool:
    """Is there a day on which both hold?"""
    first, last = datetime.date.min, datetime.date.max
    return (one.from_ or first) <= (other.to or last) and (other.from_ or first) <= (one.to or last)


def parameter_value(scalar: Scalar, type_: Type, problems: list[Problem]) -> Any:
    """The scalar as a value of the parameter's type; None, with a problem, where it is none."""
    found = _value(scalar, type_)
    if found is None:
        problems.append(wrong_kind(scalar, _WANTED.get(type_, type_)))
    return found


def _value(scalar: Scalar, type_: Type) -> Any:
    if isinstance(type_, NumberType) or type_ == NEVER:
        return number_of(scalar)
    if type_ == TEXT:
        return scalar.text
    if type_ == BOOLEAN:
        return {"true": True, "false": False}.get(scalar.text)
    if type_ == DATE:
        return temporal.read_date(scalar.text)
    duration = temporal.read_duration(scalar.text)
    return duration if isinstance(duration, Months) == (type_ == MONTHS) else None
