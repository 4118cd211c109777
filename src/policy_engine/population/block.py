"""Blocks of a population, one after the other: read, decided, and written down as a table of answers.

A pack is compiled once for all blocks with the same columns. Every engine does just this with its blocks: this process
with parts of a file, and the workers of a cluster with what they are given (`spark`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from policy_engine.errors import Problem
from policy_engine.model.facts import Evidence
from policy_engine.population.compile import Compiled, compile_pack
from policy_engine.population.conform import conform
from policy_engine.population.rowwise import Asked
from policy_engine.population.run import PopulationAnswers, answers_of
from policy_engine.population.settling import with_missing
from policy_engine.population.tables import Population
from policy_engine.population.written import answer_table, masked

__all__ = ["Block", "Runner", "together"]


@dataclass(frozen=True, slots=True)
class Block:
    """Some of the households, decided; `weights` where they are a sample."""

    population: Population
    answers: PopulationAnswers
    weights: pl.Series | None = None


@dataclass
class Runner:
    """Decides blocks alike: the same decisions, with the same evidence for judgements.

    `only_outcomes`: no possible outcomes, flags and rules are computed, which is faster. `masked`: what is written is for others.
    """

    asked: Asked
    decisions: tuple[str, ...]
    evidence: Evidence = field(default_factory=Evidence)
    only_outcomes: bool = False
    masked: bool = False
    _compiled: dict[object, Compiled] = field(default_factory=dict)

    def read(
        self,
        tables: Mapping[str, pl.DataFrame],
        numbers: Mapping[str, pl.Series] | None = None,
        *,
        by_code: bool = False,
    ) -> tuple[Population, tuple[Problem, ...]]:
        """The population of a block, with warnings, as `conform` reads it; raises `FactsError`."""
        vocabulary = self.asked.pack.vocabulary
        return conform(tables, vocabulary, evidence=self.evidence, numbers=numbers, by_code=by_code)

    def decide(self, population: Population) -> Block:
        if population.schema not in self._compiled:
            self._compiled[population.schema] = compile_pack(
                self.asked, population, self.decisions, only_outcomes=self.only_outcomes
            )
        return Block(population, answers_of(self.asked, population, self._compiled[population.schema]))

    def written(self, block: Block, *, missing: bool) -> pl.DataFrame:
        """A row for each household (`written.answer_table`); `missing` adds what the open answers wait for."""
        pack = self.asked.pack
        answers = with_missing(self.asked, block.population, block.answers) if missing else block.answers
        frame = answer_table(pack, block.population, answers, in_force=self.asked.on in pack.in_force)
        return masked(frame, pack) if self.masked else frame


def together(warnings: Iterable[Problem]) -> list[Problem]:
    """Warnings of several blocks: those that say the same once, their counts added."""
    counts: Counter[Problem] = Counter()
    for found in warnings:
        details = dict(found.details)
        many = int(details.get("count", 0))
        key = tuple((name, value) for name, value in found.details if name != "count")
        counts[replace(found, details=key)] += many
    return [
        replace(found, details=(("count", str(many)), *found.details)) if many else found
        for found, many in counts.items()
    ]
