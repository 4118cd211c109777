"""The decision as data: what was asked, the answer, the rules it rests on, what is missing, what was relied on."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from policy_engine.errors import Problem
from policy_engine.evaluation.observe import TraceNode
from policy_engine.model.citation import Citation
from policy_engine.model.pack import Pack
from policy_engine.truth import Truth

__all__ = [
    "Answer",
    "Decision",
    "DeterminingRule",
    "Explaining",
    "MissingFact",
    "Possible",
    "Reason",
    "Relied",
    "Scope",
    "Status",
]

Status: TypeAlias = Literal["determined", "undetermined", "gap", "conflict"]
"""`gap`: no rule applies for certain; `conflict`: rules with different outcomes hold for certain."""


@dataclass(frozen=True, slots=True)
class MissingFact:
    """Something that would help to settle the answer.

    kind: fact, judgement, parameter. `settles` of `tried` enumerated values determine the asked decision; both are 0
    where values cannot be enumerated, or where ranking was not asked for.
    """

    kind: str
    path: str
    settles: int = 0
    tried: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Possible:
    """An outcome that is possible: the rules that give it, and the paths of what it waits for."""

    outcome: Any
    certain: bool
    rules: tuple[str, ...]
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeterminingRule:
    """A rule that holds (`holds` True) or may hold (None), with what it rests on."""

    rule: str
    outcome: str
    force: str
    holds: Truth
    cites: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Relied:
    """Something the answer rests on beside facts and stated figures.

    kind: reading (`choice` is the option, `why` whose choice it is), assumption, settings, scenario (`choice` is the
    value), judgement (`choice` the value, `why` by whom and when).
    """

    kind: str
    id: str
    choice: Any
    why: str = ""
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Is the pack the one that applies? `inside` is three-valued; `reasons` are codes with their words."""

    inside: Truth
    reasons: tuple[Problem, ...] = ()
    missing: tuple[MissingFact, ...] = ()


class Reason(NamedTuple):
    """Why one answer is as it is; as given, it says so of that answer."""

    trace: TraceNode
    relied: tuple[Relied, ...] = ()

    def of(self, decision: str, item: str) -> Reason:  # noqa: ARG002 - as `Explaining`
        return self


class Explaining(Protocol):
    """Whoever can say why the answers about a subject are as they are."""

    def of(self, decision: str, item: str) -> Reason:
        """The reason of the answer to a decision about the subject, or about the item of its facts at this path."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one decision.

    `item` is the path of what it is about (`members[2]`), empty for the subject itself.
    `outcome` is set where `status` is `determined`: a boolean, a code, a number, or the list of collected codes.
    `conflict` and `gap` are None where merely possible. `bounds` hold an open count or sum, both included.
    """

    decision: str
    status: Status
    outcome: Any
    possible: tuple[Possible, ...]
    conflict: Truth
    gap: Truth
    force: str
    rules: tuple[DeterminingRule, ...]
    missing: tuple[MissingFact, ...]
    reasons: Explaining = field(repr=False, compare=False)
    problems: tuple[Problem, ...]
    item: str = ""
    bounds: tuple[Decimal, Decimal] | None = None

    @property
    def determined(self) -> bool:
        return self.status == "determined"

    @property
    def trace(self) -> TraceNode:
        """Everything the answer was found by, as a tree; worked out when first read."""
        return self.reasons.of(self.decision, self.item).trace

    @property
    def relied(self) -> tuple[Relied, ...]:
        """Readings, assumptions, settings, suppositions and judgements on which the answer rests."""
        return self.reasons.of(self.decision, self.item).relied


@dataclass(frozen=True, slots=True)
class Decision:
    """What `decide` answers about one subject: `decision["monitoring"]` is the answer to that decision.

    Immutable and picklable; the same facts, pack, settings, scenario and date give an equal decision. `masked`: personal
    values stand as a mark (`decision.masking`).
    """

    pack: Pack
    subject: str
    subject_id: str
    on: datetime.date
    scope: Scope
    answers: tuple[Answer, ...]
    problems: tuple[Problem, ...] = ()
    masked: bool = False

    def __getitem__(self, decision: str) -> Answer:
        """The one answer to a decision; LookupError, which says why, where there is none or one for each member."""
        found = self.each(decision)
        if len(found) == 1:
            return found[0]
        if found:
            raise LookupError(f"{decision}: one answer for each member, see each({decision!r})")
        asked = ", ".join(dict.fromkeys(answer.decision for answer in self.answers))
        why = (
            f"asked were {asked}"
            if asked
            else "the pack does not apply, see .scope"
            if not self.scope.inside
            else "no members"
        )
        raise KeyError(f"{decision}: {why}")

    def each(self, decision: str) -> tuple[Answer, ...]:
        """The answers to a decision that is asked about every member."""
        return tuple(answer for answer in self.answers if answer.decision == decision)

    @property
    def determined(self) -> bool:
        """In scope, and every asked decision determined."""
        return self.scope.inside is True and all(answer.determined for answer in self.answers)
