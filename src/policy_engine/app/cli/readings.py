"""`policy-engine readings`: how many households each option of each open term changes."""

from __future__ import annotations

from policy_engine.app.cli.options import Mask, PackName, SettingsFile, When, pack_of
from policy_engine.app.cli.population_options import Decisions, Format, Given, Html, Svg, told_of_populations
from policy_engine.app.cli.words import LANGUAGE, words

__all__ = ["command"]


def command(
    given: Given,
    pack: PackName,
    decisions: Decisions = None,
    on: When = None,
    settings: SettingsFile = None,
    format_: Format = "text",
    html: Html = None,
    svg: Svg = None,
    mask: Mask = False,
) -> None:
    with told_of_populations(mask=mask):
        from policy_engine.app.cli.population_input import ask, write
        from policy_engine.app.cli.progress import progress
        from policy_engine.report.curves import readings_data, readings_text
        from policy_engine.report.population_page import reading_charts, readings_page
        from policy_engine.scenario.sweep import readings

        loaded = pack_of(pack)
        asked = ask(given, loaded, on, settings)
        with progress(words("逐个解释", "trying readings")) as tell:
            found = readings(
                loaded, asked.population, asked.on, decisions=decisions, settings=asked.settings, progress=tell
            )
        write(
            format_,
            lambda: readings_text(loaded, found, LANGUAGE),
            lambda: readings_data(found),
            html=(html, lambda: readings_page(loaded, found, str(asked.on), LANGUAGE)),
            svg=(svg, lambda: reading_charts(loaded, found, LANGUAGE)),
        )
