"""What the documents talk about: facts, the records they form, and the subjects that are decided about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from policy_engine.expression.tree import Node
from policy_engine.expression.types import BOOLEAN, DATE, TEXT, CodeType, ListType, NumberType, RecordType, Type
from policy_engine.model.label import Label
from policy_engine.model.paths import parts
from policy_engine.values import Unit

__all__ = ["SUBJECTS", "YEARS", "Fact", "RecordForm", "Vocabulary", "kind_of", "record_type"]

SUBJECTS = ("household", "village", "area")
YEARS = {"this_year": 0, "last_year": -1}
"""Names under which the figures of a year are looked up, as a distance from the year of the date asked about."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that can be known about a subject or a record.

    `derived` gives the value where the fact itself is not supplied; `applies` with `otherwise` says that the fact has
    a meaning only under a condition. `by_year` facts hold a record for each year. `events` are complete up to the
    day the facts describe: what may have happened after it is unknown. `personal` facts, and all that is below them, tell
    something about people: they are masked in what is shown to others.
    """

    id: str
    label: Label
    type: Type
    question: Label = Label()
    personal: bool = False
    changeable: bool = False
    judgement: bool = False
    by_year: bool = False
    events: bool = False
    derived: str = ""
    applies: str = ""
    otherwise: str = ""
    derived_by: Node | None = None
    applies_when: Node | None = None
    otherwise_is: Node | None = None
    note: Label = Label()


@dataclass(frozen=True)
class RecordForm:
    """A kind of record and its facts, in the order in which they are shown and asked for."""

    id: str
    label: Label
    facts: tuple[Fact, ...]
    unit: Unit = Unit()

    @cached_property
    def _by_name(self) -> dict[str, Fact]:
        by_label = {fact.label.zh: fact for fact in self.facts}
        return by_label | {fact.id: fact for fact in self.facts}

    def find(self, name: str) -> Fact | None:
        """The fact with this id or Chinese label."""
        return self._by_name.get(name)

    @cached_property
    def simple(self) -> dict[str, tuple[str, str, Type]]:
        """The facts that hold one value and need nobody to vouch for them: by each name, the id, the kind and the type."""
        return {
            name: (fact.id, kind, fact.type)
            for name, fact in self._by_name.items()
            if not (fact.judgement or fact.by_year) and (kind := kind_of(fact.type))
        }

    @cached_property
    def places(self) -> dict[str, tuple[int, Fact]]:
        """Each step that a path may take from here: the fact's place and the fact; the years lead to the figures by year."""
        found = {fact.id: (place, fact) for place, fact in enumerate(self.facts)}
        yearly = next((entry for entry in found.values() if entry[1].by_year), None)
        return found if yearly is None else dict.fromkeys(YEARS, yearly) | found

    def ordered(self, entries: Mapping[str, Any]) -> dict[str, Any]:
        """What is known of a record, by id, in the order of the form: whoever wrote it in whatever order, it is the same."""
        return {id_: entries[id_] for id_ in sorted(entries, key=self._ranks.__getitem__)}

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {fact.id: rank for rank, fact in enumerate(self.facts)}

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts)


def kind_of(type_: Type) -> str:
    """What a value of this type is: `amount` (of money), `count`, `number`, `code`, `boolean`, `date`, `text`; else empty."""
    if isinstance(type_, NumberType):
        unit = str(type_.unit or "")
        return "count" if unit in ("person", "household") else "amount" if "CNY" in unit else "number"
    if isinstance(type_, CodeType):
        return "code"
    return type_.name if type_ in (BOOLEAN, DATE, TEXT) else ""


def record_type(form: RecordForm) -> RecordType:
    """The expression type of a record of this form."""
    labels = tuple((fact.label.zh, fact.id) for fact in form.facts if fact.label.zh.isidentifier())
    return RecordType(form.id, tuple((fact.id, fact.type) for fact in form.facts), labels, form.unit)


@dataclass(frozen=True, repr=False)
class Vocabulary:
    """All forms by id; the subjects are among them."""

    forms: tuple[RecordForm, ...]

    def __repr__(self) -> str:
        return f"Vocabulary({', '.join(form.id for form in self.forms)})"

    def form(self, id_: str) -> RecordForm:
        return self._by_id[id_]

    @cached_property
    def _by_id(self) -> dict[str, RecordForm]:
        return {form.id: form for form in self.forms}

    def extended(self, additions: Mapping[str, Iterable[Fact]]) -> Vocabulary:
        """With more facts in some forms; the types of records that hold these forms grow with them."""
        grown = {form.id: replace(form, facts=(*form.facts, *additions.get(form.id, ()))) for form in self.forms}
        return Vocabulary(tuple(_retyped(form, grown) for form in grown.values()))

    def steps(self, subject: str, path: str) -> Iterator[tuple[int, int, Fact]]:
        """Along a path such as `members[2].health` or `last_year.net_income`: place in the form, index or year, fact."""
        form: RecordForm | None = self.form(subject)
        for name, number in _named(path):
            if form is None or name not in form.places:
                return
            place, fact = form.places[name]
            yield place, -YEARS.get(name, 0) if number is None else number, fact
            form = self._below(fact.type)

    def fact(self, subject: str, path: str) -> Fact | None:
        """The fact at the end of a path, or None where the path leads nowhere."""
        found = [fact for _, _, fact in self.steps(subject, path)]
        return found[-1] if found and len(found) == len(_named(path)) else None

    def personal(self, subject: str, path: str) -> bool:
        """Is the fact at the end of a path personal, or anything that it is a part of?"""
        return any(fact.personal for _, _, fact in self.steps(subject, path))

    def order(self, subject: str, path: str) -> tuple[tuple[int, int], ...]:
        """Where the path stands in the vocabulary, for sorting."""
        return tuple((place, index) for place, index, _ in self.steps(subject, path)) or ((len(self.forms) * 999, 0),)

    def stored(self, subject: str, path: str, year: int) -> str:
        """The path as facts are stored: `this_year.income` as `finances.2021.income`."""
        if YEARS.keys().isdisjoint(path.split(".")):
            return path
        form: RecordForm | None = self.form(subject)
        stored: list[str] = []
        for part, (name, _) in zip(path.split("."), parts(path), strict=True):
            _, fact = form.places.get(name, (0, None)) if form is not None else (0, None)
            stored += [fact.id, str(year + YEARS[name])] if fact is not None and name in YEARS else [part]
            form = self._below(fact.type) if fact is not None else None
        return ".".join(stored)

    def names(self, subject: str, path: str) -> Iterator[tuple[tuple[str, ...], int | None]]:
        """Along a path as facts are stored: the names under which a file may write each step, and the item's number."""
        form: RecordForm | None = self.form(subject)
        for name, number in parts(path):
            fact = form.find(name) if form is not None else None
            yield (name,) if fact is None else (fact.id, fact.label.zh), number
            form = form if name.isdigit() else self._below(fact.type) if fact is not None else None

    def _below(self, type_: Type) -> RecordForm | None:
        item = type_.item if isinstance(type_, ListType) else type_
        return self.form(item.name) if isinstance(item, RecordType) else None


def _named(path: str) -> list[tuple[str, int | None]]:
    """The steps of a path; a year under a fact by year is no step of its own."""
    return [part for part in parts(path) if not part[0].isdigit()]


def _retyped(form: RecordForm, grown: Mapping[str, RecordForm]) -> RecordForm:
    def retyped(type_: Type) -> Type:
        if isinstance(type_, ListType):
            return ListType(retyped(type_.item))
        return record_type(_retyped(grown[type_.name], grown)) if isinstance(type_, RecordType) else type_

    return replace(form, facts=tuple(replace(fact, type=retyped(fact.type)) for fact in form.facts))
