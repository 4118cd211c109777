"""Settings files: what a document relies on and does not state, supplied by the office that uses it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from policy_engine.documents.forms import SettingsForm
from policy_engine.documents.link_parameters import link_values, overlap, parameter_value
from policy_engine.documents.read_pack import read_text
from policy_engine.documents.reader import BAD, Reader, Word
from policy_engine.documents.yaml import Node, Scalar, read
from policy_engine.errors import FactsError, Problem, RequestError, problem
from policy_engine.expression.names import nearest
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.source import Source, Span
from policy_engine.values import Record

__all__ = ["FORMAT", "link_readings", "load_settings", "read_settings", "supposed", "unknown_parameter"]

FORMAT = 1


def load_settings(path: str | os.PathLike[str], pack: Pack) -> Settings:
    """The settings in a YAML file, typed by the pack's parameters; raises `FactsError` with every problem."""
    problems: list[Problem] = []
    text = read_text(Path(path), problems)
    documents, found = read(text, os.fspath(path)) if text is not None else ((), ())
    problems += found
    if not documents and not problems:
        problems.append(problem("form.empty", where=os.fspath(path)))
    if len(documents) > 1:
        problems.append(problem("pack.several_documents", documents[1].span))
    settings = read_settings(documents[0], pack, problems) if documents else Settings()
    if problems:
        raise FactsError(problems)
    return settings


def read_settings(node: Node, pack: Pack, problems: list[Problem]) -> Settings:
    """The settings under a node; a value for a date on which the document states one is refused."""
    reader = Reader()
    form = reader.read(node, SettingsForm)
    problems += reader.problems
    if form is BAD:
        return Settings()
    if form.format > FORMAT:
        problems.append(problem("pack.newer", form.span, what="format", found=form.format, known=FORMAT))
    parameters = {}
    for word, setting in form.parameters.items():
        if word.text not in pack.parameters:
            problems.append(unknown_parameter(word, pack))
            continue
        parameter = pack.parameter(word.text)
        values = link_values(setting, parameter.type, lambda _: (), problems)
        if setting.value is None and not setting.values and not setting.windows:
            problems.append(problem("link.no_value", word.span, id=word))
        if any(overlap(value, stated) for value in values for stated in parameter.values):
            problems.append(problem("settings.stated", word.span, id=word))
        parameters[word.text] = values
    return Settings(Record(parameters), link_readings(form.readings, pack, problems))


def unknown_parameter(word: Word, pack: Pack) -> Problem:
    near = nearest(word.text, pack.parameters) or ", ".join(pack.parameters)
    return problem("request.unknown_parameter", word.span, found=word, pack=pack.id, near=near)


def link_readings(forms: Mapping[Word, Word], pack: Pack, problems: list[Problem]) -> Record:
    """Options by reading; a reading or option that the pack does not have is reported."""
    for word, option in forms.items():
        if word.text not in pack.readings:
            near = nearest(word.text, pack.readings) or ", ".join(pack.readings)
            problems.append(problem("request.unknown_reading", word.span, found=word, pack=pack.id, near=near))
        elif option.text not in (options := [known.id for known in pack.reading(word.text).options]):
            near = ", ".join(options)
            problems.append(problem("request.unknown_option", option.span, found=option, reading=word, near=near))
    return Record({word.text: option.text for word, option in forms.items()})


def supposed(sets: list[str], choices: list[str], pack: Pack) -> Scenario:
    """A scenario from `PARAM=VALUE` and `TERM=OPTION`, as a command line gives them."""
    problems: list[Problem] = []
    by_label = {parameter.label.zh: id_ for id_, parameter in pack.parameters.items()}
    parameters = {}
    for text in sets:
        name, given, value = text.partition("=")
        name = by_label.get(name, name)
        if not given or not value:
            problems.append(problem("request.bad_assignment", found=text))
            continue
        if name not in pack.parameters:
            near = nearest(name, pack.parameters) or ", ".join(pack.parameters)
            problems.append(problem("request.unknown_parameter", found=name, pack=pack.id, near=near))
            continue
        scalar = Scalar(value, Span(Source(f"--set {name}", value), 0, len(value)))
        parameters[name] = parameter_value(scalar, pack.parameter(name).type, problems)
    readings = {}
    for text in choices:
        reading, _, option = text.partition("=")
        if not reading or not option:
            problems.append(problem("request.bad_assignment", found=text))
        readings[reading] = option
    if problems:
        raise RequestError(problems)
    return Scenario(Record(parameters), Record(readings))
