"""`policy-engine compare`: a population as it is and under scenarios."""

from __future__ import annotations

from typing import Annotated

import typer

from policy_engine.app.cli.options import Mask, PackName, Readings, Sets, SettingsFile, When, pack_of, scenario_of
from policy_engine.app.cli.population_options import (
    Decisions,
    Format,
    Given,
    Html,
    ScenarioFiles,
    Svg,
    Weights,
    told_of_populations,
)
from policy_engine.app.cli.record import RecordTo, digest_of, record_run
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.errors import RequestError, problem

__all__ = ["command"]


def command(
    given: Given,
    pack: PackName,
    scenario: ScenarioFiles = None,
    sets: Sets = None,
    readings: Readings = None,
    decisions: Decisions = None,
    on: When = None,
    settings: SettingsFile = None,
    samples: Annotated[
        int,
        typer.Option(
            "--samples", min=0, help=words("每个决定举几户为例", "how many households to show of each decision")
        ),
    ] = 3,
    weights: Weights = "",
    format_: Format = "text",
    html: Html = None,
    svg: Svg = None,
    record: RecordTo = None,
    mask: Mask = False,
) -> None:
    with told_of_populations(mask=mask):
        from policy_engine.app.cli.population_input import ask, scenarios_of, write
        from policy_engine.app.cli.progress import progress
        from policy_engine.report.comparison import comparison_data, comparison_text
        from policy_engine.report.population_page import comparison_charts, comparison_page
        from policy_engine.scenario.compare import compare, masked

        loaded = pack_of(pack)
        asked = ask(given, loaded, on, settings, weights)
        scenarios = scenarios_of(scenario, loaded)
        if sets or readings:
            scenarios = (*scenarios, scenario_of(sets, readings, loaded))
        if not scenarios:
            raise RequestError([problem("request.no_scenario")])
        with progress(words("比较", "comparing")) as tell:
            found = compare(
                loaded,
                asked.population,
                scenarios,
                asked.on,
                decisions=decisions,
                settings=asked.settings,
                weights=asked.weights,
                samples=samples,
                progress=tell,
            )
        found = masked(found) if mask else found
        if record is not None:
            record_run(
                record, pack, loaded, "scenario", {"input": digest_of(given), **comparison_data(found, samples=False)}
            )
        write(
            format_,
            lambda: comparison_text(found, LANGUAGE),
            lambda: comparison_data(found),
            html=(html, lambda: comparison_page(found, LANGUAGE)),
            svg=(svg, lambda: comparison_charts(found, LANGUAGE)),
        )
