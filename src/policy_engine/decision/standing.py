"""Where a case stands on a day: the procedure's half and the substance's half, what is next, and what has changed since."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policy_engine.decision.history import History, Settled
from policy_engine.decision.procedure import after
from policy_engine.evaluation.observe import Traced, TraceNode, facts_below
from policy_engine.expression.tree import OWN
from policy_engine.model.case import Case, Ruling
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.procedure import End, Procedure, Step
from policy_engine.model.scenario import Settings
from policy_engine.truth import Truth
from policy_engine.values import Unknown

__all__ = ["Difference", "Divergence", "Next", "Standing", "Substance", "divergences", "standing", "substance_of"]


@dataclass(frozen=True, slots=True)
class Substance:
    """Does what the procedure needs hold on a day? `facts` are those it was asked of, by path; `missing` would settle it."""

    holds: Truth
    facts: tuple[tuple[str, Any], ...]
    missing: tuple[str, ...]
    trace: tuple[TraceNode, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that the substance rests on: as known when the procedure ended, and as known now. None: not known."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Next:
    """The step that a case waits for: since when, how many days ago that is, not before when (at the earliest), and by when.

    `not_before` and `by` are None where no figure is stated or supplied; `limited` and `lasting` say that the document
    speaks of a time at all.
    """

    step: Step
    since: datetime.date
    days: int
    lasting: bool
    not_before: datetime.date | None
    limited: bool
    by: datetime.date | None

    def late(self, on: datetime.date) -> bool:
        """Past its time limit, where there is a figure for one."""
        return self.by is not None and on > self.by


@dataclass(frozen=True, slots=True)
class Standing:
    """A case on a day. `settled`: what it settles, the procedure having ended so and the substance being decided.

    `then` is the substance as known when the procedure ended, `current` as known now about that same day (while it runs: about
    the day asked about). `ruling` is the authority's own decision, the last one.
    """

    case: Case
    procedure: Procedure
    on: datetime.date
    next: Next | None
    end: End | None
    then: Substance | None
    current: Substance | None
    differences: tuple[Difference, ...]
    ruling: Ruling | None
    settled: Settled | None

    @property
    def effective(self) -> bool:
        return self.settled is not None

    @property
    def half(self) -> str:
        """What is missing: `procedure`, `substance`, `both`; `none`; or `ended`, at an end that settles nothing."""
        decided = self.ruling.substance if self.ruling else (self.current is None or self.current.holds is True)
        if self.end is None:
            return "procedure" if decided else "both"
        if not self.end.settles:
            return "ended"
        return "none" if self.effective else "substance"


@dataclass(frozen=True, slots=True)
class Divergence:
    """The authority decided otherwise than the facts do, or settled what they leave open."""

    case: str
    on: datetime.date
    engine: Truth
    authority: bool
    by: str
    why: str


def standing(history: History, id_: str, on: datetime.date) -> Standing:
    """Where a case stands at the end of a day, as known now; KeyError where no case of that id was open by then."""
    history = history.until(on)
    case = history.cases[id_]
    procedure = history.pack.procedure(case.procedure)
    end: End | None = procedure.ends.get(case.at)
    day = case.since if end is not None else on
    ended_by = case.taken[-1].number if end is not None and case.taken else None
    current = _substance(history, procedure, history.facts(day, settled_before=ended_by), day)
    then = None if ended_by is None else _substance(history, procedure, history.facts(day, before=ended_by), day)
    return Standing(
        case=case,
        procedure=procedure,
        on=on,
        next=None if end is not None else _next(history, procedure.step(case.at), case, on),
        end=end,
        then=then,
        current=current,
        differences=tuple(_differences(then, current)) if then and current else (),
        ruling=case.rulings[-1] if case.rulings else None,
        settled=next((settled for settled in history.settled if settled.case == id_), None),
    )


def _substance(history: History, procedure: Procedure, facts: Facts, on: datetime.date) -> Substance | None:
    return substance_of(history.pack, procedure, facts, on, history.settings)


def substance_of(
    pack: Pack, procedure: Procedure, facts: Facts, on: datetime.date, settings: Settings
) -> Substance | None:
    """The substance of a procedure on these facts; None where it has none."""
    if procedure.needs is None:
        return None
    run = Traced(pack, facts, on, settings)
    value = run.value(procedure.needs, {OWN: facts.root})
    missing = tuple(item.path for item in value.missing) if isinstance(value, Unknown) else ()
    looked_at = facts_below(run.noted)
    return Substance(None if isinstance(value, Unknown) else value, tuple(looked_at.items()), missing, tuple(run.noted))


def _differences(then: Substance, current: Substance) -> Iterator[Difference]:
    """Facts that both were asked of; what only one of them came to look at follows from these."""
    before = dict(then.facts)
    for path, value in current.facts:
        if path in before and before[path] != value:
            yield Difference(path, before[path], value)


def _next(history: History, step: Step, case: Case, on: datetime.date) -> Next:
    run = history.run(on)

    def limit(parameter: str) -> datetime.date | None:
        found = run.parameter_value(parameter) if parameter else None
        return None if found is None else after(case.since, found.value)

    return Next(
        step=step,
        since=case.since,
        days=(on - case.since).days,
        lasting=step.lasts is not None,
        not_before=limit(step.lasts.parameter) if step.lasts else None,
        limited=bool(step.within),
        by=limit(step.within),
    )


def divergences(history: History) -> tuple[Divergence, ...]:
    """Where the authority ruled otherwise than the facts known then decide, in the order of the rulings."""
    found = []
    for case in history.cases.values():
        procedure = history.pack.procedure(case.procedure)
        for ruling in case.rulings:
            known = history.facts(ruling.happened_on, before=ruling.number)
            substance = _substance(history, procedure, known, ruling.happened_on)
            engine = None if substance is None else substance.holds
            if engine is not ruling.substance:
                by = f"{ruling.by} {ruling.person}".strip()
                found.append(Divergence(case.id, ruling.happened_on, engine, ruling.substance, by, ruling.why))
    return tuple(sorted(found, key=lambda divergence: divergence.on))
