"""Does the pack apply: on this date, to this area? Three-valued: an unknown county is an open answer."""

from __future__ import annotations

import datetime

from policy_engine.decision.answer import MissingFact, Scope
from policy_engine.errors import Problem, problem
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.truth import conjunction

__all__ = ["scope_of"]


def scope_of(pack: Pack, facts: Facts, on: datetime.date) -> Scope:
    """In force on the date, and the facts lie in the pack's area."""
    reasons: list[Problem] = []
    missing: list[MissingFact] = []
    window = pack.in_force
    in_force = on in window
    if not in_force:
        reasons.append(problem("scope.not_in_force", on=on, from_=window.from_ or "…", to=window.to or "…"))
    truths: list[bool | None] = [in_force]
    form = pack.vocabulary.form(facts.subject)
    for name, places in pack.area.places:
        fact = form.find(name)
        if fact is None:
            continue
        place = facts.root.get(name)
        truths.append(None if place is None else place in places)
        if place is None:
            missing.append(MissingFact("fact", name))
        elif place not in places:
            wanted = "、".join(places)
            reasons.append(problem("scope.other_area", label=fact.label.zh, fact=name, found=place, wanted=wanted))
    inside = conjunction(truths)
    return Scope(inside, tuple(reasons), tuple(missing) if inside is None else ())
