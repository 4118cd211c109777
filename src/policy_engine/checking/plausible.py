"""Facts that cannot be right, or hardly: asked before deciding (`facts check`)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from policy_engine.errors import Problem, problem
from policy_engine.expression.types import DATE
from policy_engine.model.core import CORE, may_be_negative
from policy_engine.model.facts import FactRecord, Facts, paths
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.values import Record

__all__ = ["CHECKS", "implausible"]

_PER_HEAD = ("income", "net_income", "disposable_income")
_SMALLEST_LIKELY = Decimal(200)
"""Yuan a head and year under which a figure looks like ten thousands of yuan."""
_OLDEST = 120


def implausible(facts: Facts, vocabulary: Vocabulary = CORE) -> tuple[Problem, ...]:
    """Errors (cannot be right) and warnings (hardly can), each with the path of the fact."""
    return tuple(found for check in CHECKS for found in check(facts, vocabulary))


def _years(facts: Facts) -> Iterator[tuple[str, FactRecord]]:
    years: Any = facts.root.get("finances", Record())
    for year, record in years.items():
        yield f"finances.{year}", record


def _members(facts: Facts) -> Iterator[tuple[str, FactRecord]]:
    for number, member in enumerate(facts.root.get("members", ()), 1):
        yield f"members[{number}]", member


def _size(facts: Facts) -> Decimal | None:
    size = facts.root.get("household_size")
    if size is None and "members" in facts.root:
        size = Decimal(len(facts.root["members"]))
    return size or None


def future_dates(facts: Facts, vocabulary: Vocabulary) -> Iterator[Problem]:
    """A date that lies after the day the facts describe."""
    if facts.as_of is None:
        return
    for path, value in paths(facts.root):
        fact = vocabulary.fact(facts.subject, path)
        if isinstance(value, datetime.date) and value > facts.as_of and fact is not None and fact.type == DATE:
            yield problem("plausible.future_date", where=path, fact=path, found=value, as_of=facts.as_of)


def judged_later(facts: Facts, vocabulary: Vocabulary) -> Iterator[Problem]:
    """A judgement made after the day the facts describe."""
    for path, _ in paths(facts.root):
        fact, evidence = vocabulary.fact(facts.subject, path), facts.evidence_for(path)
        day = evidence.observed_on if fact is not None and fact.judgement and evidence is not None else None
        if facts.as_of is not None and day is not None and day > facts.as_of:
            part, as_of = f"{path}.observed_on", facts.as_of
            yield problem("plausible.future_date", where=part, warning=True, fact=part, found=day, as_of=as_of)


def too_old(facts: Facts, _: Vocabulary) -> Iterator[Problem]:
    """A person of more than 120 years."""
    for path, member in _members(facts):
        birth = member.get("birth_date")
        if birth is not None and facts.as_of is not None and facts.as_of.year - birth.year > _OLDEST:
            yield problem("plausible.too_old", where=f"{path}.birth_date", warning=True, found=birth)


def ten_thousands(facts: Facts, _: Vocabulary) -> Iterator[Problem]:
    """An income that looks like ten thousands of yuan (万元)."""
    size = _size(facts) or Decimal(1)
    for path, record in _years(facts):
        for name in _PER_HEAD:
            for key, people in ((name, size), (f"{name}_per_head", Decimal(1))):
                amount = record.get(key)
                if amount is not None and 0 < amount / people < _SMALLEST_LIKELY:
                    where = f"{path}.{key}"
                    yield problem("plausible.ten_thousands", where=where, warning=True, fact=where, found=amount)


def net_above_total(facts: Facts, _: Vocabulary) -> Iterator[Problem]:
    """Net or disposable income above the income it is a part of."""
    for path, record in _years(facts):
        for name in ("net_income", "disposable_income"):
            part, whole = record.get(name), record.get("income")
            if part is not None and whole is not None and part > whole:
                yield problem("plausible.net_above_total", where=f"{path}.{name}", fact=name, part=part, whole=whole)


def secure_beside_ruin(facts: Facts, _: Vocabulary) -> Iterator[Problem]:
    """Safe housing beside a house of grade C or D that has not been repaired."""
    grade, repaired = facts.root.get("dilapidation"), facts.root.get("dilapidation_repaired_on")
    secure: Any = facts.root.get("secure", Record())
    if grade in ("C", "D") and repaired is None and secure.get("safe_housing") is True:
        yield problem("plausible.secure_beside_ruin", where="secure.safe_housing", warning=True, grade=grade)


def negative_amounts(facts: Facts, _: Vocabulary) -> Iterator[Problem]:
    """A negative amount where only income, net of costs, can be one."""
    for path, value in paths(facts.root):
        name = path.rpartition(".")[2]
        if isinstance(value, Decimal) and value < 0 and not may_be_negative(name):
            yield problem("plausible.negative", where=path, warning=True, fact=path, found=value)


def left_before_assigned(facts: Facts, _: Vocabulary) -> Iterator[Problem]:
    """A helper whose work ended before it began."""
    for number, helper in enumerate(facts.root.get("helpers", ()), 1):
        begun, ended = helper.get("assigned_on"), helper.get("ended_on")
        if begun is not None and ended is not None and ended < begun:
            yield problem("plausible.ends_before_begin", where=f"helpers[{number}].ended_on", begun=begun, ended=ended)


CHECKS: tuple[Callable[[Facts, Vocabulary], Iterator[Problem]], ...] = (
    future_dates,
    judged_later,
    too_old,
    ten_thousands,
    net_above_total,
    secure_beside_ruin,
    negative_amounts,
    left_before_assigned,
)
"""Every check, in the order reported."""
