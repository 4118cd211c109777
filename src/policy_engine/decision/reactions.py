"""Which reactions fire along what is known of a subject, day by day.

This is their meaning; `forward` fires them a second time.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from policy_engine.decision.duties import Owed, duties, snapshots
from policy_engine.decision.history import History
from policy_engine.decision.scope import scope_of
from policy_engine.evaluation.finding import Finding
from policy_engine.evaluation.single import Single
from policy_engine.expression.tree import OWN
from policy_engine.model.canonical import digest
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.reaction import Arrives, Becomes, Owes, Reaction
from policy_engine.model.scenario import Settings
from policy_engine.truth import Truth
from policy_engine.values import Possibly, Unknown, Value, show

__all__ = [
    "EITHER",
    "Due",
    "Moment",
    "Step",
    "due_along",
    "due_for_duties",
    "fires",
    "moment",
    "moments",
    "one_of",
    "steps",
    "watched",
]

EITHER = "|"
"""Between the outcomes of an open answer that is certainly one of them."""

Item = tuple[Any, Truth]
"""An item of a list, and whether it belongs to it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A subject on a day: what reactions look at. `answers` by decision, `items` by reaction."""

    day: datetime.date
    facts: Facts
    answers: Mapping[str, frozenset[str]]
    items: Mapping[str, tuple[Item, ...]]


@dataclass(frozen=True, slots=True)
class Step:
    """From a moment to the next (the first comes from nothing), as findings in codes, typed and decided.

    `became:D:A` and `was:D:A` of the answers to decisions, `arrived:R` and `perhaps:R` of lists. `items` are those that joined.
    """

    now: Moment
    findings: frozenset[str]
    items: Mapping[str, tuple[Item, ...]]


@dataclass(frozen=True, slots=True)
class Due:
    """An alert that is due about a subject: which reaction, from which day on, and what happened.

    `what` is the answer, the state of the duty, or `arrived`; `which` tells the item or the period apart. Without `certain`
    it waits for facts: the item may or may not be of this kind.
    """

    reaction: Reaction
    day: datetime.date
    what: str
    which: str = ""
    certain: bool = True
    persons: tuple[str, ...] = ()

    def id(self, pack: str, subject: str) -> str:
        """The same on every computer, in whatever order facts came."""
        parts = (pack, subject, self.reaction.id, self.day.isoformat(), self.what, self.which, str(self.certain))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def watched(pack: Pack, subject: str) -> tuple[str, ...]:
    """The decisions about this kind of subject that monitoring follows: main questions, triggers, the colour."""
    triggers = [r.when.decision for r in pack.reactions.values() if isinstance(r.when, Becomes)]
    asked = dict.fromkeys((*pack.answers, *triggers, *filter(None, [pack.colour])))
    return tuple(id_ for id_ in asked if pack.decision(id_).about == subject)


def moments(history: History, until: datetime.date) -> list[Moment]:
    """What is known of the subject on each day on which something changed, up to a day."""
    return [moment(history.pack, facts, day, history.settings) for day, facts in history.along(until)]


def moment(pack: Pack, facts: Facts, day: datetime.date, settings: Settings) -> Moment:
    asked = watched(pack, facts.subject)
    if scope_of(pack, facts, day).inside is False:
        return Moment(day, facts, dict.fromkeys(asked, frozenset({"out_of_scope"})), {})
    run = Single(pack, facts, day, settings)
    answers = {id_: _answer(run.decision(id_)) for id_ in asked}
    items = {
        reaction.id: tuple(_items(run.value(reaction.when.items, {OWN: facts.root})))
        for reaction in pack.reactions.values()
        if isinstance(reaction.when, Arrives) and reaction.about == facts.subject
    }
    return Moment(day, facts, answers, items)


def _answer(finding: Finding) -> frozenset[str]:
    """The answer as reactions name it; of a collected list all that certainly belongs, and whether it is open.

    An open answer that is certainly one of some outcomes has those too, as one name: `red|yellow`.
    """
    if finding.determined:
        values = finding.value if isinstance(finding.value, tuple) else (finding.value,)
        return frozenset(map(_name, values))
    open_ = "conflict" if finding.conflict is True else "gap" if finding.gap is True else "undetermined"
    if isinstance(finding.value, Possibly):
        return frozenset({open_, *(_name(one.value) for one in finding.outcomes if one.certain)})
    flagged = finding.conflict is not False or finding.gap is not False or finding.open is not None
    one_of = "" if flagged else EITHER.join(sorted(_name(one.value) for one in finding.outcomes))
    return frozenset(filter(None, (open_, one_of)))


def _name(value: Value) -> str:
    return value if isinstance(value, str) else show(value)


def _items(found: Value) -> Iterator[Item]:
    if isinstance(found, Possibly):
        yield from ((item, True if belongs is True else None) for item, belongs in found.items)
    elif not isinstance(found, Unknown):
        yield from ((item, True) for item in found)


# ---- from a moment to the next


def steps(along: Sequence[Moment]) -> Iterator[Step]:
    """Each moment with what changed since the one before."""
    yield from (_step(before, now) for before, now in pairwise((None, *along)) if now is not None)


def _step(before: Moment | None, now: Moment) -> Step:
    findings: set[str] = set()
    for id_, answers in now.answers.items():
        earlier = before.answers[id_] if before is not None else frozenset()
        new = answers - earlier
        findings |= {f"became:{id_}:{answer}" for answer in new}
        findings |= {f"was:{id_}:{answer}" for answer in earlier} if new else set()
    joined = {id_: tuple(_joined(before.items.get(id_, ()) if before else (), now.items[id_])) for id_ in now.items}
    for id_, items in joined.items():
        findings |= {f"{'arrived' if belongs else 'perhaps'}:{id_}" for _, belongs in items}
    return Step(now, frozenset(findings), joined)


def _joined(before: Iterable[Item], now: Iterable[Item]) -> Iterator[Item]:
    """The items that were not there: an earlier item of which more is known is the same, unless only now it belongs."""
    left = list(before)
    for item, belongs in now:
        same = next((old for old in left if old[0].items() <= item.items()), None)
        if same is not None:
            left.remove(same)
        if same is None or (belongs is True and same[1] is not True):
            yield item, belongs


# ---- what fires


def fires(reaction: Reaction, findings: frozenset[str]) -> frozenset[tuple[str, bool]]:
    """What sets the reaction off: (what happened, whether that is certain)."""
    when = reaction.when
    if isinstance(when, Becomes):
        if when.was and not any(f"was:{when.decision}:{answer}" in findings for answer in when.was):
            return frozenset()
        return frozenset((to, True) for to in one_of(when) if f"became:{when.decision}:{to}" in findings)
    if isinstance(when, Owes):
        return frozenset({(when.state, True)} if f"owed:{when.duty}:{when.state}" in findings else ())
    both = (("arrived", True), ("perhaps", False))
    return frozenset(("arrived", certain) for code, certain in both if f"{code}:{reaction.id}" in findings)


def one_of(when: Becomes) -> Iterator[str]:
    """The answers that set it off: each of `to`, and those that are open between some of them."""
    for count in range(1, len(when.to) + 1):
        yield from (EITHER.join(some) for some in combinations(sorted(when.to), count))


def due_along(pack: Pack, along: Iterable[Step], settings: Settings) -> Iterator[Due]:
    """The alerts of changes and events along the days of a subject, in order."""
    for step in along:
        for reaction in _about(pack, step.now.facts.subject):
            for what, certain in sorted(fires(reaction, step.findings)):
                persons = _persons(pack, reaction, step.now.facts, step.now.day, settings)
                if not isinstance(reaction.when, Arrives):
                    yield Due(reaction, step.now.day, what, "", certain, persons)
                    continue
                for item, belongs in step.items[reaction.id]:
                    if (belongs is True) is certain:
                        yield Due(reaction, step.now.day, what, digest(item)[:16], certain, persons)


def due_for_duties(history: History, on: datetime.date) -> Iterator[tuple[Due, Owed]]:
    """The alerts of duties that stand so on a day; from their first day on, or from the day after their last day in time."""
    pack = history.pack
    known = snapshots(history, on)
    reactions = [r for r in _about(pack, history.subject) if isinstance(r.when, Owes)]
    owed = duties(pack, known, on, history.settings) if reactions else ()
    for reaction in reactions:
        for item in owed:
            assert isinstance(reaction.when, Owes)
            if item.since is None or (item.duty.id, item.state) != (reaction.when.duty, reaction.when.state):
                continue
            late = item.state == "overdue" and item.period is not None
            day = item.period.end + datetime.timedelta(days=1) if late and item.period is not None else item.since
            persons = item.persons or _persons(pack, reaction, known[-1].facts, on, history.settings)
            yield Due(reaction, day, item.state, item.since.isoformat(), persons=persons), item


def _about(pack: Pack, subject: str) -> list[Reaction]:
    return [reaction for reaction in pack.reactions.values() if reaction.about == subject]


def _persons(pack: Pack, reaction: Reaction, facts: Facts, day: datetime.date, settings: Settings) -> tuple[str, ...]:
    if reaction.persons is None:
        return ()
    found = _items(Single(pack, facts, day, settings).value(reaction.persons, {OWN: facts.root}))
    return tuple(item for item, _ in found if isinstance(item, str))
