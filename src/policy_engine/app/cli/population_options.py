"""Options of the commands about populations, and what is said where Polars is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from policy_engine.app.cli.exits import told
from policy_engine.app.cli.words import words
from policy_engine.errors import MissingExtra, problem

__all__ = ["Decisions", "Format", "Given", "Html", "ScenarioFiles", "Svg", "Weights", "told_of_populations"]

Given = Annotated[
    Path,
    typer.Argument(
        metavar="IN",
        help=words(
            "各户：事实文件、工作簿，或 CSV、Parquet 文件夹",
            "the households: a facts file, a workbook, or a folder of CSV or Parquet files",
        ),
    ),
]
Decisions = Annotated[
    list[str] | None,
    typer.Option("--decision", "-d", metavar="ID", help=words("哪些决定（可多次）", "which decisions (repeatable)")),
]
ScenarioFiles = Annotated[
    list[Path] | None,
    typer.Option("--scenario", metavar="FILE", help=words("设想（YAML，可多次）", "a scenario (YAML, repeatable)")),
]
Format: TypeAlias = Annotated[
    Literal["text", "json"], typer.Option("--format", help=words("输出格式", "form of the output"))
]
Html = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help=words("写成一个可离线打开的网页", "write one page that opens offline")),
]
Svg = Annotated[
    Path | None,
    typer.Option("--svg", metavar="FILE", help=words("写出第一个决定的图", "write the chart of the first decision")),
]

Weights = Annotated[
    str,
    typer.Option(
        "--weights",
        metavar="COLUMN",
        help=words("抽样权重列", "the column of weights, where the households are a sample"),
    ),
]


@contextmanager
def told_of_populations(*, mask: bool) -> Iterator[None]:
    """Problems told as elsewhere; without Polars, how to install it. Everything that needs it is imported inside."""
    with told(mask=mask):
        try:
            yield
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] != "polars":
                raise
            raise MissingExtra([problem("population.missing_extra", found=error.name)]) from None
