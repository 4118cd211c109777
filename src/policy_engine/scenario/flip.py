"""What would turn an answer: how far each changeable fact is from each line, and the smallest sets of changes that do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from itertools import combinations
from typing import Any

from policy_engine.decision.decide import check_request
from policy_engine.decision.lines import crossings, step_of
from policy_engine.decision.masking import MASK, mask_value, outcome_stays
from policy_engine.decision.missing import values_of, with_fact
from policy_engine.evaluation.finding import Finding
from policy_engine.evaluation.observe import Traced, facts_below
from policy_engine.evaluation.single import Single
from policy_engine.expression.types import NumberType
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.paths import value_at
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.values import CONTEXT, Possibly, Unknown, Value

__all__ = ["MOST", "Change", "Flip", "Flips", "Line", "flips", "masked"]

MOST = 3
"""Changes that are tried together at most."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that the decision draws through a number, all other facts as they are.

    `at` is exact. `distance` is how far the number is from it: to be gained, or, where negative, to be lost. `beyond` is the
    answer once the number has crossed it, None where the answer stays the same.
    """

    path: str
    value: Value
    at: Value
    distance: Value
    beyond: Value | None


@dataclass(frozen=True, slots=True)
class Change:
    """A fact as it is (None: not known) and as it would have to be."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Flip:
    """Changes that, together, give another answer; with fewer of them it stays."""

    changes: tuple[Change, ...]
    outcome: Value


@dataclass(frozen=True, slots=True)
class Flips:
    """The answer, the lines near it, and the smallest sets of changes that turn it (none where more than `MOST` are needed)."""

    decision: str
    outcome: Value
    lines: tuple[Line, ...]
    flips: tuple[Flip, ...]


def flips(
    pack: Pack,
    facts: Facts,
    decision: str,
    on: Any,
    *,
    item: str = "",
    to: str | None = None,
    settings: Settings | None = None,
    scenario: Scenario | None = None,
) -> Flips:
    """What would turn the answer to a decision, among the facts that the vocabulary calls changeable.

    `to` is an outcome to be reached, else any other. A set of facts is looked at only where leaving it unknown opens the
    answer: by the law of knowledge nothing within any other set can turn it. Values are tried around each line, one
    fact after the other.
    """
    run = Traced(pack, facts, on, settings or Settings(), scenario or Scenario())
    check_request(pack, run.settings, run.scenario)
    with localcontext(CONTEXT):
        search = _Search(run, decision, item, to, run.ask(decision, item))
        paths = [path for path in facts_below([run.trace(decision, item)]) if search.changeable(path)]
        lines = tuple(line for path in paths for line in search.lines(path))
        found: tuple[Flip, ...] = ()
        for size in range(1, MOST + 1):
            found = tuple(flip for paths_ in combinations(paths, size) for flip in search.within(paths_))
            if found:
                break
    return Flips(decision, answer_of(search.finding), lines, found)


def masked(found: Flips, pack: Pack, subject: str) -> Flips:
    """Which facts are near a line, and which together would turn the answer, without any figure of a personal one."""

    def hide(value: Value, path: str) -> Value:
        return mask_value(value, path, pack, subject)

    def line(one: Line) -> Line:
        value, at, distance = (hide(number, one.path) for number in (one.value, one.at, one.distance))
        return Line(one.path, value, at, distance, answer(one.beyond))

    def change(one: Change) -> Change:
        return Change(one.path, hide(one.before, one.path), hide(one.after, one.path))

    def answer(value: Value) -> Value:
        return value if value is None or isinstance(value, Unknown) or outcome_stays(pack, found.decision) else MASK

    turning = tuple(Flip(tuple(map(change, flip.changes)), answer(flip.outcome)) for flip in found.flips)
    return Flips(found.decision, answer(found.outcome), tuple(map(line, found.lines)), turning)


def answer_of(finding: Finding) -> Value:
    """The answer as a value; an unknown where it is open."""
    return Unknown() if isinstance(finding.value, (Unknown, Possibly)) else finding.value


@dataclass(frozen=True, slots=True)
class _Search:
    run: Single
    decision: str
    item: str
    to: str | None
    finding: Finding

    def changeable(self, path: str) -> bool:
        return any(fact.changeable for _, _, fact in self.run.pack.vocabulary.steps(self.run.facts.subject, path))

    def value(self, path: str) -> Any:
        """The fact as it is; None where it is not known or only derived."""
        stored = self.run.pack.vocabulary.stored(self.run.facts.subject, path, self.run.on.year)
        return value_at(self.run.facts.root, stored)

    def with_(self, changes: Iterable[tuple[str, Any]]) -> Single:
        facts = self.run.facts
        for path, value in changes:
            facts = with_fact(facts, path, value, self.run)
        return Single(self.run.pack, facts, self.run.on, self.run.settings, self.run.scenario)

    def turned(self, run: Single) -> Value | None:
        """The answer with these facts, where it is another one; and the one wanted."""
        found = run.ask(self.decision, self.item)
        if not found.determined or found.value == self.finding.value:
            return None
        reached = self.to is None or self.to == found.value or self.to == str(found.value).lower()
        return found.value if reached else None

    def lines(self, path: str) -> Iterator[Line]:
        """Every line that the decision draws through a number, and the answer beyond it."""
        now = self.value(path)
        fact = self.run.pack.vocabulary.fact(self.run.facts.subject, path)
        if not isinstance(now, Decimal) or fact is None or not isinstance(fact.type, NumberType):
            return
        for at in crossings(self.with_([(path, None)]), (self.decision, self.item), path):
            step = step_of(fact.type)
            over = (at / step).to_integral_value(ROUND_FLOOR if at < now else ROUND_CEILING) * step
            trials = (over, over - step if at < now else over + step)
            turned = [found for value in trials if (found := self.turned(self.with_([(path, value)]))) is not None]
            yield Line(path, now, at, at - now, turned[0] if turned else None)

    def values(self, assigned: Sequence[tuple[str, Any]], path: str) -> tuple[Any, ...]:
        """Values to try for a fact: with others assigned, and it left unknown."""
        return values_of(self.with_([*assigned, (path, None)]), self.decision, path, self.item)

    def within(self, paths: tuple[str, ...]) -> Iterator[Flip]:
        """The nearest change of just these facts that turns the answer."""
        opened = self.with_([(path, None) for path in paths]).ask(self.decision, self.item)
        if opened.determined:
            return
        best: tuple[Decimal, Flip] | None = None
        for changes in self.assignments((), paths):
            outcome = self.turned(self.with_(changes))
            if outcome is None:
                continue
            made = tuple(Change(path, self.value(path), value) for path, value in changes)
            size = sum((_size(change) for change in made), Decimal(0))
            if best is None or size < best[0]:
                best = size, Flip(made, outcome)
        if best is not None:
            yield best[1]

    def assignments(
        self, assigned: tuple[tuple[str, Any], ...], paths: tuple[str, ...]
    ) -> Iterator[tuple[tuple[str, Any], ...]]:
        if not paths:
            yield assigned
            return
        now = self.value(paths[0])
        for value in self.values(assigned, paths[0]):
            if value != now:
                yield from self.assignments((*assigned, (paths[0], value)), paths[1:])


def _size(change: Change) -> Decimal:
    """How large a change is: of a number its share of the larger value, of anything else one."""
    if isinstance(change.before, Decimal) and isinstance(change.after, Decimal):
        return abs(change.after - change.before) / max(abs(change.after), abs(change.before), Decimal(1))
    return Decimal(1)
