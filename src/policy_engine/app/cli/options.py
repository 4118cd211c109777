"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import datetime
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from policy_engine.app.cli.words import words
from policy_engine.documents.read_pack import load_pack
from policy_engine.documents.read_scenario import load_scenarios
from policy_engine.documents.read_settings import load_settings, supposed
from policy_engine.errors import RequestError, problem
from policy_engine.expression import temporal
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings

__all__ = [
    "Format",
    "FormatOption",
    "Mask",
    "PackName",
    "Readings",
    "ScenarioFile",
    "Sets",
    "SettingsFile",
    "TextFile",
    "When",
    "day_of",
    "pack_of",
    "scenario_of",
    "settings_of",
]


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    HTML = "html"


FormatOption = Annotated[Format, typer.Option("--format", help=words("输出格式", "form of the output"))]
Mask = Annotated[
    bool,
    typer.Option(
        "--mask", help=words("遮盖个人信息（哪些算，由词汇表说明）", "mask personal values, as the vocabulary has them")
    ),
]
TextFile = Annotated[
    Path | None,
    typer.Option(
        "--text",
        help=words(
            "引用文件原文：原文文件，或内有 <政策包>.md 或 .txt 的文件夹（默认取环境变量 POLICY_ENGINE_TEXTS）",
            "quote the official text: its file, or a folder with <pack>.md or .txt "
            "(by default that of the environment variable POLICY_ENGINE_TEXTS)",
        ),
    ),
]
PackName = Annotated[
    str,
    typer.Option(
        "--pack",
        "-p",
        help=words(
            "政策包：名称（见 pack list）或所在文件夹；decide 可用 auto",
            "the pack: a name (see pack list) or a folder; decide takes auto as well",
        ),
    ),
]
When = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="DATE",
        help=words(
            "问的是哪一天（YYYY-MM-DD）；默认取事实的 as_of",
            "the date asked about (YYYY-MM-DD); by default the facts' as_of",
        ),
    ),
]
SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", help=words("使用单位提供的数值（YAML）", "figures that the deployer supplies (YAML)")),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PARAM=VALUE",
        help=words("设想参数为另一数值（可多次）", "suppose another value of a parameter (repeatable)"),
    ),
]
Readings = Annotated[
    list[str] | None,
    typer.Option(
        "--reading",
        metavar="TERM=OPTION",
        help=words("换一种解释（可多次）", "choose an option of a reading (repeatable)"),
    ),
]
ScenarioFile = Annotated[
    Path | None,
    typer.Option(
        "--scenario",
        metavar="FILE",
        help=words("设想（YAML）：参数、解释、事实", "a scenario (YAML): figures, readings, facts"),
    ),
]


def pack_of(name: str) -> Pack:
    return load_pack(name)


def day_of(text: str | None) -> datetime.date | None:
    """The day of `--on`; raises `RequestError` where it is none."""
    if text is None:
        return None
    day = temporal.read_date(text)
    if day is None:
        raise RequestError([problem("request.bad_date", found=text)])
    return day


def settings_of(path: Path | None, pack: Pack) -> Settings:
    return Settings() if path is None else load_settings(path, pack)


def scenario_of(sets: list[str] | None, readings: list[str] | None, pack: Pack, file: Path | None = None) -> Scenario:
    """What is supposed: by a file with one scenario, and by `--set` and `--reading`, which go before it."""
    given = supposed(sets or [], readings or [], pack)
    if file is None:
        return given
    found = load_scenarios(file, pack)
    if len(found) != 1:
        raise RequestError([problem("request.one_scenario", where=str(file), found=len(found))])
    parameters = {**found[0].parameters, **given.parameters}
    return replace(found[0], parameters=parameters, readings={**found[0].readings, **given.readings})
