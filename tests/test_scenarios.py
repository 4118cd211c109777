"""What if: the same population under scenarios, sweeps and readings, and as areas; every number recounted one by one."""

from __future__ import annotations

import copy
import datetime
import json
import random
import re
from collections import Counter
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from generators import day_in, households, leaves_of, without
from policy_engine import Scenario, Settings, decide, load_pack
from policy_engine.app.cli.main import app
from policy_engine.decision.decide import decide_facts
from policy_engine.decision.request import Request
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_scenario import load_scenarios, read_scenario
from policy_engine.errors import RequestError
from policy_engine.evaluation.changes import changed
from policy_engine.model.canonical import canonical
from policy_engine.model.facts import paths
from policy_engine.population.agreement import disagreements
from policy_engine.population.rows import each_facts, population_of
from policy_engine.population.run import decide_population
from policy_engine.population.tables import ROOT
from policy_engine.record.decision_form import decision_form
from policy_engine.record.form import read_record, record_of
from policy_engine.record.ledger import open_ledger
from policy_engine.report.board import board_text
from policy_engine.report.comparison import comparison_data, comparison_text
from policy_engine.report.curves import curves_text, readings_text
from policy_engine.report.population_page import board_page, comparison_page, curve_charts, readings_page
from policy_engine.scenario.areas import areas_of
from policy_engine.scenario.compare import compare
from policy_engine.scenario.scoreboard import scoreboard
from policy_engine.scenario.supposing import supposed
from policy_engine.scenario.sweep import readings, steps_between, sweep

XUANZHOU, ZHEJIANG = load_pack("xuanzhou_2021"), load_pack("zhejiang_2020")
ON = datetime.date(2021, 9, 1)
ZJ_ON = datetime.date(2020, 9, 1)


def household(chance, number, **more):
    """A made-up household near the lines, some facts not known."""
    size = chance.randint(1, 5)
    income = chance.choice([5900, 6000, 6400, 7900, 8100, 15000]) * size + chance.choice([-1, 0, 1])
    facts = {
        "household_id": f"h{number}",
        "as_of": "2021-09-01",
        "county": "宣州区",
        "town": chance.choice(["水东", "溪口"]),
        "village": chance.choice(["一村", "二村"]),
        "household_size": size,
        "lifted_from_poverty": chance.random() < 0.4,
        "low_income": chance.random() < 0.5,
        "finances": {2021: {"net_income": income}, 2020: {"income": income}},
        "members": [{"labour": chance.choice(["skilled", "weak", "lost"])} for _ in range(size)],
        "shocks": [],
        "at_risk": {"value": chance.random() < 0.5, "by": "镇政府", "observed_on": "2021-08-01"},
        **more,
    }
    for name in chance.sample(["household_size", "lifted_from_poverty", "low_income", "at_risk", "town"], 1):
        if chance.random() < 0.5:
            del facts[name]
    return facts


def county(pack, many=60, **more):
    chance = random.Random(1)
    subjects = [read_facts(household(chance, number, **more), pack.vocabulary)[0] for number in range(many)]
    return population_of(subjects, pack.vocabulary)


@pytest.fixture(scope="module")
def xuanzhou():
    return county(XUANZHOU)


@pytest.fixture(scope="module")
def zhejiang():
    place = {"province": "浙江省", "county": "青田县", "finances": {2020: {"income": 23999}}, "as_of": "2020-09-01"}
    return county(ZHEJIANG, **place)


LINE = Scenario({"range_line": Decimal(6500)}, name="line")
CHANGES = read_scenario(
    {
        "scenario": "changes",
        "parameters": {"range_line": 6200},
        "change": [
            {"when": "low_income", "set": {"this_year.net_income": "this_year.net_income * 1.1 / 3"}},
            {"when": "not(is known(at_risk))", "set": {"at_risk": True}},
            {"about": "member", "when": 'labour = "weak"', "set": {"labour": '"lost"', "wishes_to_work": True}},
        ],
    },
    XUANZHOU,
)


def recounted(pack, population, decision, on, scenario):
    """The state of each household's answer, one decision at a time."""
    found = []
    for facts in each_facts(population, pack.vocabulary):
        answer = decide_facts(pack, facts, on, decisions=[decision], scenario=scenario, ranked=False)[decision]
        certain = {str(o.outcome).lower() for o in answer.possible if o.certain}
        found.append((certain, {str(o.outcome).lower() for o in answer.possible}, answer.status))
    return found


# ---- changes of facts


@st.composite
def half_known(draw):
    data = draw(households(XUANZHOU))
    hidden = draw(st.lists(st.sampled_from(sorted(leaves_of(data), key=str)), max_size=14, unique=True))
    return read_facts(without(data, set(hidden)), XUANZHOU.vocabulary)[0]


EXPRESSIONS = {
    "this_year.net_income": ["0", "household_size * range_line / 3"],
    "this_year.net_income_per_head": ["range_line", "this_year.net_income_per_head / 3"],
    "lifted_from_poverty": ["true", "low_income", 'monitoring = "include"'],
    "secure_since": ["on", "monitored_since"],
    "relief": ['"dibao"', 'if low_income then "dibao" else "none"'],
    "severe_hardship": ["spending_large"],
}
CONDITIONS = [
    "true",
    "low_income",
    "lifted_from_poverty",
    "is known(at_risk)",
    "this_year.net_income_per_head < range_line",
]


@st.composite
def scenarios(draw):
    def text(options):
        return draw(st.sampled_from(options))

    names = draw(st.lists(st.sampled_from(list(EXPRESSIONS)), min_size=1, max_size=3, unique=True))
    if "this_year.net_income" in names and "this_year.net_income_per_head" in names:
        names.remove("this_year.net_income")
    changes = [{"when": text(CONDITIONS), "set": {name: text(EXPRESSIONS[name])}} for name in names]
    changes.append({"about": "member", "when": text(['labour = "weak"', "low_income"]), "set": {"labour": '"lost"'}})
    return draw(st.permutations(changes))


@settings(deadline=None, max_examples=25)
@given(st.lists(half_known(), min_size=1, max_size=4), scenarios())
def test_changes_in_columns_are_those_of_one_household(subjects, changes):
    scenario = read_scenario({"change": changes}, XUANZHOU)
    turned = read_scenario({"change": changes[::-1]}, XUANZHOU)
    day = day_in(XUANZHOU)
    population = population_of(subjects, XUANZHOU.vocabulary)
    whole = supposed(XUANZHOU, population, day, Settings(), scenario)
    after = each_facts(whole, XUANZHOU.vocabulary)
    for facts, columns in zip(each_facts(population, XUANZHOU.vocabulary), after, strict=True):
        one = changed(XUANZHOU, facts, day, Settings(), scenario)
        assert dict(paths(one.root)) == dict(paths(columns.root))
        assert one.root == changed(XUANZHOU, facts, day, Settings(), turned).root
    assert list(disagreements(XUANZHOU, whole, day, decisions=["monitoring", "kinds"], scenario=scenario)) == []


def test_a_change_shows_in_the_decision():
    facts = household(random.Random(2), 1, low_income=True, household_size=4)
    facts["finances"] = {2021: {"net_income": Decimal("23999.99"), "net_income_per_head": Decimal("6000.00")}}
    before = decide(XUANZHOU, facts, decisions=["in_range"])
    text = {"change": [{"when": "low_income", "set": {"this_year.net_income": "30000"}}], "scenario": "more"}
    after = decide(XUANZHOU, facts, decisions=["in_range"], scenario=read_scenario(text, XUANZHOU))
    assert (before["in_range"].outcome, after["in_range"].outcome) == (True, False)
    supposed_ = [relied for relied in after["in_range"].relied if relied.kind == "scenario"]
    assert [(relied.id, relied.choice, relied.why) for relied in supposed_] == [
        ("this_year.net_income", Decimal(30000), "more")
    ]


def test_an_open_condition_leaves_the_fact_open_unless_it_has_the_value():
    text = {"change": [{"when": "lifted_from_poverty", "set": {"low_income": True}}]}
    scenario = read_scenario(text, XUANZHOU)
    for given_, wanted in ((True, True), (False, None), (None, None)):
        facts = read_facts({"county": "宣州区", "low_income": given_}, XUANZHOU.vocabulary)[0]
        assert changed(XUANZHOU, facts, ON, Settings(), scenario).root.get("low_income") is wanted


def test_a_figure_that_cannot_be_is_refused(xuanzhou):
    text = {"change": [{"set": {"this_year.net_income": "1000000000000"}}]}
    scenario = read_scenario(text, XUANZHOU)
    with pytest.raises(RequestError) as one:
        decide(XUANZHOU, {"county": "宣州区"}, ON, scenario=scenario)
    with pytest.raises(RequestError) as other:
        supposed(XUANZHOU, xuanzhou, ON, Settings(), scenario)
    assert one.value.problems[0].code == other.value.problems[0].code == "scenario.bad_value"


@pytest.mark.parametrize(
    "scenario",
    [CHANGES, *load_scenarios("examples/xuanzhou/scenarios/higher_line.yaml", XUANZHOU)],
    ids=lambda one: one.name,
)
def test_supposed_facts_are_recorded_and_read_back(scenario):
    """The facts as they are beside what was supposed of them: the same question, and the same answer to the byte."""
    facts = read_facts(
        {"county": "宣州区", "household_size": 4, "finances": {2021: {"net_income": 25000}}}, XUANZHOU.vocabulary
    )[0]
    request = Request(ON, scenario=scenario)
    record = record_of(request.decide(XUANZHOU, facts), facts, request, "0" * 64, None)
    again = read_record(json.loads(canonical(record.plain())))
    assert again.request(XUANZHOU) == request
    assert again.given_facts(XUANZHOU) == facts
    assert record.decision == decision_form(again.request(XUANZHOU).decide(XUANZHOU, facts))
    assert record.decision != decision_form(Request(ON).decide(XUANZHOU, facts))


# ---- comparisons


def test_the_empty_scenario_changes_nothing_to_the_byte(xuanzhou):
    assert supposed(XUANZHOU, xuanzhou, ON, Settings(), Scenario()) is xuanzhou
    base = decide_population(XUANZHOU, xuanzhou, ON)
    empty = decide_population(XUANZHOU, xuanzhou, ON, scenario=Scenario(name="empty"))
    assert {n: t.serialize() for n, t in base.tables.items()} == {n: t.serialize() for n, t in empty.tables.items()}
    found = compare(XUANZHOU, xuanzhou, [Scenario()], ON)
    assert all(shift.changed == 0 and not shift.differences for shift in found.scenarios[0][1])
    facts = household(random.Random(1), 1)
    assert decide(XUANZHOU, facts).to_json() == decide(XUANZHOU, facts, scenario=Scenario()).to_json()


def test_no_scenario_touches_the_base_or_another(xuanzhou):
    before = {name: table.rows.clone() for name, table in xuanzhou.tables.items()}
    one = comparison_data(compare(XUANZHOU, xuanzhou, [LINE, CHANGES], ON))
    other = comparison_data(compare(XUANZHOU, xuanzhou, [CHANGES, LINE], ON))
    assert one["scenarios"] == other["scenarios"][::-1]
    assert json.dumps(one) == json.dumps(comparison_data(compare(XUANZHOU, xuanzhou, [LINE, CHANGES], ON)))
    assert all(before[name].equals(table.rows) for name, table in xuanzhou.tables.items())


@pytest.mark.parametrize("scenario", [LINE, CHANGES], ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("decision", ["monitoring", "kinds", "in_range"])
def test_a_comparison_is_a_recount(xuanzhou, decision, scenario):
    """Every number of a comparison, by single decisions, in all and in every place."""
    found = compare(XUANZHOU, xuanzhou, [scenario], ON, decisions=[decision])
    (shift,) = found.scenarios[0][1]
    one, other = (recounted(XUANZHOU, xuanzhou, decision, ON, s) for s in (Scenario(), scenario))
    rows = xuanzhou.tables[ROOT].rows.select(found.levels).rows()
    pairs = list(zip(rows, one, other, strict=True))
    assert shift.changed == sum(was != is_ for _, was, is_ in pairs) > 0
    assert shift.before.flags["undetermined"] == sum(was[2] == "undetermined" for _, was, _ in pairs)
    assert shift.after.flags["undetermined"] == sum(is_[2] == "undetermined" for _, _, is_ in pairs)
    assert sum(shift.transitions.values()) == len(pairs)
    for move in shift.moves:
        here = [(was, is_) for place, was, is_ in pairs if place[: len(move.place)] == move.place]
        had = [(move.outcome in was[0], move.outcome in was[1]) for was, _ in here]
        has = [(move.outcome in is_[0], move.outcome in is_[1]) for _, is_ in here]
        both = list(zip(had, has, strict=True))
        assert move.before == sum(a for a, _ in had)
        assert move.after == sum(b for b, _ in has)
        assert move.enter == sum(b[0] and not a[0] for a, b in both)
        assert move.leave == sum(a[0] and not b[1] for a, b in both)
        assert move.stay == sum(a[0] and b[0] for a, b in both)
        assert move.opened == sum(a[0] == a[1] and b[0] != b[1] for a, b in both)
    for sample in shift.samples:
        assert sample.before[decision] != sample.after[decision]


def test_the_rules_that_make_the_difference_are_named_with_their_clauses(xuanzhou):
    (shift,) = compare(XUANZHOU, xuanzhou, [LINE], ON, decisions=["monitoring"]).scenarios[0][1]
    named = {(found.decision, found.rule): found for found in shift.differences}
    assert {decision for decision, _ in named} >= {"kinds", "in_range"}
    assert all(found.cites for found in shift.differences)
    entered = named["kinds", "borderline"].gained + named["kinds", "unstable_lifted"].gained
    assert entered >= shift.moves[0].enter > 0


def test_weights_count_for_their_rows(xuanzhou):
    weights = pl.Series([Decimal("2.5")] * len(xuanzhou))
    (plain,), (weighted,) = (
        compare(XUANZHOU, xuanzhou, [LINE], ON, decisions=["monitoring"], weights=w).scenarios[0][1]
        for w in (None, weights)
    )
    assert weighted.changed == plain.changed * Decimal("2.5")
    assert weighted.moves[0].enter == plain.moves[0].enter * Decimal("2.5")


def test_households_elsewhere_are_set_apart(xuanzhou):
    far = county(XUANZHOU, 10, county="别处")
    assert compare(XUANZHOU, far, [LINE], ON).outside == 10
    assert compare(XUANZHOU, xuanzhou, [LINE], datetime.date(2000, 1, 1)).asked == 0


def test_sums_of_figures(zhejiang):
    text = {"change": [{"set": {"relocation_people": "household_size"}}]}
    scenario = read_scenario(text, ZHEJIANG)
    found = compare(ZHEJIANG, zhejiang, [scenario], ZJ_ON, decisions=["relocation_estimate"])
    (shift,) = found.scenarios[0][1]
    for total, supposing in zip(shift.totals, (Scenario(), scenario), strict=True):
        answers = [
            decide_facts(ZHEJIANG, facts, ZJ_ON, decisions=["relocation_estimate"], scenario=supposing, ranked=False)
            for facts in each_facts(zhejiang, ZHEJIANG.vocabulary)
        ]
        known = [found["relocation_estimate"].outcome for found in answers if found.determined]
        assert (total.sum, total.known) == (sum(known), len(known))
    assert shift.totals[1].sum > shift.totals[0].sum


# ---- sweeps and readings


def test_a_sweep_is_a_recount(xuanzhou):
    values = steps_between(Decimal(5999), Decimal(6001), 2)
    (curve,) = sweep(XUANZHOU, xuanzhou, "range_line", values, ON, decisions=["in_range"])
    for value, found in curve.points:
        rows = recounted(XUANZHOU, xuanzhou, "in_range", ON, Scenario({"range_line": value}))
        for outcome in ("true", "false"):
            assert found.least[outcome] == sum(outcome in certain for certain, _, _ in rows)
            assert found.most[outcome] == sum(outcome in possible for _, possible, _ in rows)
    assert len({found.least["true"] for _, found in curve.points}) > 1


def test_readings_are_a_recount(xuanzhou):
    (found,) = readings(XUANZHOU, xuanzhou, ON, decisions=["in_range"])
    base = recounted(XUANZHOU, xuanzhou, "in_range", ON, Scenario())
    for option in found.options:
        rows = recounted(XUANZHOU, xuanzhou, "in_range", ON, Scenario(readings={option.reading: option.option}))
        assert option.changed == sum(one != other for one, other in zip(base, rows, strict=True))
    assert any(option.changed for option in found.options)
    assert (found.combinations, found.tried) == (4, 4)
    (few,) = readings(XUANZHOU, xuanzhou, ON, decisions=["in_range"], most=3)
    assert (few.combinations, few.tried) == (4, 3)
    assert few.options == found.options


# ---- areas


def villages():
    for number in range(6):
        figures = {2020: {"collective_income": 90000 + 10000 * number, "operating_income": 60000}}
        place = {"province": "浙江省", "county": "青田县", "town": ["水东", "溪口"][number % 2]}
        data = {
            "subject": "village",
            "village_id": f"v{number}",
            "on_weak_register": True,
            "finances": figures,
            **place,
        }
        yield read_facts(data, ZHEJIANG.vocabulary)[0]


def test_a_scoreboard_is_what_each_area_is_told(zhejiang):
    """Each area by itself, with its households and villages as lists, is answered the same."""
    known = [read_facts({"subject": "area", "town": "水东", "bulletins": ["2020-09-01"]}, ZHEJIANG.vocabulary)[0]]
    board = scoreboard(ZHEJIANG, zhejiang, "town", ZJ_ON, areas=known, villages=villages())
    population, _ = areas_of(zhejiang, "town", ZHEJIANG.vocabulary, areas=known, villages=villages())
    subjects = list(each_facts(population, ZHEJIANG.vocabulary))
    assert [area.place for area in board.areas] == [
        (facts.root["province"], facts.root["county"], facts.root.get("town")) for facts in subjects
    ]
    assert sum(area.households for area in board.areas) == len(zhejiang)
    for area, facts in zip(board.areas, subjects, strict=True):
        single = decide_facts(ZHEJIANG, facts, ZJ_ON, decisions=board.decisions, ranked=False)
        for id_ in board.decisions:
            assert area.answers[id_].determined == single[id_].determined
            assert area.answers[id_].bounds == single[id_].bounds
            missing = {re.sub(r"\[\d+\]", "", found.path) for found in single[id_].missing}
            assert {way.path for way in area.missing.get(id_, ())} == missing
            if single[id_].determined and ZHEJIANG.decision(id_).table is None:
                assert area.answers[id_].value == single[id_].outcome
    assert board.areas[0].answers["bulletin_this_month"].determined


def test_behind_every_number_stands_its_list(zhejiang):
    board = scoreboard(ZHEJIANG, zhejiang, "town", ZJ_ON, villages=villages())
    lists = {(behind.decision, behind.of): behind.rows for behind in board.behind}
    for id_, of in (("households_below_floor", "households"), ("weak_villages", "villages")):
        rows = lists[id_, of]
        for area in board.areas:
            mine = rows.filter(pl.col("town").eq_missing(pl.lit(area.place[-1])))
            bounds = area.answers[id_].bounds or (area.answers[id_].value,) * 2
            assert (mine["certain"].sum(), mine.height) == bounds
    assert lists["weak_villages", "villages"]["id"].to_list() == ["v0"]


# ---- what people see


def test_reports_stand_alone(xuanzhou, zhejiang):
    found = compare(XUANZHOU, xuanzhou, [LINE, CHANGES], ON, decisions=["monitoring", "kinds"])
    curves = sweep(XUANZHOU, xuanzhou, "range_line", steps_between(Decimal(5000), Decimal(7000), 4), ON)
    effects = readings(XUANZHOU, xuanzhou, ON, decisions=["in_range"])
    board = scoreboard(ZHEJIANG, zhejiang, "county", ZJ_ON)
    for language in ("zh", "en"):
        assert "2.2" in comparison_text(found, language)
        assert curves_text(XUANZHOU, curves, language)
        assert readings_text(XUANZHOU, effects, language)
        assert board_text(board, language)
        pages = [
            comparison_page(found, language),
            readings_page(XUANZHOU, effects, "", language),
            board_page(board, language),
            *curve_charts(XUANZHOU, curves, language),
        ]
        for page in pages:
            links = set(re.findall(r"\w+://[^\"' <]+", page))
            assert links <= {"http://www.w3.org/2000/svg"}
            assert "<script" not in page


def moved_by_place(text):
    """The sums of enter, leave and become open over the rows of a text's first table by place, and those rows."""
    table = text.split("  by place\n")[1].split("  the clauses")[0]
    rows = [line.split() for line in table.splitlines()[1:]]
    return [sum(int(row[column]) for row in rows) for column in (-4, -3, -1)], table


@pytest.mark.parametrize("towns", [15, 70])
def test_every_place_where_something_moves_is_told(towns):
    subjects = [
        read_facts(household(random.Random(n), n) | {"town": f"T{n % towns}"}, XUANZHOU.vocabulary)[0]
        for n in range(350)
    ]
    found = compare(XUANZHOU, population_of(subjects, XUANZHOU.vocabulary), [LINE], ON, decisions=["in_range"])
    (shift,) = found.scenarios[0][1]
    in_all = [move for move in shift.moves if not move.place]
    places = {move.place for move in shift.moves if len(move.place) == 2 and move.enter + move.leave + move.opened}
    assert len(places) > (40 if towns == 70 else 12)
    sums, table = moved_by_place(comparison_text(found, "en"))
    assert sums == [sum(getattr(move, part) for move in in_all) for part in ("enter", "leave", "opened")]
    assert (f"{len(places) - 40} more places" in table) is (len(places) > 40)
    page = comparison_page(found, "en")
    assert all(place[1] in page for place in places)


@pytest.fixture
def files(tmp_path):
    chance = random.Random(1)
    data = [household(chance, number) for number in range(12)]
    (tmp_path / "county.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    (tmp_path / "line.yaml").write_text("parameters: {range_line: 6500}\n", encoding="utf-8")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_commands(files):
    given_ = (files / "county.json", "--pack", "xuanzhou_2021", "--on", "2021-09-01")
    page, chart = files / "page.html", files / "chart.svg"
    compared = run(
        "compare", *given_, "--scenario", files / "line.yaml", "--html", page, "--svg", chart, "--format", "json"
    )
    assert compared.exit_code == 0, compared.output
    data = json.loads(compared.stdout)
    assert data["scenarios"][0]["scenario"]["name"] == "line"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert chart.read_text(encoding="utf-8").startswith("<svg")
    ledger = files / "ledger.db"
    assert run("ledger", "init", ledger).exit_code == 0
    for _ in range(2):
        assert run("compare", *given_, "--set", "range_line=6500", "--record", ledger).exit_code == 0
    with open_ledger(str(ledger), "read") as opened:
        (entry,) = opened.entries("scenario")
    assert entry.content()["scenarios"][0]["scenario"]["parameters"] == {"range_line": "6500"}
    assert "samples" not in entry.body
    assert run("compare", *given_).exit_code == 2
    assert run("compare", *given_, "--set", "rang_line=1").exit_code == 2
    supposed_line = ("--set", "range_line=6500")
    assert "request.unknown_decision" in run("compare", *given_, *supposed_line, "-d", "monitorin").stderr
    assert "request.other_subject" in run("compare", *given_, *supposed_line, "-d", "regional_shocks").stderr
    assert run("compare", *given_, *supposed_line, "--samples", "-3").exit_code == 2
    assert "request.other_subject" in run("scoreboard", *given_, "-d", "monitoring").stderr
    assert "request.unknown_decision" in run("readings", *given_, "-d", "x").stderr
    swept = run("sweep", *given_[:1], "监测范围线", "5000", "7000", *given_[1:], "--steps", "2", "--format", "json")
    assert [point["value"] for point in json.loads(swept.stdout)[0]["points"]] == ["5000", "6000", "7000"]
    assert run("sweep", *given_[:1], "range_line", "5000", "lots", *given_[1:]).exit_code == 2
    assert json.loads(run("readings", *given_, "-d", "in_range", "--format", "json").stdout)[0]["tried"] == 4
    board = json.loads(run("scoreboard", *given_, "--by", "town", "--format", "json").stdout)
    assert Counter(area["households"] for area in board["areas"]).total() == len(board["areas"])
    assert "宣州区" in run("scoreboard", *given_, "--lists").stdout


def test_scenario_files(files):
    found = load_scenarios(files / "line.yaml", XUANZHOU)
    assert [(scenario.name, scenario.parameters["range_line"]) for scenario in found] == [("line", 6500)]
    assert copy.copy(found[0]) == found[0]
