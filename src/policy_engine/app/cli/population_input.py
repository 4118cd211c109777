"""What `compare`, `sweep`, `readings` and `scoreboard` read and write."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from policy_engine.app.cli.exits import report
from policy_engine.app.cli.options import day_of, settings_of
from policy_engine.app.cli.progress import progress
from policy_engine.app.cli.template import missing_extra
from policy_engine.app.cli.words import words
from policy_engine.app.writing import writing
from policy_engine.documents.read_facts import read_facts_file
from policy_engine.documents.read_scenario import load_scenarios
from policy_engine.documents.table_columns import ID, in_sheets
from policy_engine.errors import FactsError, Problem, RequestError, problem
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.population.conform import conform
from policy_engine.population.files import Source
from policy_engine.population.rows import population_of
from policy_engine.population.tables import Population
from policy_engine.population.weights import taken_weights

if TYPE_CHECKING:
    from policy_engine.documents.tables import Rejected

__all__ = [
    "FACTS",
    "Asked",
    "ask",
    "facts_of",
    "read_once",
    "read_population",
    "read_sheets",
    "scenarios_of",
    "write",
]

FACTS = (".yaml", ".yml", ".json", ".jsonl")


@dataclass(frozen=True, slots=True)
class Asked:
    """A population under a pack, on a date, with the deployer's settings."""

    pack: Pack
    population: Population
    on: datetime.date
    settings: Settings
    weights: pl.Series | None = None


def ask(path: Path, pack: Pack, on: str | None, settings: Path | None, weights: str = "") -> Asked:
    """Reads everything; raises with every problem where something cannot be used. `weights` names a column."""
    supplied = settings_of(settings, pack)
    with progress(words("读入各户", "reading households")):
        population, series = _weighted(path, pack, weights) if weights else (read_population(path, pack), None)
    day = day_of(on)
    if day is None:
        raise RequestError([problem("request.no_date")])
    return Asked(pack, population, day, supplied, series)


def _weighted(path: Path, pack: Pack, column: str) -> tuple[Population, pl.Series]:
    if path.suffix.lower() in FACTS or in_sheets(path):
        raise RequestError([problem("population.weights_in_tables", where=str(path), found=column)])
    tables, weights = taken_weights(Source.open(path).tables(), column)
    population, warnings = conform(tables, pack.vocabulary)
    report(warnings)
    return population, weights


def read_population(path: Path, pack: Pack) -> Population:
    """A whole population in any form: facts, a workbook or CSV folder, or tables. Raises with every problem."""
    if path.suffix.lower() in FACTS:
        population, twice = read_once(path, pack)
        if twice:
            raise FactsError(problem for _, problem in twice)
        return population
    if not in_sheets(path):
        population, warnings = conform(Source.open(path).tables(), pack.vocabulary)
        report(warnings)
        return population
    found, rejected = read_sheets(path, pack)
    if rejected:
        raise FactsError(dict.fromkeys(one.problem for one in rejected))
    return found


def read_once(path: Path, pack: Pack) -> tuple[Population, list[tuple[int, Problem]]]:
    """The subjects of a facts file that stand in it once; for each of the others its number (from 1) and the problem."""
    subjects = facts_of(path, pack)
    places: dict[str, list[int]] = {}
    for number, facts in enumerate(subjects, 1):
        places.setdefault(facts.id, []).append(number)
    twice = {id_: numbers for id_, numbers in places.items() if id_ and len(numbers) > 1}
    found: list[tuple[int, Problem]] = []
    for id_, numbers in twice.items():
        at = {number: f"{path}!{ID}:{number}" for number in numbers}
        for number in numbers:
            others = ", ".join(place for other, place in at.items() if other != number)
            found.append((number, problem("table.id_twice", where=at[number], found=id_, other=others)))
    return population_of([facts for facts in subjects if facts.id not in twice], pack.vocabulary), found


def read_sheets(path: Path, pack: Pack) -> tuple[Population, tuple[Rejected, ...]]:
    """The households of a workbook or CSV folder as `decide` reads them, and every row that cannot be used."""
    try:
        from policy_engine.documents.table_facts import read_household
        from policy_engine.documents.tables import read_tables, set_aside
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None
    tables = read_tables(path, pack.vocabulary)
    rejected = list(tables.rejected)
    found: list[Facts] = []
    for household in tables.households:
        facts, told = read_household(tables.layouts, household, pack.vocabulary)
        if facts is None:
            rejected += set_aside(tables.layouts, household, told)
        else:
            report(told)
            found.append(facts)
    return population_of(found, pack.vocabulary), tuple(rejected)


def facts_of(path: Path, pack: Pack) -> tuple[Facts, ...]:
    """The subjects of a facts file; warnings are told."""
    subjects, warnings = read_facts_file(path, pack.vocabulary)
    report(warnings)
    return tuple(subjects)


def scenarios_of(files: Sequence[Path] | None, pack: Pack) -> tuple[Scenario, ...]:
    return tuple(scenario for file in files or () for scenario in load_scenarios(file, pack))


def write(
    format_: str,
    text: Callable[[], str],
    data: Callable[[], Any],
    *,
    html: tuple[Path | None, Callable[[], str]] = (None, str),
    svg: tuple[Path | None, Callable[[], list[str]]] = (None, list),
) -> None:
    """To standard output as text or JSON, and to the files that were asked for."""
    if html[0] is not None:
        page = html[1]()
        with writing(html[0]):
            html[0].write_text(page, encoding="utf-8")
    if svg[0] is not None:
        chart = next(iter(svg[1]()), "")
        with writing(svg[0]):
            svg[0].write_text(chart, encoding="utf-8")
    print(json.dumps(data(), ensure_ascii=False, indent=2) if format_ == "json" else text())
