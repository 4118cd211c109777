"""The vocabulary of a pack: the core's facts, its own, and the judgements that its readings leave to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from policy_engine.documents.forms import FactForm, ReadingForm
from policy_engine.documents.reader import Word
from policy_engine.documents.scope import Names, entry_names, subject_names
from policy_engine.errors import Problem, problem
from policy_engine.expression.check import check
from policy_engine.expression.lex import ExpressionText
from policy_engine.expression.names import nearest
from policy_engine.expression.parse import parse
from policy_engine.expression.types import BOOLEAN, DATE, TEXT, CodeType, ListType, NumberType, Option, Type
from policy_engine.model.core import CORE
from policy_engine.model.label import Label
from policy_engine.model.vocabulary import SUBJECTS, Fact, RecordForm, Vocabulary
from policy_engine.values import Unit

__all__ = ["link_vocabulary", "unit_of"]


def link_vocabulary(
    additions: Mapping[Word, Mapping[Word, FactForm]], readings: Mapping[Word, ReadingForm]
) -> tuple[Vocabulary, list[Problem]]:
    """The whole vocabulary, every derived fact typed."""
    problems: list[Problem] = []
    facts: dict[str, list[Fact]] = {}
    for word, forms in additions.items():
        known = [form.id for form in CORE.forms]
        if word.text not in known:
            near = nearest(word.text, known)
            problems.append(problem("form.unknown_key", word.span, key=word, near=near))
            continue
        for id_, form in forms.items():
            if CORE.form(word.text).find(id_.text) is not None:
                problems.append(problem("link.name_taken", id_.span, id=id_, kind="fact"))
            else:
                facts.setdefault(word.text, []).append(_fact(id_, form, problems))
    for word, reading in readings.items():
        if any(option.is_.text == "judgement" for option in reading.options.values()):
            term = Label(zh=reading.reads.words.text if reading.reads.words else word.text, en=word.text)
            judgement = Fact(word.text, term, BOOLEAN, question=reading.question, judgement=True)
            facts.setdefault(reading.about, []).append(judgement)
    vocabulary = CORE.extended(facts) if facts else CORE
    return _derived(vocabulary, problems), problems


def unit_of(word: Word | None, problems: list[Problem]) -> NumberType:
    """The number type of a declared unit; an unknown unit is reported."""
    try:
        return NumberType(Unit.parse(word.text if word else ""))
    except ValueError:
        assert word is not None
        problems.append(problem("link.unknown_unit", word.span, found=word))
        return NumberType()


def _fact(id_: Word, form: FactForm, problems: list[Problem]) -> Fact:
    simple: dict[str, Type] = {"boolean": BOOLEAN, "text": TEXT, "date": DATE}
    item = form.type.removeprefix("list of ")
    if item == "number":
        type_: Type = unit_of(form.unit, problems)
    elif item == "code":
        options = tuple(Option(word.text, label.zh, label.en) for word, label in form.options.items())
        type_ = CodeType(id_.text, options)
        if len(options) < 2:
            problems.append(problem("form.missing_key", id_.span, key="options"))
    else:
        type_ = simple[item]
    return Fact(
        id=id_.text,
        label=form.label,
        type=ListType(type_) if form.type.startswith("list of ") else type_,
        question=form.ask,
        personal=form.personal,
        changeable=form.changeable,
        judgement=form.judgement,
        derived=form.derived.text if form.derived else "",
        applies=form.applies.text if form.applies else "",
        otherwise=form.otherwise.text if form.otherwise else "",
    )


def _derived(vocabulary: Vocabulary, problems: list[Problem]) -> Vocabulary:
    forms = tuple(_derived_form(form, vocabulary, problems) for form in vocabulary.forms)
    return Vocabulary(forms)


def _derived_form(form: RecordForm, vocabulary: Vocabulary, problems: list[Problem]) -> RecordForm:
    if not any(fact.derived or fact.applies for fact in form):
        return form
    names = _names(form, vocabulary)
    return replace(form, facts=tuple(_with_logic(fact, names, problems) for fact in form))


def _names(form: RecordForm, vocabulary: Vocabulary) -> Names:
    """What a derived fact may name: its neighbours in the record, and the household's facts."""
    if form.id in SUBJECTS:
        return subject_names(form)
    return subject_names(vocabulary.form("household")).joined(entry_names(form))


def _with_logic(fact: Fact, names: Names, problems: list[Problem]) -> Fact:
    changes: dict[str, Any] = {}
    for part, wanted, target in (
        (fact.derived, fact.type, "derived_by"),
        (fact.applies, BOOLEAN, "applies_when"),
        (fact.otherwise, fact.type, "otherwise_is"),
    ):
        if not part:
            continue
        node, found = parse(ExpressionText.of(part, f"<{fact.id}>"))
        if node is not None:
            node, found = check(node, names, wanted)
            changes[target] = node
        problems += found
    return replace(fact, **changes) if changes else fact
