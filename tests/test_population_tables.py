"""Given tables: every cell is a value of its fact, unknown, or a problem with its table, column and row."""

from __future__ import annotations

import datetime
from decimal import Decimal

import polars as pl
import pytest

from policy_engine import FactsError, Scenario, load_pack
from policy_engine.documents.table_cells import cell_node
from policy_engine.errors import Problem
from policy_engine.model.facts import Evidence
from policy_engine.population.conform import conform
from policy_engine.population.rows import each_facts
from policy_engine.population.run import decide_population

XUANZHOU = load_pack("xuanzhou_2021")
ON = datetime.date(2021, 9, 1)
SEEN = Evidence(by="研判组", observed_on=datetime.date(2021, 8, 20))


def read(households, evidence=None, **lists):
    tables = {"households": pl.DataFrame(households), **{name: pl.DataFrame(rows) for name, rows in lists.items()}}
    return conform(tables, XUANZHOU.vocabulary, evidence=evidence)[0]


def refused(households, **lists):
    with pytest.raises(FactsError) as raised:
        read(households, **lists)
    assert all(problem.show("zh") and problem.show("en") for problem in raised.value.problems)
    return [(problem.code, problem.where) for problem in raised.value.problems]


TWO = {"household_id": ["a", "b"]}


@pytest.mark.parametrize(
    ("column", "values", "problem"),
    [
        ("finances.2021.net_income", [1.5, float("nan")], "facts.not_finite"),
        ("finances.2021.net_income", [1.5, float("inf")], "facts.not_finite"),
        ("finances.2021.net_income", [1.5, 0.001], "facts.bad_amount"),
        ("finances.2021.net_income", [1, 10**12], "facts.bad_amount"),
        ("finances.2021.net_income", ["1", "nan"], "facts.not_finite"),
        ("finances.2021.net_income", ["1", "12a"], "facts.not_a_number"),
        ("finances.2021.net_income", ["1", "23999,99"], "facts.not_a_number"),
        ("finances.2021.net_income", ["1", "12,34,567"], "facts.not_a_number"),
        ("finances.2021.net_income", ["1", "1."], "facts.not_a_number"),
        ("finances.2021.net_income", ["1", "２４０００"], "facts.not_a_number"),
        ("finances.2021.net_income", ["1", "1" * 40], "facts.bad_amount"),
        ("household_size", ["4", "４"], "facts.not_a_number"),
        ("household_size", [1, -1], "facts.bad_count"),
        ("household_size", [1, 0], "facts.no_people"),
        ("household_size", [1.0, 1.5], "facts.bad_count"),
        ("relief", ["dibao", "dibo"], "facts.not_an_option"),
        ("relief", ["低保", "低 保"], "facts.not_an_option"),
        ("monitored", ["是", "对"], "facts.wrong_kind"),
        ("secure_since", ["2021-02-28", "2021-02-30"], "facts.no_such_day"),
        ("secure_since", ["2021-02-28", "2021/2/3"], "facts.not_a_date"),
        ("secure_since", ["2021-02-28", "２０２１-０２-２８"], "facts.not_a_date"),
        ("village", ["甲", "甲"], None),
        ("grid_id", [1.0, 341802199001011234.0], "table.long_number"),
        ("risk_kinds", [["illness"], ["ill"]], "facts.not_an_option"),
    ],
)
def test_a_wrong_cell_has_its_place(column, values, problem):
    if problem is None:
        assert len(read({**TWO, column: values})) == 2
        return
    row = 1 if problem == "table.long_number" else 2
    assert (problem, f"households!{column}:{row}") in refused({**TWO, column: values})


@pytest.mark.parametrize(
    ("households", "members", "problem"),
    [
        ({"household_id": ["a", "a"]}, None, ("table.id_twice", "households!household_id:1")),
        ({"household_id": ["a", None]}, None, ("table.id_missing", "households!household_id:2")),
        ({"name": ["a"]}, None, ("table.no_column", "households")),
        (
            {**TWO, "finances.２０２１.net_income": [1, 2]},
            None,
            ("table.unknown_column", "households!finances.２０２１.net_income"),
        ),
        ({**TWO, "net_incom": [1, 2]}, None, ("table.unknown_column", "households!net_incom")),
        (TWO, {"household_id": ["a", "c"]}, ("table.no_household", "members!household_id:2")),
        (TWO, {"labour": ["weak"]}, ("table.no_column", "members")),
        (
            {**TWO, "members.complete": [True, None]},
            {"household_id": ["b"], "labour": ["weak"]},
            ("facts.no_people", "households!members:1"),
        ),
        (TWO, {"household_id": ["a", "a"], "member_id": ["1", "1"]}, ("facts.record_twice", "members!household_id:1")),
    ],
)
def test_rows_and_columns_that_do_not_fit(households, members, problem):
    lists = {"members": members} if members else {}
    assert problem in refused(households, **lists)


FIGURES = ["23999,99", "12,34", "1234,567", "1.", ".5", "２４０００", "１２.５", "٣", "1e3", "1_0", "1 0", "--1"]
FIGURES += ["1,234.5", "-1,234,567.89", "+7", "0.50", "-0", "0" * 30 + "5", "007"]


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_written_as_text_is_read_as_in_a_workbook(figure):
    income = "finances.2021.net_income"
    node = cell_node(figure, XUANZHOU.vocabulary.fact("household", "this_year.net_income").type)
    if isinstance(node, Problem):
        assert refused({"household_id": ["a"], income: [figure]}) == [("facts.not_a_number", f"households!{income}:1")]
    else:
        column = read({"household_id": ["a"], income: [figure]}).tables[""].rows[income]
        assert column.to_list() == [Decimal(node.text) * 100]


def test_what_a_wrong_cell_holds_is_told_as_it_stands():
    with pytest.raises(FactsError) as raised:
        read({"household_id": ["a"], "finances.2021.net_income": ["23999,99"]})
    assert dict(raised.value.problems[0].details)["found"] == "23999,99"


def test_a_household_without_rows_has_an_unknown_list():
    population = read(TWO, members={"household_id": ["b"], "labour": ["weak"]})
    first, second = each_facts(population, XUANZHOU.vocabulary)
    assert "members" not in first.root
    assert second.root["members"][0]["labour"] == "weak"


def test_a_complete_list_without_rows_is_empty():
    population = read({**TWO, "shocks.complete": [True, False]}, shocks={"household_id": [], "kind": []})
    first, second = each_facts(population, XUANZHOU.vocabulary)
    assert first.root["shocks"] == ()
    assert "shocks" not in second.root


def test_lists_in_columns():
    members = [[{"labour": "weak", "health": ["chronic"]}, {"labour": None, "health": []}], None]
    population = read({**TWO, "members": members})
    first, second = each_facts(population, XUANZHOU.vocabulary)
    assert [dict(member) for member in first.root["members"]] == [
        {"labour": "weak", "health": ("chronic",)},
        {"health": ()},
    ]
    assert "members" not in second.root


def test_a_column_of_lists_beside_what_is_complete():
    given = {"household_id": ["a", "b", "c", "d"], "shocks": [None, [], None, [{"kind": "illness"}]]}
    population = read({**given, "shocks.complete": [True, None, None, True]})
    known = [facts.root.get("shocks") for facts in each_facts(population, XUANZHOU.vocabulary)]
    assert [None if one is None else len(one) for one in known] == [0, 0, None, 1]
    wrong = refused({**given, "shocks.complete": [True, None, None, False]})
    assert wrong == [("population.rows_of_incomplete", "households!household_id:4")]


def test_a_gap_among_records_is_not_passed_over():
    assert refused({**TWO, "members": [[{"labour": "weak"}, None], None]}) == [
        ("facts.wrong_kind", "members!members:1[2]")
    ]


def test_rows_in_any_order():
    members = {"household_id": ["b", "a", "b"], "labour": ["lost", "weak", "none"]}
    first, second = each_facts(read(TWO, members=members), XUANZHOU.vocabulary)
    assert [member["labour"] for member in first.root["members"]] == ["weak"]
    assert [member["labour"] for member in second.root["members"]] == ["lost", "none"]


@pytest.mark.parametrize(
    "cells",
    [
        [23999.99, None],
        ["23,999.99", ""],
        pl.Series([Decimal("23999.99"), None], dtype=pl.Decimal(12, 2)),
        pl.Series([Decimal("23999.990000"), None], dtype=pl.Decimal(20, 6)),
    ],
    ids=["floats", "texts", "decimals", "fine decimals"],
)
def test_a_figure_just_under_the_line_is_under_it(cells):
    figures = {"finances.2021.net_income": cells, "household_size": [4, 4]}
    answers = decide_population(XUANZHOU, read({**TWO, **figures}), ON, decisions=["in_range"])
    assert [found.value for found in answers.found("in_range")] == [True, None]
    strict = Scenario(readings={"inside_range": "line_excluded"})
    answers = decide_population(XUANZHOU, read({**TWO, **figures}), ON, decisions=["in_range"], scenario=strict)
    assert [found.value for found in answers.found("in_range")] == [True, None]


def test_a_judgement_counts_with_its_evidence():
    given = {**TWO, "at_risk": [True, True]}
    judged = [
        read(given),
        read({**given, "at_risk.by": ["研判组", None], "at_risk.observed_on": ["2021-08-20", "2021-08-20"]}),
        read({**given, "by": ["研判组", "研判组"], "observed_on": ["2021-08-20", None]}),
        read(given, SEEN),
    ]
    known = [[facts.root.get("at_risk") for facts in each_facts(one, XUANZHOU.vocabulary)] for one in judged]
    assert known == [[None, None], [True, None], [True, None], [True, True]]
    _, warnings = conform({"households": pl.DataFrame(given)}, XUANZHOU.vocabulary)
    assert [warning.code for warning in warnings] == ["population.judgements_without_evidence"]


def test_long_codes_stay_what_they_are():
    population = read({"household_id": ["341802199001011234", "341802199001011235"]})
    assert population.ids.to_list() == ["341802199001011234", "341802199001011235"]
    numbers = read({"household_id": [341802199001011234, 341802199001011235]})
    assert numbers.ids.to_list() == population.ids.to_list()


def test_many_wrong_cells_are_counted():
    codes = [code for code, _ in refused({"household_id": range(100), "relief": ["x"] * 100})]
    assert codes == ["facts.not_an_option"] * 20 + ["population.more_cells"]
