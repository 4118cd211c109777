"""Scenario files: what is supposed, under a name. A file may hold several, parted by `---`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from policy_engine.documents.link_parameters import parameter_value
from policy_engine.documents.plain_data import nodes
from policy_engine.documents.read_pack import read_text
from policy_engine.documents.read_settings import link_readings, unknown_parameter
from policy_engine.documents.reader import BAD, Reader, Word
from policy_engine.documents.scope import pack_names
from policy_engine.documents.yaml import Node, Scalar, read
from policy_engine.errors import FactsError, Problem, problem
from policy_engine.expression import tree
from policy_engine.expression.check import check
from policy_engine.expression.lex import ExpressionText
from policy_engine.expression.names import nearest
from policy_engine.expression.parse import parse
from policy_engine.expression.regions import exclusive
from policy_engine.expression.types import BOOLEAN, DATE, TEXT, CodeType, ListType, NumberType, RecordType, Type
from policy_engine.model.pack import Pack
from policy_engine.model.path_labels import YEAR_LABELS
from policy_engine.model.scenario import FactChange, NewFact, Scenario
from policy_engine.model.vocabulary import YEARS, Fact, RecordForm, Vocabulary
from policy_engine.source import Span
from policy_engine.values import Record

__all__ = ["FORMAT", "ScenarioForm", "load_scenarios", "read_scenario"]

FORMAT = 1


class ChangeForm(NamedTuple):
    """Where `when` holds about each household (or member, village, area), the facts of `set` get these values."""

    set: dict[Word, ExpressionText]
    span: Span
    when: ExpressionText = ExpressionText.of("true", "<when>")
    about: Literal["household", "village", "area", "member"] = "household"


class ScenarioForm(NamedTuple):
    """A scenario: values of parameters, options of readings, and changes of facts by condition."""

    span: Span
    scenario: Word | None = None
    format: int = 1
    parameters: dict[Word, Scalar] = {}  # noqa: RUF012 - never written to
    readings: dict[Word, Word] = {}  # noqa: RUF012 - never written to
    change: tuple[ChangeForm, ...] = ()


def load_scenarios(path: str | os.PathLike[str], pack: Pack) -> tuple[Scenario, ...]:
    """The scenarios in a YAML file, typed by the pack; raises `FactsError` with every problem.

    One without a name bears that of the file.
    """
    problems: list[Problem] = []
    text = read_text(Path(path), problems)
    documents, found = read(text, os.fspath(path)) if text is not None else ((), ())
    problems += found
    if not documents and not problems:
        problems.append(problem("form.empty", where=os.fspath(path)))
    stem = Path(path).stem
    names = [stem if len(documents) == 1 else f"{stem} {number}" for number in range(1, len(documents) + 1)]
    scenarios = tuple(_linked(node, pack, name, problems) for node, name in zip(documents, names, strict=True))
    for number, (scenario, node) in enumerate(zip(scenarios, documents, strict=True)):
        if scenario.name in [earlier.name for earlier in scenarios[:number]]:
            problems.append(problem("scenario.name_twice", node.span, name=scenario.name))
    if problems:
        raise FactsError(problems)
    return scenarios


def read_scenario(data: Mapping[str, Any], pack: Pack) -> Scenario:
    """A scenario from Python data, written as in a scenario file; raises `FactsError` with every problem."""
    problems: list[Problem] = []
    scenario = _linked(nodes(data), pack, "", problems)
    if problems:
        raise FactsError(problems)
    return scenario


def _linked(node: Node, pack: Pack, name: str, problems: list[Problem]) -> Scenario:
    reader = Reader()
    form = reader.read(node, ScenarioForm)
    problems += reader.problems
    if form is BAD:
        return Scenario(name=name)
    if form.format > FORMAT:
        problems.append(problem("pack.newer", form.span, what="format", found=form.format, known=FORMAT))
    parameters = {}
    for word, scalar in form.parameters.items():
        if word.text in pack.parameters:
            parameters[word.text] = parameter_value(scalar, pack.parameter(word.text).type, problems)
        else:
            problems.append(unknown_parameter(word, pack))
    readings = link_readings(form.readings, pack, problems)
    changes = tuple(_Linker(pack, change.about, problems).change(change) for change in form.change)
    problems += _set_twice(form.change, changes)
    return Scenario(Record(parameters), readings, form.scenario.text if form.scenario else name, changes)


# ---- changes of facts


class _Linker:
    """Types the changes of facts about one kind of thing."""

    def __init__(self, pack: Pack, about: str, problems: list[Problem]) -> None:
        self.about = about
        self.vocabulary = pack.vocabulary
        self.names = pack_names(pack, about)
        self.problems = problems

    def change(self, form: ChangeForm) -> FactChange:
        when = self.expression(form.when, BOOLEAN)
        new = [self.new_fact(word, text) for word, text in form.set.items()]
        return FactChange(self.about, when or _NOTHING, tuple(fact for fact in new if fact is not None))

    def expression(self, text: ExpressionText, wanted: Type) -> tree.Node | None:
        node, found = parse(text)
        self.problems += found
        if node is None:
            return None
        checked, found = check(node, self.names, wanted, bare_figures=True)
        self.problems += found
        return None if found else checked

    def new_fact(self, word: Word, text: ExpressionText) -> NewFact | None:
        found = _found(self.vocabulary, self.about, word.text)
        if found is None:
            near = nearest(word.text, self.names.names())
            self.problems.append(problem("facts.unknown_fact", word.span, form=self.about, fact=word, near=near))
            return None
        path, form, fact = found
        if not isinstance(fact.type, (NumberType, CodeType)) and fact.type not in (BOOLEAN, DATE, TEXT):
            self.problems.append(problem("scenario.no_single_value", word.span, fact=word, type=fact.type))
            return None
        behind = [other for name in _named(fact.derived_by) if (other := form.find(name)) is not None]
        lists = [other.id for other in behind if isinstance(other.type, ListType)]
        if lists:
            self.problems.append(problem("scenario.counted", word.span, fact=word, of=", ".join(lists)))
            return None
        value = self.expression(text, fact.type)
        if value is None:
            return None
        below = path.removesuffix(fact.id)
        again = tuple(below + name for name in _deriving(form, fact.id))
        return NewFact(path, fact.type, value, _places(fact.type), again, tuple(below + other.id for other in behind))


_NOTHING = tree.Literal(value=False, span=ExpressionText.of("false", "<when>").span(0, 5), type=BOOLEAN)


def _found(vocabulary: Vocabulary, about: str, path: str) -> tuple[str, RecordForm, Fact] | None:
    """The path by ids, the form in which it ends, and the fact there."""
    form = vocabulary.form(about)
    done: list[str] = []
    *above, last = path.split(".")
    for part in above:
        alias = _YEARS.get(part, part)
        fact = next((fact for fact in form if fact.by_year), None) if alias in YEARS else form.find(part)
        if fact is None or not isinstance(fact.type, RecordType) or fact.by_year != (alias in YEARS):
            return None
        done.append(alias if alias in YEARS else fact.id)
        form = vocabulary.form(fact.type.name)
    end = form.find(last)
    return None if end is None else (".".join([*done, end.id]), form, end)


_YEARS = {label.zh: alias for alias, label in YEAR_LABELS.items()}


def _named(node: tree.Node | None) -> list[str]:
    return [part.id for part in tree.walk(node) if isinstance(part, tree.Name)] if node is not None else []


def _deriving(form: RecordForm, id_: str) -> list[str]:
    """The facts of a form that derive from this one, also by way of others."""
    found: list[str] = []
    todo = [id_]
    while todo:
        name = todo.pop()
        new = [fact.id for fact in form if name in _named(fact.derived_by) and fact.id not in found]
        found += new
        todo += new
    return found


def _places(type_: Type) -> int:
    """Places after the point that figures of a unit are kept with: fen, whole people; of a bare number, six."""
    unit = str(type_.unit) if isinstance(type_, NumberType) else ""
    if "CNY" in unit:
        return 2
    return 0 if unit in ("person", "household") else 6


def _set_twice(forms: tuple[ChangeForm, ...], changes: tuple[FactChange, ...]) -> Iterator[Problem]:
    """A fact that is set twice, or set and worked out anew, unless the conditions are proved never to hold together."""
    apart = exclusive([change.when for change in changes])
    for later, change in enumerate(changes):
        others = [
            other
            for earlier, other in enumerate(changes[: later + 1])
            if other.about == change.about and (earlier, later) not in apart
        ]
        pairs = [(one, two) for other in others for one in change.set for two in other.set if one is not two]
        both = {one.path for one, two in pairs if _touches(one, two) or _touches(two, one)}
        if both:
            yield problem("scenario.set_twice", forms[later].span, fact=", ".join(sorted(both)))


def _touches(one: NewFact, other: NewFact) -> bool:
    return one.path in (other.path, *other.again, *other.behind)
