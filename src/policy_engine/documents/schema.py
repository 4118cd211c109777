"""JSON Schemas of every file kind, made from the forms and the vocabulary, so that an editor completes and checks."""

from __future__ import annotations

import datetime
import types
import typing
from decimal import Decimal
from typing import Any

from policy_engine.documents.case_forms import EVENT_FORMS, HeaderForm, ProcedureCaseForm
from policy_engine.documents.forms import (
    CaseForm,
    DecisionForm,
    FactForm,
    PackForm,
    ParameterForm,
    ReadingForm,
    SettingsForm,
)
from policy_engine.documents.procedure_forms import DutyForm, ProcedureForm
from policy_engine.documents.reaction_forms import ReactionForm
from policy_engine.documents.read_scenario import ScenarioForm
from policy_engine.documents.reader import Word, form_fields
from policy_engine.documents.yaml import MapNode, Scalar
from policy_engine.expression.lex import ExpressionText
from policy_engine.expression.types import BOOLEAN, DATE, CodeType, ListType, NumberType, RecordType, Type
from policy_engine.model.core import CORE
from policy_engine.model.core_codes import SOURCE
from policy_engine.model.label import Label
from policy_engine.model.vocabulary import SUBJECTS, Fact, RecordForm, Vocabulary

__all__ = ["FILE_KINDS", "facts_schema", "schema_of"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BY_ID = {"pattern": "^[a-z][a-z0-9_]*$"}

FILE_KINDS: dict[str, Any] = {
    "pack": PackForm,
    "parameters": dict[Word, ParameterForm],
    "readings": dict[Word, ReadingForm],
    "rules": dict[Word, DecisionForm],
    "vocabulary": dict[Word, dict[Word, FactForm]],
    "procedures": dict[Word, ProcedureForm],
    "duties": dict[Word, DutyForm],
    "reactions": dict[Word, ReactionForm],
    "case": CaseForm,
    "procedure_case": ProcedureCaseForm,
    "case_file": (HeaderForm, *EVENT_FORMS.values()),
    "settings": SettingsForm,
    "scenario": ScenarioForm,
    "facts": None,
}
"""The form of a document of each kind; of several forms it is one of them. Facts have the form of a vocabulary."""


def schema_of(kind: str, vocabulary: Vocabulary = CORE) -> dict[str, Any]:
    """The schema of a file kind; `facts` has the facts of this vocabulary."""
    if kind == "facts":
        return facts_schema(vocabulary)
    definitions: dict[str, Any] = {}
    root = _schema(FILE_KINDS[kind], definitions)
    return {"$schema": _DIALECT, "title": kind, **root, "$defs": definitions}


_TEXT = {"type": ["string", "number", "integer"]}
_SIMPLE: dict[Any, dict[str, Any]] = {
    str: _TEXT,
    Word: _TEXT,
    ExpressionText: {"type": ["string", "number", "boolean"], "description": "an expression (docs/language.md)"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    Decimal: {"type": "number"},
    datetime.date: {"type": "string", "format": "date"},
    Scalar: {"type": ["string", "number", "boolean"]},
    MapNode: {"type": "object"},
    Label: {
        "oneOf": [
            {"type": "string"},
            {
                "type": "object",
                "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
                "additionalProperties": False,
            },
        ]
    },
}


def _schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if hasattr(kind, "_field_defaults"):
        return _form(kind, definitions)
    if isinstance(kind, tuple):
        return {"oneOf": [_schema(form, definitions) for form in kind]}
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _schema(next(part for part in arguments if part is not type(None)), definitions)
    if origin is tuple:
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1], definitions)}
    return {"enum": list(arguments)}


def _form(form: type, definitions: dict[str, Any]) -> dict[str, Any]:
    name = form.__name__
    reference = {"$ref": f"#/$defs/{name}"}
    if name in definitions:
        return reference
    definitions[name] = {}
    fields = form_fields(form)
    schema: dict[str, Any] = {
        "type": "object",
        "description": " ".join((form.__doc__ or "").split()),
        "properties": {key: _schema(kind, definitions) for key, (_, kind, _) in fields.items()},
        "required": [key for key, (_, _, required) in fields.items() if required],
        "additionalProperties": False,
    }
    short = form.short() if hasattr(form, "short") else ""
    definitions[name] = {"oneOf": [_schema(fields[short][1], definitions), schema]} if short else schema
    return reference


# ---- facts


def facts_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """A facts file: a household, village or area, each fact bare or with its evidence."""
    definitions = {form.id: _record(form) for form in vocabulary.forms}
    for subject in SUBJECTS:
        properties = definitions[subject]["properties"]
        properties |= {
            "format": {"const": 1},
            "subject": {"const": subject},
            "as_of": {"type": "string", "format": "date", "description": "the day the facts describe"},
        }
    definitions["evidence"] = _evidence()
    others = [{"$ref": f"#/$defs/{subject}"} for subject in SUBJECTS[1:]]
    named = [{**other, "required": ["subject"]} for other in others]
    return {
        "$schema": _DIALECT,
        "title": "facts",
        "anyOf": [{"$ref": "#/$defs/household"}, *named],
        "$defs": definitions,
    }


def _record(form: RecordForm) -> dict[str, Any]:
    return {
        "type": "object",
        "description": f"{form.label.zh} · {form.label.en}",
        "properties": {name: _fact(fact) for fact in form for name in (fact.id, fact.label.zh) if name},
        "additionalProperties": False,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    value = _value(fact.type)
    if fact.by_year:
        value = {"type": "object", "patternProperties": {"^\\d{4}$": value}, "additionalProperties": False}
    unit = f" ({fact.type.unit})" if isinstance(fact.type, NumberType) and str(fact.type.unit) else ""
    described = {"description": f"{fact.label.zh} · {fact.label.en}{unit}"}
    with_evidence = {"allOf": [{"$ref": "#/$defs/evidence"}], "properties": {"value": value}}
    return {**described, "anyOf": [value, {"type": "null"}, with_evidence]}


def _value(type_: Type) -> dict[str, Any]:
    if isinstance(type_, NumberType):
        return {"type": "number"}
    if isinstance(type_, CodeType):
        return {"enum": [name for option in type_.options for name in (option.id, option.zh) if name]}
    if isinstance(type_, ListType):
        return {"type": "array", "items": _value(type_.item)}
    if isinstance(type_, RecordType):
        return {"$ref": f"#/$defs/{type_.name}"}
    if type_ == BOOLEAN:
        return {"enum": [True, False, "是", "否"]}
    return {"type": "string", "format": "date"} if type_ == DATE else {"type": ["string", "number"]}


def _evidence() -> dict[str, Any]:
    date = {"type": "string", "format": "date"}
    return {
        "type": "object",
        "properties": {
            "value": {},
            "source": _value(SOURCE),
            "by": {"type": "string"},
            "observed_on": date,
            "known_on": date,
            "reference": {"type": ["string", "number"]},
            "complete_to": date,
        },
        "required": ["value"],
        "additionalProperties": False,
    }
