"""A pack compiled for many single decisions: the same findings as the evaluator's where everything needed is known.

`single` is the meaning. A program gives a finding only where it is sure of it, and None everywhere else: where a fact
is missing that may matter, at gaps and conflicts, and for the few things that are not compiled.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from policy_engine.evaluation.finding import Finding, Outcome
from policy_engine.evaluation.python_code import Units
from policy_engine.evaluation.python_operators import NotGenerated
from policy_engine.evaluation.single import Single, complete_to
from policy_engine.evaluation.tables import evaluate_table
from policy_engine.expression.functions import Undefined
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.model.vocabulary import Fact

__all__ = ["COMPILED_AFTER", "Program", "Run", "program_of"]

Made = TypeVar("Made")
COMPILED_AFTER = 8
"""Decisions for which a pack is evaluated as it is; whoever asks for more has it compiled."""
_NOBODY = Facts("household", FactRecord({}, "household", ""))
_NOTHING = FactRecord({}, "", "")
_DAYS = 1000
"""Dates for which a program keeps the values of its parameters, and findings that it keeps for each decision."""


class Program:
    """The decisions of a pack about households and their members, under given settings and a scenario.

    Compiled when first run, which takes some hundredths of a second. Safe to share between threads.
    """

    def __init__(self, pack: Pack, settings: Settings, scenario: Scenario) -> None:
        self.pack, self.settings, self.scenario = pack, settings, scenario
        self.uses = 0
        self._functions: dict[str, Callable[[Run, FactRecord], Any]] | None = None
        self._parameters: tuple[str, ...] = ()
        self._values: dict[datetime.date, tuple[Any, ...]] = {}
        self._findings: dict[tuple[str, Any], Finding] = {}
        self._made: dict[int, Any] = {}

    @property
    def functions(self) -> dict[str, Callable[[Run, FactRecord], Any]]:
        """For each compiled decision its function."""
        if self._functions is None:
            chosen = Single(self.pack, _NOBODY, datetime.date.min, self.settings, self.scenario).chosen
            units = Units(self.pack, chosen)
            names = {id_: name for id_ in self.pack.decisions if (name := _unit(units, id_))}
            namespace = dict(units.constants)
            exec(compile("\n".join(units.sources), "<compiled pack>", "exec"), namespace)  # noqa: S102 - own code, no text in it
            self._parameters = tuple(units.parameters)
            self._functions = {id_: namespace[name] for id_, name in names.items()}
        return self._functions

    def parameters(self, on: datetime.date) -> tuple[Any, ...]:
        """The parameters' values on a date, None where there is none, in the order in which the code numbers them."""
        values = self._values.get(on)
        if values is None:
            run = Single(self.pack, _NOBODY, on, self.settings, self.scenario)
            dated = [run.parameter_value(id_) for id_ in self._parameters]
            values = tuple(None if found is None else found.value for found in dated)
            if len(self._values) < _DAYS:
                self._values[on] = values
        return values

    def finding(self, id_: str, value: Any, hits: tuple[int, ...]) -> Finding:
        """The finding of a decision with this value, and of whose rules just these hold."""
        table = self.pack.decision(id_).table
        if table is None and not isinstance(value, (bool, str)):
            return Finding(id_, value, (Outcome(value, certain=True),))
        key = (id_, value if table is None else hits)
        found = self._findings.get(key)
        if found is None:
            if table is None:
                found = Finding(id_, value, (Outcome(value, certain=True),))
            else:
                found = evaluate_table(id_, table, (position in hits for position in range(len(table.rules))))
            if len(self._findings) < _DAYS:
                found = self._findings.setdefault(key, found)
                self._made[id(found)] = None
        return found

    def run(self, facts: Facts, on: datetime.date) -> Run | None:
        """The run of a household, where the program has been used often enough to be worth compiling."""
        worth = self.uses > COMPILED_AFTER and facts.subject == "household"
        return Run(self, facts, on) if worth else None

    def once(self, finding: Finding, make: Callable[[Finding], Made]) -> Made:
        """What is made of a finding: of one that the program keeps, only once."""
        kept: Made | None = self._made.get(id(finding))
        if kept is None:
            kept = make(finding)
            if id(finding) in self._made:
                self._made[id(finding)] = kept
        return kept


class Run:
    """One household on one date. The compiled functions read and write it."""

    __slots__ = (
        "facts",
        "functions",
        "hits",
        "nothing",
        "on",
        "parameters",
        "program",
        "root",
        "values",
        "year",
        "year_before",
    )

    def __init__(self, program: Program, facts: Facts, on: datetime.date) -> None:
        self.program, self.facts, self.on = program, facts, on
        self.functions = program.functions
        self.parameters = program.parameters(on)
        self.root, self.nothing = facts.root, _NOTHING
        self.year, self.year_before = str(on.year), str(on.year - 1)
        self.values: dict[tuple[str, str], Any] = {}
        self.hits: dict[tuple[str, str], tuple[int, ...]] = {}

    def find(self, id_: str, record: FactRecord) -> Finding | None:
        """The finding of a decision about the household or a member, None where the evaluator must be asked."""
        function = self.functions.get(id_)
        if function is None:
            return None
        try:
            value = function(self, record)
        except (Undefined, ArithmeticError):
            return None
        return None if value is None else self.program.finding(id_, value, self.hits[id_, record.path])

    def found(self, key: tuple[str, str], value: Any, hits: tuple[int, ...]) -> Any:
        self.values[key], self.hits[key] = value, hits
        return value

    def up_to_date(self, value: Any, record: FactRecord, fact: Fact) -> Any:
        """A list of events, where it is complete up to the date."""
        known_to = complete_to(self.facts, record.below(fact.id))
        return value if known_to is None or self.on <= known_to else None


def _unit(units: Units, decision: str) -> str:
    """The name of the decision's function, empty where it has none."""
    try:
        return units.decision(decision)
    except NotGenerated:
        return ""


class _Same:
    """A pack as itself: the same object, not an equal one, so that asking for its program compares nothing."""

    __slots__ = ("pack",)

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.pack is other.pack

    def __hash__(self) -> int:
        return id(self.pack)


def program_of(pack: Pack, settings: Settings, scenario: Scenario) -> Program:
    """The program of a pack; the last few are kept."""
    return _program(_Same(pack), settings, scenario)


@lru_cache(maxsize=32)
def _program(pack: _Same, settings: Settings, scenario: Scenario) -> Program:
    return Program(pack.pack, settings, scenario)
