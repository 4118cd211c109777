"""Where a proof needs a limit, the limit is looked at when the plan runs; what does not fit a mask is right all the same."""

from __future__ import annotations

import datetime
from decimal import Context, Decimal, InvalidOperation, localcontext

import polars as pl
import pytest

from generators import make_pack
from policy_engine import FactsError, RequestError, load_pack
from policy_engine.population.agreement import disagreements
from policy_engine.population.conform import conform
from policy_engine.population.functions import _ages
from policy_engine.population.lists import MOST_ITEMS
from policy_engine.population.run import decide_population
from policy_engine.population.written import answer_table

XUANZHOU = load_pack("xuanzhou_2021")
ON = datetime.date(2021, 9, 1)

PACK = """
pack: wide
version: 1.0.0
format: 1
language: 1
title: {{zh: 宽表, en: Wide}}
in_force: {{}}
area: {{county: 某县}}
answers: [kind, kinds]
clauses:
  "1": {{about: {{zh: 虚构, en: Made up}}}}
"""


def wide(folder, rules, outcomes):
    """A pack with tables of so many rules and outcomes: rule n holds where the household's figure is at least n."""
    (folder / "rules").mkdir()
    (folder / "pack.yaml").write_text(PACK.format(), encoding="utf-8")
    (folder / "vocabulary.yaml").write_text(
        "household:\n  figure: {label: {zh: 数}, type: number}\n  flag: {label: {zh: 是否}, type: boolean}\n",
        encoding="utf-8",
    )
    (folder / "parameters.yaml").write_text(
        "".join(f'p{n}: {{label: {{en: p{n}}}, value: {n}, cites: ["1"]}}\n' for n in range(rules)), encoding="utf-8"
    )
    named = ", ".join(f"o{n}: o{n}" for n in range(outcomes))
    text = ""
    for id_, hit in (("kind", "first"), ("kinds", "collect")):
        text += f'{id_}:\n  label: {{en: {id_}}}\n  outcomes: {{{named}}}\n  hit: {hit}\n  cites: ["1"]\n  rules:\n'
        for n in range(rules):
            op = "=" if hit == "first" else ">="
            when = f"figure {op} p{n} and flag"
            text += f'    - {{id: {id_}_{n}, when: {when}, then: o{n % outcomes}, cites: ["1"]}}\n'
        text += "  otherwise: o0\n" if hit == "first" else ""
    (folder / "rules" / "wide.yaml").write_text(text, encoding="utf-8")
    return load_pack(str(folder))


@pytest.mark.parametrize(("rules", "outcomes"), [(62, 62), (63, 3), (64, 64), (126, 70)])
def test_masks_of_wide_tables(tmp_path, rules, outcomes):
    pack = wide(tmp_path, rules, outcomes)
    figures = [*range(rules + 1), None, None, 5]
    flags = [True] * (rules + 1) + [True, False, None]
    ids = [str(number) for number in range(len(figures))]
    table = pl.DataFrame({"household_id": ids, "figure": figures, "flag": flags})
    population, _ = conform({"households": table}, pack.vocabulary)
    assert list(disagreements(pack, population, ON)) == []
    written = answer_table(pack, population, decide_population(pack, population, ON), in_force=True)
    row = written.row(rules - 1, named=True)
    assert row["kind"] == f"o{(rules - 1) % outcomes}"
    assert row["kind.rules"] == [f"kind_{rules - 1}"]
    assert row["kinds.rules"] == [f"kinds_{n}" for n in range(rules)]
    only = decide_population(pack, population, ON, only_outcomes=True)
    outcomes_alone = answer_table(pack, population, only, in_force=True)
    assert outcomes_alone.columns == ["household_id", "scope", "kind", "kinds"]
    assert outcomes_alone.cast(pl.Schema({"kind": pl.String})).equals(written.select(outcomes_alone.columns))


FIGURES = {
    name: {"label": name, "type": "number", "unit": unit}
    for name, unit in (("a", "CNY"), ("b", "CNY"), ("p", "person"))
}
AMOUNT = Decimal("999999999999.01")


@pytest.mark.parametrize(
    ("formula", "row", "shown"),
    [
        ("a / p", {"a": Decimal("0.01"), "p": 2}, "0.01"),  # half a fen is shown as a fen
        ("a / p", {"a": Decimal("-0.03"), "p": 2}, "-0.02"),
        ("a / p", {"a": Decimal("23999.99"), "p": 4}, "6000"),
        ("a / b", {"a": Decimal("0.01"), "b": Decimal(20000)}, "0.000001"),
        ("a / b", {"a": Decimal(1), "b": Decimal(3)}, "0.333333"),
        ("a * b / p", {"a": AMOUNT, "b": AMOUNT, "p": 3}, "333333333332673333333333.660033"),
        ("a * p", {"a": AMOUNT, "p": 10**9 - 1}, "999999998999010000000.99"),
        ("a / p * 1", {"a": Decimal("0.01"), "p": 2}, "0.01"),
        ("p * p * p * p", {"p": 10**9 - 1}, "999999996000000005999999996000000000"),  # 34 digits
    ],
)
def test_figures_are_shown_to_their_places_half_up(formula, row, shown):
    pack = make_pack({"figure": {"is": formula}}, FIGURES)
    table = pl.DataFrame({"household_id": ["x"], **{name: [value] for name, value in row.items()}})
    population, _ = conform({"households": table}, pack.vocabulary)
    assert list(disagreements(pack, population, ON)) == []
    for context in (Context(prec=3, traps=[InvalidOperation]), Context()):
        with localcontext(context):
            written = answer_table(pack, population, decide_population(pack, population, ON), in_force=True)
        assert Decimal(written["figure"][0]) == Decimal(shown)


def test_tables_of_ages_do_not_pile_up():
    for day in range(1, 29):
        _ages(datetime.date(2, 1, day))
    assert _ages.cache_info().currsize <= 16


def test_a_table_that_is_too_wide_is_refused(tmp_path):
    pack = wide(tmp_path, 127, 3)
    population, _ = conform({"households": pl.DataFrame({"household_id": ["a"]})}, pack.vocabulary)
    with pytest.raises(RequestError) as raised:
        decide_population(pack, population, ON)
    assert [found.code for found in raised.value.problems] == ["population.too_many_rules"]


@pytest.mark.parametrize("list_", ["members", "health"])
def test_a_list_that_is_too_long_names_its_household(list_):
    members = {"household_id": ["a", "b", "b"], "health": [["chronic"], [], ["chronic"] * (MOST_ITEMS + 1)]}
    if list_ == "members":
        members = {"household_id": ["a"] + ["b"] * (MOST_ITEMS + 1)}
    table = "households" if list_ == "members" else "members"
    tables = {"households": pl.DataFrame({"household_id": ["a", "b", "c"]}), "members": pl.DataFrame(members)}
    population, _ = conform(tables, XUANZHOU.vocabulary)
    with pytest.raises(FactsError) as raised:
        decide_population(XUANZHOU, population, ON)
    assert [(found.code, found.where) for found in raised.value.problems] == [
        ("population.too_many_items", f"{table}!{list_}:household_id=b")
    ]
