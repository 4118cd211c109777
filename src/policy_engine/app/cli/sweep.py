"""`policy-engine sweep`: a parameter moved in steps, and how many then have each outcome."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import typer

from policy_engine.app.cli.options import Mask, PackName, SettingsFile, When, pack_of
from policy_engine.app.cli.population_options import Decisions, Format, Given, Html, Svg, told_of_populations
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.errors import RequestError, problem

__all__ = ["command"]


def command(
    given: Given,
    parameter: Annotated[str, typer.Argument(metavar="PARAM", help=words("参数", "the parameter"))],
    start: Annotated[str, typer.Argument(metavar="FROM", help=words("从", "from"))],
    end: Annotated[str, typer.Argument(metavar="TO", help=words("到", "to"))],
    pack: PackName,
    steps: Annotated[int, typer.Option("--steps", min=1, max=1000, help=words("分几步", "in how many steps"))] = 10,
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
        from policy_engine.report.curves import curves_data, curves_text
        from policy_engine.report.population_page import curve_charts, curves_page
        from policy_engine.scenario.sweep import steps_between, sweep

        loaded = pack_of(pack)
        asked = ask(given, loaded, on, settings)
        by_label = {known.label.zh: id_ for id_, known in loaded.parameters.items()}
        values = steps_between(_number(start), _number(end), steps)
        with progress(words("逐步变动", "sweeping")) as tell:
            found = sweep(
                loaded,
                asked.population,
                by_label.get(parameter, parameter),
                values,
                asked.on,
                decisions=decisions,
                settings=asked.settings,
                progress=tell,
            )
        write(
            format_,
            lambda: curves_text(loaded, found, LANGUAGE),
            lambda: curves_data(found),
            html=(html, lambda: curves_page(loaded, found, str(asked.on), LANGUAGE)),
            svg=(svg, lambda: curve_charts(loaded, found, LANGUAGE)),
        )


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite():
        raise RequestError([problem("request.no_number", found=text)])
    return number
