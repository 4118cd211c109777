"""The missing facts of open answers, read from the masks that a waiting plan has computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

import polars as pl

from policy_engine.population.plan import Frame, Plan
from policy_engine.population.tables import ROOT
from policy_engine.population.waiting import Bits, Fact, Inside

__all__ = ["Missing", "MissingFacts"]

Missing: TypeAlias = tuple[str, str]
"""Kind and path, as in `values.Missing`."""


class MissingFacts:
    """Reads masks row by row. `frames` are what `execute` made of the plan."""

    def __init__(self, bits: Bits, frames: Mapping[str, pl.DataFrame]) -> None:
        self.bits = bits
        self.plan: Plan = bits.plan
        self.frames = frames
        self.columns: dict[tuple[str, str], list[int]] = {}
        self.names: dict[tuple[str, int, int], tuple[tuple[Fact, ...], tuple[Inside, ...]]] = {}

    def of(self, frame: str, masks: Mapping[tuple[str, int], str]) -> Iterator[frozenset[Missing]]:
        """For each row of the frame what its masks say; `masks` are columns by home frame and word."""
        for row in range(self.frames[frame].height):
            yield frozenset(self.row(frame, row, masks))

    def row(self, frame: str, row: int, masks: Mapping[tuple[str, int], str]) -> Iterator[Missing]:
        for (home, word), column in masks.items():
            mask = self.column(frame, column)[row]
            if not mask:
                continue
            facts, insides = self.named(home, word, mask)
            place = self.home(frame, row, home)
            for fact in facts:
                yield fact.kind, fact.path if fact.kind == "parameter" else self.path(home, place) + fact.path
            for inside in insides:
                for item in self.items(inside.frame, place):
                    yield from self.row(inside.frame, item, dict(inside.masks))

    def named(self, home: str, word: int, mask: int) -> tuple[tuple[Fact, ...], tuple[Inside, ...]]:
        key = home, word, mask
        if key not in self.names:
            entries = list(self.bits.named(*key))
            facts = tuple(entry for entry in entries if isinstance(entry, Fact))
            self.names[key] = facts, tuple(entry for entry in entries if isinstance(entry, Inside))
        return self.names[key]

    def column(self, frame: str, name: str) -> list[int]:
        if (frame, name) not in self.columns:
            self.columns[frame, name] = self.frames[frame][name].to_list()
        return self.columns[frame, name]

    # ---- places

    def home(self, frame: str, row: int, home: str) -> int:
        """The row of a frame around that this row belongs to."""
        while frame != home:
            frame, row = next(
                (link, self.column(frame, f"@{link}")[row])
                for link in self.plan.frames[frame].links
                if self.plan.reaches(link, home)
            )
        return row

    def items(self, frame: str, around: int) -> range:
        """The rows of a frame that belong to a row of the frame around it."""
        return range(self.starts[frame][around], self.starts[frame][around + 1])

    @cached_property
    def starts(self) -> dict[str, list[int]]:
        return {frame.name: self._starts(frame) for frame in self.plan.frames.values() if frame.name != ROOT}

    def _starts(self, frame: Frame) -> list[int]:
        links = self.frames[frame.name][f"@{frame.around}"]
        counts = pl.DataFrame({"row": links}).group_by("row").agg(pl.len())
        rows = pl.select(row=pl.int_range(self.frames[frame.around].height, dtype=pl.Int64))
        many = rows.join(counts, on="row", how="left", maintain_order="left")["len"].fill_null(0).cast(pl.Int64)
        return [0, *many.cum_sum().to_list()]

    def path(self, frame: str, row: int) -> str:
        """The path of a row of a table, with its point: `members[2].`; empty for a subject."""
        if frame == ROOT:
            return ""
        around = self.plan.frames[frame].around
        above = self.column(frame, f"@{around}")[row]
        name = frame.removeprefix(around + ".") if around else frame
        return f"{self.path(around, above)}{name}[{row - self.starts[frame][above] + 1}]."
