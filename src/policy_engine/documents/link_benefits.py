"""The list of benefits that a pack declares, linked: its list and its entries are there and are what they must be."""

from __future__ import annotations

from collections.abc import Callable

from policy_engine.documents.forms import BenefitsForm, CiteForm
from policy_engine.documents.reader import Word
from policy_engine.errors import Problem, problem
from policy_engine.expression.names import nearest
from policy_engine.expression.types import DATE, CodeType, ListType, NumberType, RecordType, Type
from policy_engine.model.benefits import BenefitList
from policy_engine.model.citation import Citation
from policy_engine.model.vocabulary import RecordForm, Vocabulary

__all__ = ["link_benefits"]


def link_benefits(
    form: BenefitsForm | None,
    vocabulary: Vocabulary,
    cites: Callable[[tuple[CiteForm, ...]], tuple[Citation, ...]],
    problems: list[Problem],
) -> BenefitList | None:
    """The declared list; None where there is none, or something is wrong with it."""
    if form is None:
        return None
    household = vocabulary.form("household")
    of = _entry(form.of, household, problems, "list of records", _records)
    if of is None:
        return None
    fact = household.find(of)
    assert fact is not None
    assert isinstance(fact.type, ListType)
    assert isinstance(fact.type.item, RecordType)
    record = vocabulary.form(fact.type.item.name)
    on = _entry(form.on, record, problems, "date", lambda type_: type_ == DATE)
    kind = _entry(form.kind, record, problems, "code", lambda type_: isinstance(type_, CodeType))
    amount = _entry(form.amount, record, problems, "CNY", _money)
    if on is None or kind is None or amount is None:
        return None
    return BenefitList(form.label, of, on, kind, amount, cites(form.cites), tuple(word.text for word in form.rows))


def _records(type_: Type) -> bool:
    return isinstance(type_, ListType) and isinstance(type_.item, RecordType)


def _money(type_: Type) -> bool:
    return isinstance(type_, NumberType) and str(type_.unit) == "CNY"


def _entry(
    word: Word, form: RecordForm, problems: list[Problem], wanted: str, fits: Callable[[Type], bool]
) -> str | None:
    """The id of the fact that a word names, where it is of the type wanted."""
    fact = form.find(word.text)
    if fact is None:
        near = nearest(word.text, [known.id for known in form])
        problems.append(problem("facts.unknown_fact", word.span, form=form.id, fact=word, near=near))
        return None
    if not fits(fact.type):
        problems.append(problem("link.benefit_type", word.span, found=word, wanted=wanted))
        return None
    return fact.id
