"""Procedures as a pack defines them: ordered steps with actors, particulars, results and time limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policy_engine.expression.tree import Node
from policy_engine.expression.types import Type
from policy_engine.model.citation import Citation
from policy_engine.model.label import Label
from policy_engine.source import Span
from policy_engine.values import Record

__all__ = ["REACHED", "End", "Lasts", "Particular", "Procedure", "Requirement", "Result", "Step"]


REACHED = "reached"
"""A name that conditions of a step have beside its particulars: the day on which the case reached the step."""


@dataclass(frozen=True, slots=True)
class Particular:
    """Something that must be recorded with a step. `needed` is its own condition; None: always, unless `optional`.

    `results` are those with which it must be recorded (empty: all).
    """

    id: str
    label: Label
    type: Type
    cites: tuple[Citation, ...]
    needed: Node | None = None
    optional: bool = False
    personal: bool = False
    results: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must hold for a step to be valid; `results` are those for which it must (empty: for all)."""

    id: str
    label: Label
    when: Node
    cites: tuple[Citation, ...]
    results: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lasts:
    """A time that must pass (a parameter of days or months) before certain results (empty: any) may be recorded.

    It runs from the day in the particular `since`, else from the day on which the step was reached. While the parameter
    has no value nothing is enforced; the days that passed are shown.
    """

    parameter: str
    since: str = ""
    results: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """How a step may end, and the step or end that follows. `stated` is False where the document does not say what follows.

    `by` are the actors from whom it may come, where they are not those of the step.
    """

    id: str
    label: Label
    to: str
    cites: tuple[Citation, ...]
    stated: bool = True
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step: who takes it, what must be recorded, what must hold, and how it may end.

    `within` is the parameter of its time limit, counted from the day on which the step was reached.
    """

    id: str
    label: Label
    by: tuple[str, ...]
    results: Record
    cites: tuple[Citation, ...]
    particulars: Record = Record()
    requires: tuple[Requirement, ...] = ()
    lasts: Lasts | None = None
    within: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """Where a procedure ends. `gives` are facts of the subject that this end settles, once the substance is decided too.

    Their expressions may name the particulars recorded on the way. `adds` are single items that it adds to lists.
    """

    id: str
    label: Label
    gives: Record
    cites: tuple[Citation, ...]
    adds: Record = Record()

    @property
    def settles(self) -> bool:
        """Does it say anything of the subject?"""
        return bool(self.gives or self.adds)


@dataclass(frozen=True, slots=True)
class Procedure:
    """Steps by id, the first of them the start, and ends by id.

    `needs` is the substance: the condition on the subject's facts that must hold beside the procedure. The results of
    `throughout` are possible at every step.
    """

    id: str
    label: Label
    about: str
    needs: Node | None
    steps: Record
    ends: Record
    throughout: Record
    cites: tuple[Citation, ...]
    span: Span
    rows: tuple[str, ...] = ()

    @property
    def start(self) -> str:
        return next(iter(self.steps))

    def step(self, id_: str) -> Step:
        found: Step = self.steps[id_]
        return found

    def results(self, step: str) -> dict[str, Result]:
        """The results possible at a step, those of any step last."""
        return {**self.step(step).results, **self.throughout}

    def particulars(self) -> dict[str, Particular]:
        """The particulars of all steps by id; of two with the same id the later one."""
        return {part.id: part for step in self.steps.values() for part in step.particulars.values()}

    def conditions(self) -> Iterator[Node]:
        """Every expression of the procedure."""
        if self.needs is not None:
            yield self.needs
        for step in self.steps.values():
            yield from (part.needed for part in step.particulars.values() if part.needed is not None)
            yield from (required.when for required in step.requires)
        for end in self.ends.values():
            yield from (*end.gives.values(), *end.adds.values())

    def times(self) -> Iterator[str]:
        """The parameters of its time limits."""
        for step in self.steps.values():
            yield from filter(None, (step.within, step.lasts.parameter if step.lasts else ""))

    def cited(self) -> Iterator[tuple[str, tuple[Citation, ...]]]:
        """Every part with the clauses it rests on, as `procedure`, `procedure.step`, `procedure.step.part`."""
        yield self.id, self.cites
        for step in self.steps.values():
            yield f"{self.id}.{step.id}", step.cites
            for part in (*step.particulars.values(), *step.requires, *step.results.values()):
                yield f"{self.id}.{step.id}.{part.id}", part.cites
        for part in (*self.throughout.values(), *self.ends.values()):
            yield f"{self.id}.{part.id}", part.cites

    def path(self, *, to: str) -> tuple[str, ...]:
        """The steps on a shortest way from the start to a step, in order, without that step."""
        ways: dict[str, tuple[str, ...]] = {self.start: ()}
        todo = [self.start]
        while todo:
            here = todo.pop(0)
            for result in self.results(here).values() if here in self.steps else ():
                if result.to not in ways:
                    ways[result.to] = (*ways[here], here)
                    todo.append(result.to)
        return ways.get(to, ())
