"""What `compare`, `sweep`, `readings` and `scoreboard` read and write."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_engine.app.cli.exits import report
from policy_engine.app.cli.options import day_of, settings_of
from policy_engine.documents.read_facts import read_facts_file
from policy_engine.documents.read_scenario import load_scenarios
from policy_engine.documents.table_facts import read_household
from policy_engine.documents.tables import read_tables
from policy_engine.errors import FactsError, Problem, RequestError, problem
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.population.conform import MAIN, conform
from policy_engine.population.files import Source
from policy_engine.population.rows import population_of
from policy_engine.population.tables import Population

__all__ = ["Asked", "ask", "facts_of", "scenarios_of", "write"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A population under a pack, on a date, with the deployer's settings."""

    pack: Pack
    population: Population
    on: datetime.date
    settings: Settings


def ask(path: Path, pack: Pack, on: str | None, settings: Path | None) -> Asked:
    """Reads everything; raises with every problem where something cannot be used."""
    supplied = settings_of(settings, pack)
    population = _population(path, pack)
    day = day_of(on)
    if day is None:
        raise RequestError([problem("request.no_date")])
    return Asked(pack, population, day, supplied)


def _population(path: Path, pack: Pack) -> Population:
    if path.suffix.lower() in (".yaml", ".yml", ".json", ".jsonl"):
        return population_of(facts_of(path, pack), pack.vocabulary)
    if path.suffix == ".parquet" or any((path / f"{MAIN}{suffix}").is_file() for suffix in (".parquet", ".csv")):
        found, warnings = conform(Source.open(path).tables(), pack.vocabulary)
        report(warnings)
        return found
    tables = read_tables(path, pack.vocabulary)
    problems: list[Problem] = [rejected.problem for rejected in tables.rejected]
    read: list[Facts] = []
    for household in tables.households:
        facts, told = read_household(tables.layouts, household, pack.vocabulary)
        if facts is None:
            problems += told
        else:
            read.append(facts)
    if problems:
        raise FactsError(problems)
    return population_of(read, pack.vocabulary)


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
        html[0].write_text(html[1](), encoding="utf-8")
    if svg[0] is not None:
        svg[0].write_text(next(iter(svg[1]()), ""), encoding="utf-8")
    print(json.dumps(data(), ensure_ascii=False, indent=2) if format_ == "json" else text())
