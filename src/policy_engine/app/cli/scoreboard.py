"""`policy-engine scoreboard`: what a pack decides about counties or towns, what stands in the way, who is behind a number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from policy_engine.app.cli.options import Mask, PackName, Readings, Sets, SettingsFile, When, pack_of, scenario_of
from policy_engine.app.cli.population_options import Decisions, Format, Given, Html, told_of_populations
from policy_engine.app.cli.words import LANGUAGE, words

__all__ = ["command"]


def command(
    given: Given,
    pack: PackName,
    by: Annotated[
        Literal["province", "prefecture", "county", "town"], typer.Option("--by", help=words("按哪一级", "which level"))
    ] = "county",
    areas: Annotated[
        Path | None,
        typer.Option("--areas", help=words("区域自身的事实（事实文件）", "facts about the areas (a facts file)")),
    ] = None,
    villages: Annotated[
        Path | None,
        typer.Option("--villages", help=words("各村的事实（事实文件）", "facts about the villages (a facts file)")),
    ] = None,
    decisions: Decisions = None,
    lists: Annotated[
        bool, typer.Option("--lists", help=words("列出每个数字背后的户和村", "with the list behind every number"))
    ] = False,
    on: When = None,
    settings: SettingsFile = None,
    sets: Sets = None,
    readings: Readings = None,
    format_: Format = "text",
    html: Html = None,
    mask: Mask = False,
) -> None:
    with told_of_populations(mask=mask):
        from policy_engine.app.cli.population_input import ask, facts_of, write
        from policy_engine.app.cli.progress import progress
        from policy_engine.report.board import board_data, board_text, list_text
        from policy_engine.report.population_page import board_page
        from policy_engine.scenario.scoreboard import masked, scoreboard

        loaded = pack_of(pack)
        asked = ask(given, loaded, on, settings)
        with progress(words("逐区域决定", "deciding areas")):
            found = scoreboard(
                loaded,
                asked.population,
                by,
                asked.on,
                decisions=decisions,
                areas=facts_of(areas, loaded) if areas is not None else (),
                villages=facts_of(villages, loaded) if villages is not None else None,
                settings=asked.settings,
                scenario=scenario_of(sets, readings, loaded),
            )
        found = masked(found) if mask else found

        def text() -> str:
            rows = [line for behind in found.behind for line in list_text(behind, LANGUAGE)] if lists else []
            return "\n".join([board_text(found, LANGUAGE), *([""] if rows else []), *rows])

        write(format_, text, lambda: board_data(found), html=(html, lambda: board_page(found, LANGUAGE)))
