"""What open answers wait for, as bits: a place of a frame for each fact, judgement, parameter or list of items.

A row's mask names its own facts directly. Facts of the items of its lists stand in masks of the items, in their own
frame; the row above has one bit that points to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import polars as pl

from policy_engine.population.column import Waits
from policy_engine.population.plan import Plan

__all__ = ["Bits", "Fact", "Inside"]

WORD = 62
"""Bits in a mask."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact, judgement or parameter; `path` is below the row's own path, or whole where `kind` is `parameter`."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Inside:
    """What the items of a frame wait for: the columns there that hold their masks, by home frame and word."""

    frame: str
    masks: tuple[tuple[tuple[str, int], str], ...]


Entry: TypeAlias = Fact | Inside


@dataclass
class Bits:
    """The entries of each frame; an entry's place is its bit."""

    plan: Plan
    entries: dict[str, dict[Entry, int]] = field(default_factory=dict)

    def of(self, frame: str, entry: Entry) -> dict[tuple[str, int], pl.Expr]:
        """The mask in which the entry alone is set."""
        known = self.entries.setdefault(frame, {})
        word, bit = divmod(known.setdefault(entry, len(known)), WORD)
        return {(frame, word): pl.lit(1 << bit, pl.Int64)}

    def carry(self, frame: str, waits: Waits) -> Waits:
        """What the items of a frame wait for, in the frame around it."""
        around = self.plan.frames[frame].around
        found: dict[tuple[str, int], pl.Expr] = {}
        inside: list[tuple[tuple[str, int], str]] = []
        for key, mask in sorted(waits.items(), key=lambda item: item[0]):
            if self.plan.reaches(around, key[0]):
                found[key] = self.plan.join(frame, mask)
            else:
                kept = self.plan.define(frame, _never_literal(mask))
                inside.append((key, kept.meta.output_name()))
        if inside:
            where = self.plan.some(frame, pl.any_horizontal(pl.col(name) != 0 for _, name in inside))
            for key, bit in self.of(around, Inside(frame, tuple(inside))).items():
                mask = pl.when(where).then(bit).otherwise(pl.lit(0, pl.Int64))
                found[key] = found[key] | mask if key in found else mask
        return found

    def named(self, frame: str, word: int, mask: int) -> Iterator[Entry]:
        """The entries whose bits are set."""
        for entry, place in self.entries[frame].items():
            if place // WORD == word and mask >> place % WORD & 1:
                yield entry


def _never_literal(mask: pl.Expr) -> pl.Expr:
    return mask if mask.meta.root_names() else pl.when(pl.int_range(pl.len()) >= 0).then(mask)


Masks: TypeAlias = Mapping[tuple[str, int], str]
