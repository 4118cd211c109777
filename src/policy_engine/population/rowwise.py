"""Row by row: decisions that are not compiled, answered by the single evaluator."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from policy_engine.evaluation.single import Single
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.population.answers import Found, Layout, found_in
from policy_engine.population.rows import each_facts
from policy_engine.population.tables import ROOT, Population
from policy_engine.values import Value

__all__ = ["Asked", "answered_by_row", "found_by_row"]


class Asked:
    """A pack asked on a date: everything but the subject."""

    def __init__(
        self,
        pack: Pack,
        on: datetime.date,
        settings: Settings = Settings(),  # noqa: B008 - immutable
        scenario: Scenario = Scenario(),  # noqa: B008 - immutable
    ) -> None:
        self.pack = pack
        self.on = on
        self.settings = settings
        self.scenario = scenario
        self._nobody = self.single(Facts("household", FactRecord({}, "household", "")))

    def single(self, facts: Facts) -> Single:
        return Single(self.pack, facts, self.on, self.settings, self.scenario)

    def chosen(self, reading: str) -> str:
        """The option of a reading in use."""
        return self._nobody.chosen(reading)

    def parameter(self, id_: str) -> Value | None:
        """The value of a parameter in use on the date; None where there is none."""
        found = self._nobody.parameter_value(id_)
        return None if found is None else found.value

    def about(self, subject: str) -> list[str]:
        """The decisions about subjects of this kind, and about the members of households."""
        kinds = (subject, "member") if subject == "household" else (subject,)
        return [id_ for id_, decision in self.pack.decisions.items() if decision.about in kinds]

    def table_of(self, decision: str, subject: str) -> str:
        """The table with a row for each thing that a decision is about."""
        about = self.pack.decision(decision).about
        return ROOT if about == subject else f"{about}s"


def found_by_row(asked: Asked, population: Population, layouts: Sequence[Layout]) -> dict[str, list[Found]]:
    """For each decision the answers in the order of the rows of its table."""
    found: dict[str, list[Found]] = {layout.decision: [] for layout in layouts}
    if not layouts:
        return found
    tables = {layout.decision: asked.table_of(layout.decision, population.subject) for layout in layouts}
    for facts in each_facts(population, asked.pack.vocabulary):
        run = asked.single(facts)
        for layout in layouts:
            found[layout.decision] += _answers(run, layout, tables[layout.decision])
    return found


def _answers(run: Single, layout: Layout, table: str) -> Iterator[Found]:
    if not table:
        yield found_in(run.decision(layout.decision), layout.kind)
        return
    for record in run.facts.root.get(table, ()):
        yield found_in(run.about(layout.decision, record), layout.kind)


def answered_by_row(
    asked: Asked, population: Population, layouts: Sequence[Layout]
) -> Mapping[str, dict[str, pl.Series]]:
    """The answers as columns, by decision."""
    found = found_by_row(asked, population, layouts)
    return {layout.decision: layout.columns(found[layout.decision]) for layout in layouts}
