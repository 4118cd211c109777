"""Which packs apply to a subject on a date, and one vocabulary for reading facts under several packs."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from policy_engine.decision.scope import scope_of
from policy_engine.model.core import CORE
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.vocabulary import Fact, Vocabulary
from policy_engine.truth import Truth

__all__ = ["applying", "joint_vocabulary"]


def applying(packs: Iterable[Pack], facts: Facts, on: datetime.date) -> tuple[tuple[Pack, Truth], ...]:
    """The packs that apply (True) or may apply (None): in force on the date, for the area of the facts."""
    judged = ((pack, scope_of(pack, facts, on).inside) for pack in packs)
    return tuple((pack, inside) for pack, inside in judged if inside is not False)


def joint_vocabulary(packs: Sequence[Pack]) -> Vocabulary:
    """The core vocabulary with the facts that any of the packs adds; the first pack's meaning stands where two add one."""
    added: dict[str, dict[str, Fact]] = {}
    for pack in packs:
        for form in pack.vocabulary.forms:
            core = CORE.form(form.id)
            for fact in form:
                if core.find(fact.id) is None:
                    added.setdefault(form.id, {}).setdefault(fact.id, fact)
    return CORE.extended({form: facts.values() for form, facts in added.items()})
