"""A plan: which columns to compute, in which frames, in which order.

A frame has the rows of a table of the population, or the items of a column of lists, or for each row of one frame the
items of another list. It is linked to the frames it is made from by the numbers of their rows, and its rows come in the
order of the frame around it. `execute` runs a plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import polars as pl

from policy_engine.population.column import Column, each
from policy_engine.population.tables import ROOT

__all__ = ["Frame", "Made", "Plan", "Step"]

Made: TypeAlias = Literal["table", "cells", "pairs"]
How: TypeAlias = Literal["computed", "taken", "sized", "counted", "some", "summed", "joined"]


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame: a table; the `cells` of the list column `column` of the frame around; or `pairs` of its rows and `items`.

    For pairs, `column` of the frame around is the number of the row that the items belong to.
    """

    name: str
    made: Made
    around: str
    items: str = ""
    column: str = ""
    stage: int = 0

    @property
    def links(self) -> tuple[str, ...]:
        """The frames of which each row here belongs to one row."""
        if self.name == ROOT:
            return ()
        return (self.around, self.items) if self.made == "pairs" else (self.around,)


@dataclass(frozen=True, slots=True)
class Step:
    """A column of `frame`, by an expression of the frame `of`.

    `computed` in it, `taken` from one around it; over the one inside it `sized` (rows), `counted` (trues), `some`
    (is one true), `summed` or `joined` (bits). A computed column stands on the columns of its stage that are less deep.
    """

    how: How
    frame: str
    of: str
    name: str
    expression: pl.Expr
    depth: int = 0


@dataclass
class Plan:
    """Steps by stage: first the columns computed in their own frame, then those brought from one frame to another.

    These stand at the beginning of the next stage.
    """

    frames: dict[str, Frame] = field(default_factory=lambda: {ROOT: Frame(ROOT, "table", "")})
    stages: list[list[Step]] = field(default_factory=list)
    inputs: set[tuple[str, str]] = field(default_factory=set)
    _place_of: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    _known: dict[tuple[Any, ...], pl.Expr] = field(default_factory=dict)

    # ---- frames

    def table(self, name: str, around: str) -> str:
        self.frames.setdefault(name, Frame(name, "table", around))
        return name

    def cells(self, around: str, lists: pl.Expr) -> str:
        """The frame of the items in a column of lists; they stand in its column `item`."""
        column = self.define(around, lists)
        name = f"{around}|{column.meta.output_name()}"
        stage = self._stage(around, column)
        self.frames.setdefault(name, Frame(name, "cells", around, column=column.meta.output_name(), stage=stage))
        self._place_of.setdefault((name, "item"), (stage, 0))
        return name

    def pairs(self, around: str, items: str) -> str:
        """For each row of `around` the rows of `items` that belong to a row around them both."""
        start = self.frames[items].around
        place = self.take(around, self.define(start, pl.int_range(pl.len(), dtype=pl.Int64)), start)
        name = f"{around}*{items}"
        stage = max(self.frames[items].stage, self._stage(around, place))
        self.frames.setdefault(name, Frame(name, "pairs", around, items, place.meta.output_name(), stage))
        return name

    def reaches(self, frame: str, start: str) -> bool:
        """Does each row of the frame belong to one row of `start`?"""
        return frame == start or any(self.reaches(link, start) for link in self.frames[frame].links)

    # ---- columns

    def input(self, frame: str, column: str) -> pl.Expr:
        """A column that the population brings."""
        self.inputs.add((frame, column))
        self._place_of.setdefault((frame, column), (0, 0))
        return pl.col(column)

    def define(self, frame: str, expression: pl.Expr) -> pl.Expr:
        """The expression as a column of its own."""
        if expression.meta.is_column() or expression.meta.is_literal():
            return expression
        return self._add("computed", frame, frame, expression)

    def keep(self, frame: str, column: Column) -> Any:
        """The column with every expression of it as a column of the frame."""
        return each(column, lambda expression: self.define(frame, expression))

    def take(self, frame: str, expression: pl.Expr, start: str) -> pl.Expr:
        """An expression of a frame around, for each row of this one."""
        if frame == start or expression.meta.is_literal():
            return expression
        link = next(name for name in self.frames[frame].links if self.reaches(name, start))
        return self._add("taken", frame, link, self.define(link, self.take(link, expression, start)))

    def size(self, frame: str) -> pl.Expr:
        """How many rows here belong to each row of the frame around."""
        return self._add("sized", self.frames[frame].around, frame, pl.lit(value=True))

    def count(self, frame: str, flag: pl.Expr) -> pl.Expr:
        """In how many of the rows here the flag (never empty) is true, for each row of the frame around."""
        return self._add("counted", self.frames[frame].around, frame, _in_each_row(flag))

    def some(self, frame: str, flag: pl.Expr) -> pl.Expr:
        """Is the flag true in some row here, for each row of the frame around?"""
        return self._add("some", self.frames[frame].around, frame, _in_each_row(flag))

    def total(self, frame: str, number: pl.Expr) -> pl.Expr:
        """The sum of a number (never empty) over the rows here, for each row of the frame around."""
        return self._add("summed", self.frames[frame].around, frame, _in_each_row(number))

    def join(self, frame: str, mask: pl.Expr) -> pl.Expr:
        """All bits set in some row here, for each row of the frame around."""
        return self._add("joined", self.frames[frame].around, frame, _in_each_row(mask))

    def wanted(self, outputs: Iterable[tuple[str, str]]) -> Plan:
        """The same plan, less what no output (a frame and the name of a column) stands on."""
        needed = {(ROOT, ""), *outputs}
        stages: list[list[Step]] = []
        for stage, steps in reversed(list(enumerate(self.stages))):
            kept: list[Step] = []
            for step in sorted(steps, key=lambda step: (step.how == "computed", -step.depth)):
                if (step.frame, step.name) in needed:
                    kept.append(step)
                    needed |= {(step.of, root) for root in ["", *step.expression.meta.root_names()]}
            stages.insert(0, kept)
            for frame in reversed([frame for frame in self.frames.values() if frame.stage == stage]):
                if any(name == frame.name for name, _ in needed):
                    needed |= {(link, frame.column) for link in frame.links[:1]} | {(link, "") for link in frame.links}
        frames = {name: frame for name, frame in self.frames.items() if any(name == at for at, _ in needed)}
        return replace(self, frames=frames, stages=stages, inputs=self.inputs & needed)

    def _stage(self, frame: str, column: pl.Expr) -> int:
        """The first stage that has the column from its beginning."""
        stage, depth = self._place_of[frame, column.meta.output_name()]
        return stage + (depth > 0)

    def _add(self, how: How, frame: str, of: str, expression: pl.Expr) -> pl.Expr:
        key = how, frame, of, expression.meta.serialize()
        if key not in self._known:
            name = f"·{len(self._known)}"
            places = [self._place_of[of, root] for root in expression.meta.root_names()]
            stage = max([self.frames[of].stage, self.frames[frame].stage, *(stage for stage, _ in places)])
            depth = 1 + max((depth for at, depth in places if at == stage), default=0) if how == "computed" else 0
            self.stages += [[] for _ in range(stage + 1 - len(self.stages))]
            self.stages[stage].append(Step(how, frame, of, name, expression, depth))
            self._place_of[frame, name] = (stage, depth) if how == "computed" else (stage + 1, 0)
            self._known[key] = pl.col(name)
        return self._known[key]


def _in_each_row(expression: pl.Expr) -> pl.Expr:
    """A constant once for every row of its frame."""
    if expression.meta.root_names():
        return expression
    return pl.when(pl.int_range(pl.len()) >= 0).then(expression)
