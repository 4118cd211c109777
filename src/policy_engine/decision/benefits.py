"""What a household received in a period, by kind and sum, as a pack declares it. What is not known stays not known."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from policy_engine.expression.types import CodeType, ListType, RecordType
from policy_engine.model.benefits import BenefitList
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.model.pack import Pack

__all__ = ["Benefit", "Benefits", "Total", "benefits", "kinds_of"]


@dataclass(frozen=True, slots=True)
class Benefit:
    """One thing received; None where it is not known. `amount` in yuan."""

    on: datetime.date | None
    kind: str | None
    amount: Decimal | None
    record: FactRecord


@dataclass(frozen=True, slots=True)
class Total:
    """The sum in yuan of what is known, of how many, and how many more have no amount."""

    amount: Decimal
    count: int
    without_amount: int


@dataclass(frozen=True, slots=True)
class Benefits:
    """What was received from a day to a day, both included.

    `known` is False where there is no list at all. `complete_to` is the day up to which the list is complete: what came after
    it is not known. `undated` may belong to the period or not; the totals leave them out.
    """

    list: BenefitList
    from_: datetime.date
    to: datetime.date
    known: bool
    complete_to: datetime.date | None
    items: tuple[Benefit, ...]
    undated: tuple[Benefit, ...]
    by_kind: tuple[tuple[str | None, Total], ...]
    total: Total

    @property
    def complete(self) -> bool:
        return self.known and not self.undated and self.complete_to is not None and self.complete_to >= self.to


def benefits(pack: Pack, facts: Facts, from_: datetime.date, to: datetime.date) -> Benefits:
    """What the facts say was received in a period, in order of days. The pack declares a list."""
    declared = pack.benefits
    assert declared is not None
    records = facts.root.get(declared.of)
    found = [_benefit(record, declared) for record in records or ()]
    items = sorted((one for one in found if one.on and from_ <= one.on <= to), key=lambda one: one.on or to)
    kinds: dict[str | None, list[Benefit]] = {option: [] for option, _ in kinds_of(pack, declared, "zh")}
    for one in items:
        kinds.setdefault(one.kind, []).append(one)
    evidence = facts.evidence_for(declared.of)
    return Benefits(
        list=declared,
        from_=from_,
        to=to,
        known=records is not None,
        complete_to=(evidence.complete_to if evidence is not None else None) or facts.as_of,
        items=tuple(items),
        undated=tuple(one for one in found if one.on is None),
        by_kind=tuple((kind, _total(some)) for kind, some in kinds.items() if some),
        total=_total(items),
    )


def kinds_of(pack: Pack, declared: BenefitList, language: str) -> list[tuple[str, str]]:
    """The codes of the kinds with their labels, in the order of the vocabulary."""
    fact = pack.vocabulary.form("household").find(declared.of)
    assert fact is not None
    assert isinstance(fact.type, ListType)
    assert isinstance(fact.type.item, RecordType)
    kind = pack.vocabulary.form(fact.type.item.name).find(declared.kind)
    assert kind is not None
    assert isinstance(kind.type, CodeType)
    return [(option.id, option.label(language)) for option in kind.type.options]


def _benefit(record: FactRecord, declared: BenefitList) -> Benefit:
    return Benefit(record.get(declared.on), record.get(declared.kind), record.get(declared.amount), record)


def _total(some: list[Benefit]) -> Total:
    amounts = [one.amount for one in some if one.amount is not None]
    return Total(sum(amounts, Decimal(0)), len(some), len(some) - len(amounts))
