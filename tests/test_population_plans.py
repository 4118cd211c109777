"""What the columnar runner computes: only what is asked, for lists in any shape, for figures and days at their edges."""

from __future__ import annotations

import datetime
from decimal import Decimal

import polars as pl
import pytest

from policy_engine import load_pack
from policy_engine.population.agreement import disagreements
from policy_engine.population.compile import compile_pack
from policy_engine.population.conform import conform
from policy_engine.population.functions import _ages
from policy_engine.population.make import make_county
from policy_engine.population.rows import each_facts
from policy_engine.population.rowwise import Asked
from policy_engine.population.run import answers_of

XUANZHOU = load_pack("xuanzhou_2021")
ON = datetime.date(2021, 9, 1)


@pytest.fixture(scope="module")
def county():
    return conform(make_county(XUANZHOU, 300, 3, on=ON), XUANZHOU.vocabulary)[0]


def test_places_above_a_county_are_those_of_its_pack(county):
    assert not {"province", "prefecture"} & {*county.tables[""].rows.columns}
    zhejiang = make_county(load_pack("zhejiang_2020"), 30, 3, on=ON)["households"]
    assert zhejiang["province"].unique().to_list() == ["浙江省"]
    assert "prefecture" not in zhejiang.columns


def test_a_plan_reads_only_what_its_answers_stand_on(county):
    asked = Asked(XUANZHOU, ON)
    plan = compile_pack(asked, county, ["in_range"]).plan
    assert set(plan.frames) == {"", "members"}
    assert ("", "finances.2021.net_income") in plan.inputs
    assert ("", "secure.food") not in plan.inputs
    both = compile_pack(asked, county, ["in_range", "monitoring"]).plan
    assert plan.inputs < both.inputs


def test_outcomes_alone_are_those_of_the_whole(county):
    asked = Asked(XUANZHOU, ON)
    decisions = ["monitoring", "measures", "in_range"]
    whole, only = (compile_pack(asked, county, decisions, only_outcomes=only) for only in (False, True))
    full, alone = (answers_of(asked, county, compiled) for compiled in (whole, only))
    found = [next(iter(one.possible))[0] if one.determined else None for one in full.found("monitoring")]
    assert alone.tables[""]["monitoring"].to_list() == found
    assert None in found
    assert len(set(found)) == 3
    for part in ("measures/certain", "measures/possible", "in_range"):
        assert alone.tables[""][part].equals(full.tables[""][part], null_equal=True)
    assert "measures/live" not in alone.tables[""].columns


@pytest.mark.parametrize("sizes", [[0, 1, 0, 2], [1, 1, 1, 1], [7, 0, 3, 9], [0, 0, 0, 33], [0, 0, 0, 0], [8, 1, 8, 2]])
def test_lists_of_any_lengths(sizes):
    """Bits are taken over from row to row, twice as far each time: no list sees the one behind it."""
    ids = [name for name, size in zip("abcd", sizes, strict=True) for _ in range(size)]
    for place in {0, len(ids) // 2, len(ids) - 1}:
        births = [datetime.date(2020 if number != place else 1950, 1, 1) for number in range(len(ids))]
        members = pl.DataFrame(
            {"household_id": ids, "birth_date": births}, schema={"household_id": pl.String, "birth_date": pl.Date}
        )
        households = pl.DataFrame({"household_id": list("abcd"), "members.complete": [True] * 4})
        tables = {"households": households.filter(pl.Series(sizes) > 0), "members": members}
        population, _ = conform(tables, XUANZHOU.vocabulary)
        assert not list(disagreements(XUANZHOU, population, ON))


@pytest.mark.parametrize("day", [datetime.date(2021, 2, 28), datetime.date(2020, 2, 29), datetime.date(2021, 3, 1)])
def test_ages_by_the_day_of_birth(day):
    ages = _ages(day)
    assert len(ages) == (day - datetime.date.min).days + 1
    for born in (
        datetime.date(2000, 2, 28),
        datetime.date(2000, 2, 29),
        datetime.date(2000, 3, 1),
        day,
        datetime.date.min,
    ):
        had_birthday = (day.month, day.day) >= (born.month, born.day)
        assert ages[(born - datetime.date.min).days] == day.year - born.year - (not had_birthday)


@pytest.mark.parametrize(
    ("column", "given", "wanted"),
    [
        (
            "finances.2021.net_income",
            [23999.99, 0.29, -0.0, 99999999999.99],
            ["23999.99", "0.29", "0", "99999999999.99"],
        ),
        ("finances.2021.net_income", [1, 2, 10**12 - 1, None], ["1", "2", "999999999999", None]),
        ("household_size", [4.0, 1.0, 2.0, None], ["4", "1", "2", None]),
    ],
)
def test_numbers_read_at_once(column, given, wanted):
    tables = {"households": pl.DataFrame({"household_id": [4, 7, 8, 11], column: given})}
    population, _ = conform(tables, XUANZHOU.vocabulary)
    found = []
    for facts in each_facts(population, XUANZHOU.vocabulary):
        value = facts.root
        for step in column.split("."):
            value = value and value.get(step)
        found.append(value)
    assert found == [None if text is None else Decimal(text) for text in wanted]


def test_rows_in_order_and_out_of_order_are_the_same():
    households = {"household_id": ["b", "a", "d", "c"]}
    ordered = {"household_id": ["b", "b", "d"], "birth_date": [datetime.date(1950 + year, 1, 1) for year in range(3)]}
    shuffled = {name: [values[2], values[0], values[1]] for name, values in ordered.items()}
    found = []
    for members in (ordered, shuffled):
        tables = {"households": pl.DataFrame(households), "members": pl.DataFrame(members)}
        population, _ = conform(tables, XUANZHOU.vocabulary)
        assert population.tables[""].rows["members"].to_list() == [2, None, 1, None]
        found.append(population.tables["members"].rows)
    assert found[0].equals(found[1])


@pytest.mark.parametrize("pack", ["xuanzhou_2021", "zhejiang_2020"])
def test_made_up_texts_are_what_their_facts_are_about(pack):
    tables = make_county(load_pack(pack), 300, 5, on=ON)
    households, members = tables["households"], tables["members"]
    towns = set(households["town"])
    texts = {
        (name, column): set(table[column].drop_nulls())
        for name, table in tables.items()
        for column, dtype in table.schema.items()
        if dtype == pl.String and column != "town"
    }
    assert [place for place, found in texts.items() if found & towns] == []
    assert texts["households", "county"] == ({"宣州区"} if pack == "xuanzhou_2021" else {"甲县", "乙县", "丙县"})
    known = households.drop_nulls("village")
    assert (known["grid_id"] == known["town"] + known["village"] + "1号网格").all()
    heads = members.group_by("household_id", maintain_order=True).first()["relation"].drop_nulls()
    assert set(heads) == {"户主"}
    assert texts["members", "relation"] > {"户主", "配偶", "子女"}
