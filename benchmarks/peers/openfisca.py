"""The workload in OpenFisca-Core: two-valued, so unknown counts as nothing and false; compared where nothing is unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from openfisca_core import periods
from openfisca_core.entities import Entity, GroupEntity
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2021"
PERSON = Entity("person", "persons", "", "")
HOUSEHOLD = GroupEntity("household", "households", "", "", roles=[{"key": "member", "plural": "members"}])
INCOMES = [f"income_{number}" for number in range(1, 7)]
SPENDING = ["illness", "disability", "schooling", "disaster", "accident"]
GUARANTEES = ["education", "medical", "housing", "water", "food", "clothing"]
FLAGS = ["dibao", "was_poor", "borderline", "short_hardship"]


def _variable(name: str, entity: Entity, kind: type, formula: Callable[..., Any] | None = None) -> type[Variable]:
    body: dict[str, Any] = {
        "value_type": kind,
        "entity": entity,
        "definition_period": periods.DateUnit.YEAR,
        "label": name,
    }
    if formula is not None:
        body["formula"] = formula
    return type(name, (Variable,), body)


def _of(*names: str) -> Callable[..., list[Any]]:
    def read(household: Any, period: Any) -> list[Any]:
        return [household(name, period) for name in names]

    return read


def _any(test: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def formula(household: Any, period: Any) -> Any:
        return household.any(test(household.members, period))

    return formula


FORMULAS: dict[str, tuple[type, Callable[..., Any]]] = {
    "size": (int, lambda h, _: h.nb_persons()),
    "has_labour": (bool, _any(lambda m, p: m("able", p) * (m("age", p) >= 16) * (m("age", p) <= 60))),
    "severe": (bool, _any(lambda m, p: (m("grade", p) == 1) + (m("grade", p) == 2))),
    "major": (bool, _any(lambda m, p: m("major_illness", p))),
    "dropout": (bool, _any(lambda m, p: (m("age", p) >= 6) * (m("age", p) <= 15) * ~m("school", p))),
    "income": (float, lambda h, p: sum(_of(*INCOMES)(h, p)) - h("cost", p)),
    "rigid": (float, lambda h, p: sum(_of(*SPENDING)(h, p))),
    "per_head": (float, lambda h, p: h("income", p) / h("size", p)),
    "line": (float, lambda h, p: np.select([h("year", p) == 2020, h("year", p) == 2021], [5500, 6000], 6500)),
    "below_line": (bool, lambda h, p: h("per_head", p) < h("line", p)),
    "below_15": (bool, lambda h, p: h("per_head", p) < 1.5 * h("line", p)),
    "deep": (bool, lambda h, p: h("per_head", p) < 0.5 * h("line", p)),
    "rigid_heavy": (bool, lambda h, p: h("rigid", p) > h("last_disposable", p)),
    "slump": (bool, lambda h, p: h("income", p) < 0.7 * h("last_income", p)),
    "stable": (bool, lambda h, p: h("income", p) >= 1.2 * h("last_income", p)),
    "lacks": (bool, lambda h, p: ~np.logical_and.reduce(_of(*GUARANTEES)(h, p))),
    "dis_acc": (bool, lambda h, p: (h("disaster", p) > 0) + (h("accident", p) > 0)),
    "med_heavy": (bool, lambda h, p: h("illness", p) > 0.3 * h("income", p)),
    "need": (bool, lambda h, p: h("lacks", p) + h("below_line", p) * ~h("dibao", p)),
    "hardship": (bool, lambda h, p: h("rigid_heavy", p) + h("slump", p)),
    "vulnerable": (bool, lambda h, p: h("severe", p) + h("major", p) + ~h("has_labour", p)),
    "crisis": (bool, lambda h, p: h("hardship", p) * h("below_15", p)),
    "settled": (bool, lambda h, p: h("stable", p) * h("has_labour", p) * ~h("vulnerable", p)),
    "category": (
        int,
        lambda h, p: np.select(
            [
                h("was_poor", p) * (h("below_line", p) + h("lacks", p)),
                h("borderline", p) * (h("below_line", p) + h("hardship", p)),
                h("hardship", p) * h("below_line", p) * (h("short_hardship", p) + h("lacks", p)),
            ],
            [1, 2, 3],
            0,
        ),
    ),
    "colour": (
        int,
        lambda h, p: np.select(
            [h("major", p) * h("rigid_heavy", p), h("dis_acc", p) * h("slump", p), h("need", p)], [1, 1, 2], 3
        ),
    ),
    "exit": (
        int,
        lambda h, p: np.select(
            [
                ~h("was_poor", p) * ~h("borderline", p),
                h("below_line", p) + h("lacks", p) + h("crisis", p),
                h("settled", p),
                h("dibao", p) + h("severe", p) + (h("size", p) >= 5) * h("med_heavy", p) + h("deep", p),
            ],
            [1, 2, 3, 4],
            5,
        ),
    ),
    "m1": (bool, lambda h, p: h("below_line", p) * ~h("dibao", p)),
    "m2": (bool, lambda h, p: ~h("medical", p) + h("major", p) * h("med_heavy", p)),
    "m3": (bool, lambda h, p: ~h("education", p) + h("dropout", p) + (h("schooling", p) > 5000)),
    "m4": (bool, lambda h, p: ~h("housing", p)),
    "m5": (bool, lambda h, p: ~h("water", p)),
    "m6": (bool, lambda h, p: h("has_labour", p) * (h("below_line", p) + h("slump", p))),
    "m7": (bool, lambda h, p: h("severe", p) * ((h("disability", p) > 3000) + ~h("has_labour", p))),
    "m8": (bool, lambda h, p: h("dis_acc", p) + h("short_hardship", p) * ~(h("food", p) * h("clothing", p))),
}


def _system() -> TaxBenefitSystem:
    system = TaxBenefitSystem([PERSON, HOUSEHOLD])
    inputs = {
        **dict.fromkeys(["year"], int),
        **dict.fromkeys([*INCOMES, "cost", *SPENDING, "last_disposable", "last_income"], float),
        **dict.fromkeys([*GUARANTEES, *FLAGS], bool),
    }
    for name, kind in inputs.items():
        system.add_variable(_variable(name, HOUSEHOLD, kind))
    for name, kind in {"age": int, "able": bool, "grade": int, "major_illness": bool, "school": bool}.items():
        system.add_variable(_variable(name, PERSON, kind))
    for name, (kind, formula) in FORMULAS.items():
        system.add_variable(_variable(name, HOUSEHOLD, kind, formula))
    return system


def simulation(households: pl.DataFrame, members: pl.DataFrame) -> Simulation:
    """A simulation with its persons and their households."""
    system, builder = _system(), SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("person", np.arange(members.height))
    entity = builder.declare_entity("household", households["household_id"].to_numpy())
    builder.join_with_persons(
        entity, members["household_id"].to_numpy(), roles=np.full(members.height, "member", dtype=object)
    )
    return builder.build(system)


def columns(households: pl.DataFrame, members: pl.DataFrame) -> dict[str, np.ndarray]:
    """The inputs as arrays; unknown as nothing and false."""
    grade = members["grade"].to_physical().fill_null(0)
    tables = (households.drop("household_id"), members.drop("household_id").with_columns(grade=grade))
    return {
        series.name: series.fill_null(value=False if series.dtype == pl.Boolean else 0).to_numpy()
        for table in tables
        for series in table
    }


def outcomes(made: Simulation, inputs: dict[str, np.ndarray], wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    for name in FORMULAS:
        made.delete_arrays(name)
    for name, array in inputs.items():
        made.delete_arrays(name)
        made.set_input(name, PERIOD, array)
    return {name: made.calculate(name, PERIOD) for name in wanted}
