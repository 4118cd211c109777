"""The core vocabulary as pydantic models, so that programs and type checkers know every fact."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.expression.types import BOOLEAN, DATE, CodeType, ListType, NumberType, RecordType, Type
from policy_engine.model.core import CORE
from policy_engine.model.core_codes import SOURCE
from policy_engine.model.vocabulary import SUBJECTS, Fact, RecordForm

__all__ = ["typed_facts"]

_HEAD = '''"""The facts of the core vocabulary as typed models. Generated from `model/core.py` by `make generate`; do not edit."""

# ruff: noqa: E501
from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, WrapSerializer

from policy_engine.values import Record

'''

_BASE = '''
Bool = Annotated[bool, Strict()]
Date = Annotated[datetime.date, Strict()]
Number = Annotated[int, Strict()] | Annotated[Decimal, Strict()]
"""Nothing is guessed: no text or binary float is taken for a number, no number for a truth."""
Text = Annotated[str, Strict()]

Key = TypeVar("Key", int, str)
Item = TypeVar("Item")
Frozen = Annotated[
    Mapping[Key, Item], AfterValidator(Record), WrapSerializer(lambda found, write: write(dict(found)))
]


class Evidence(BaseModel):
    """Where a fact comes from, who vouches for it, when it was seen and when it was known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: SourceCode | None = None
    by: Text | None = None
    observed_on: Date | None = None
    known_on: Date | None = None
    reference: Text | None = None
    complete_to: Date | None = None


class _Record(BaseModel):
    """Facts of one kind of record; what is not given is not known. `evidence` is by the name of the fact.

    Facts that a pack adds may be given too; they are checked when the pack decides. Immutable and hashable.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    evidence: Frozen[str, Evidence] = Record()

    def facts(self) -> dict[str, Any]:
        """The facts as a facts file has them."""
        given = {name: _plain(value) for name, value in self if name != "evidence" and value is not None}
        for name, evidence in self.evidence.items():
            given[name] = {"value": given.get(name), **evidence.model_dump(exclude_none=True)}
        return given


def _plain(value: Any) -> Any:
    if isinstance(value, _Record):
        return value.facts()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value

'''


def typed_facts() -> str:
    """The text of `typed_facts.py`."""
    ordered = [form for form in reversed(CORE.forms) if form.id not in SUBJECTS]
    ordered += [CORE.form(subject) for subject in SUBJECTS]
    done: list[RecordForm] = []
    while len(done) < len(ordered):
        ready = [form for form in ordered if form not in done and _needs(form) <= {known.id for known in done}]
        done += ready
    names = ["Evidence", *(_class(form.id) for form in done)]
    lines = [_HEAD + f"__all__ = {sorted(names)!r}".replace("'", '"'), ""]
    lines += [
        f"{_code(type_.name)} = Literal[{', '.join(map(repr, type_.ids))}]".replace("'", '"') for type_ in _codes()
    ]
    return "\n".join(lines) + _BASE + "\n\n".join("\n".join(_model(form)) for form in done) + "\n"


def _needs(form: RecordForm) -> set[str]:
    items = [fact.type.item if isinstance(fact.type, ListType) else fact.type for fact in form]
    return {item.name for item in items if isinstance(item, RecordType)}


def _class(id_: str) -> str:
    return "".join(part.capitalize() for part in id_.split("_"))


def _code(name: str) -> str:
    return _class(name) + "Code"


def _codes() -> list[CodeType]:
    found = {SOURCE.name: SOURCE}
    for form in CORE.forms:
        for fact in form:
            item = fact.type.item if isinstance(fact.type, ListType) else fact.type
            if isinstance(item, CodeType):
                found[item.name] = item
    return [found[name] for name in sorted(found)]


def _model(form: RecordForm) -> Iterator[str]:
    yield f"class {_class(form.id)}(_Record):"
    yield f'    """{form.label.zh} · {form.label.en}."""'
    yield ""
    if form.id in SUBJECTS:
        yield f'    subject: Literal["{form.id}"] = "{form.id}"'
        yield '    as_of: Date | None = Field(default=None, description="the day the facts describe")'
    for fact in form:
        yield f"    {fact.id}: {_annotation(fact)} | None = Field(default=None, description={_description(fact)!r})".replace(
            "'", '"'
        )
    yield ""


def _description(fact: Fact) -> str:
    unit = f" ({fact.type.unit})" if isinstance(fact.type, NumberType) and str(fact.type.unit) else ""
    judged = "; a judgement: give evidence with by and observed_on" if fact.judgement else ""
    return f"{fact.label.zh} · {fact.label.en}{unit}{judged}".replace("'", "’")


def _annotation(fact: Fact) -> str:
    return f"Frozen[int, {_type(fact.type)}]" if fact.by_year else _type(fact.type)


def _type(type_: Type) -> str:
    if isinstance(type_, ListType):
        return f"tuple[{_type(type_.item)}, ...]"
    if isinstance(type_, RecordType):
        return _class(type_.name)
    if isinstance(type_, CodeType):
        return _code(type_.name)
    if isinstance(type_, NumberType):
        return "Number"
    return "Bool" if type_ == BOOLEAN else "Date" if type_ == DATE else "Text"
