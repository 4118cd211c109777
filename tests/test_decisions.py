"""Decisions that are expressions: lists, records, rounding, bound names; and what a caller supposes or hands over wrongly."""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy
import pytest

from generators import CITES, ON, VOCABULARY, make_pack
from policy_engine import FactsError, RequestError, Scenario, Settings, decide
from policy_engine.documents.read_facts import read_facts
from policy_engine.evaluation.compiled import Program
from policy_engine.model.facts import FactRecord
from policy_engine.model.parameter import DatedValue
from policy_engine.population.agreement import disagreements
from policy_engine.population.rows import population_of

LINE = {"p": {"label": "线", "value": 2, "cites": CITES}}


def answers(pack, facts, **asked):
    return decide(pack, {"county": "c", **facts}, ON, **asked)


def test_bounds_are_rounded_with_the_number_that_they_bound():
    rounded = {
        "is": 'sum(received[kind = "money"].amount)',
        "rounding": {"mode": "half up", "places": 0, "clause": "1"},
    }
    two = {"two": {"label": "线", "value": 2, "unit": "CNY", "cites": CITES}}
    pack = make_pack({"total": rounded, "enough": {"is": "total >= two"}}, VOCABULARY, two)
    before = answers(pack, {"received": [{"amount": Decimal("1.70")}]})
    after = answers(pack, {"received": [{"amount": Decimal("1.70"), "kind": "money"}]})
    assert before["total"].bounds == (0, 2)
    assert not before["enough"].determined
    assert (after["total"].outcome, after["enough"].outcome) == (2, True)


@pytest.mark.parametrize("text", ["[f0, f1]", "{a: f0, b: f1}", "{a: [f0, f1]}"])
def test_what_holds_something_unknown_is_not_determined(text):
    pack = make_pack({"d": {"is": text}}, VOCABULARY)
    open_ = answers(pack, {"f0": True})
    assert (open_["d"].status, open_["d"].outcome, [item.path for item in open_["d"].missing]) == (
        "undetermined",
        None,
        ["f1"],
    )
    assert '"undetermined"' in open_.to_json()
    assert answers(pack, {"f0": True, "f1": False})["d"].determined


def test_a_part_that_is_known_is_known_though_its_neighbour_is_not():
    pack = make_pack({"r": {"is": "{a: f0, b: f1}"}, "d": {"is": "r.a"}}, VOCABULARY)
    assert answers(pack, {"f0": True})["d"].outcome is True


@pytest.mark.parametrize("name", ["own", "item1", "other", "R", "key"])
@pytest.mark.parametrize("compiled", [False, True])
def test_a_variable_may_have_any_name(name, compiled):
    """A household with two members; the evaluator's own variables are never taken for it."""
    among = f"some {name} in household.members satisfies {name}.in_school and wishes_to_work"
    code = f'some {name} in cs satisfies {name} = "k1" and f0'
    inside = f'count(members[(some {name} in cs satisfies {name} = "k1") and in_school])'
    decisions = {"m": {"about": "member", "is": among}, "c": {"is": code}, "n": {"is": inside}}
    pack = make_pack(decisions, VOCABULARY)
    members = [{"in_school": True, "wishes_to_work": False}, {"in_school": False, "wishes_to_work": True}]
    facts = {"members": members, "cs": ["k1"], "f0": True}
    for _ in range(20 if compiled else 1):
        found = answers(pack, facts, decisions=["m", "c", "n"])
    assert [answer.outcome for answer in found.answers] == [False, True, True, 1]


def test_deeply_nested_loops_are_left_to_the_evaluator():
    text = "cs[item in " * 20 + "cs" + "]" * 20
    pack = make_pack({"d": {"is": f"count({text})"}}, VOCABULARY)
    assert "d" not in Program(pack, Settings(), Scenario()).functions
    for _ in range(20):
        assert answers(pack, {"cs": ["k1"]})["d"].outcome == 1


# ---- what a caller supposes


@pytest.mark.parametrize(("given", "fact"), [(4, 4), (4.5, Decimal("4.5")), (numpy.float64(0.1), Decimal("0.1"))])
def test_numbers_of_python_are_exact(given, fact):
    pack = make_pack({"d": {"is": "n0 = p"}}, VOCABULARY, LINE)
    assert answers(pack, {"n0": fact}, scenario=Scenario({"p": given}))["d"].outcome is True
    unstated = {"p": {"label": "线", "not_stated": {"clause": "1"}}}
    pack = make_pack({"d": {"is": "n0 = p"}}, VOCABULARY, unstated)
    assert answers(pack, {"n0": fact}, settings=Settings({"p": (DatedValue(given, source="s"),)}))["d"].outcome is True


@pytest.mark.parametrize("value", [True, "4", float("nan"), float("inf"), None, datetime.date(2021, 1, 1), (4,)])
def test_a_value_of_another_type_is_refused(value):
    pack = make_pack({"d": {"is": "n0 = p"}}, VOCABULARY, LINE)
    for asked in ({"scenario": Scenario({"p": value})}, {"settings": Settings({"p": (DatedValue(value),)})}):
        with pytest.raises(RequestError) as refused:
            answers(pack, {}, **asked)
        assert [found.code for found in refused.value.problems] == ["request.wrong_type"]


def test_settings_are_dated_values():
    with pytest.raises(TypeError, match="p: settings are dated values"):
        Settings({"p": Decimal(4)})


def test_a_line_that_lies_far_away_is_no_candidate():
    """Ranking what is missing looks for the number that meets the line; here it has more digits than can be rounded."""
    pack = make_pack(
        {"d": {"is": "n0 * p < q"}}, VOCABULARY, LINE | {"q": {"label": "远", "value": 10**12, "cites": CITES}}
    )
    tiny = Scenario({"p": Decimal("0.000000001")})
    assert [item.path for item in answers(pack, {}, scenario=tiny)["d"].missing] == ["n0"]


# ---- what a caller hands over


def test_a_name_given_twice_is_an_error():
    pack = make_pack({"d": {"is": "f0"}}, VOCABULARY)
    finances = {"2021": {"net_income": 9000}, 2021: {"disposable_income": 1}}
    with pytest.raises(FactsError) as refused:
        answers(pack, {"f0": True, "finances": finances})
    assert [found.code for found in refused.value.problems] == ["yaml.duplicate_key"]


@pytest.mark.parametrize(
    ("strange", "code"),
    [
        ({"t": b"x"}, "facts.strange"),
        ({"t": object()}, "facts.strange"),
        ({"t": "\ud800"}, "facts.strange"),
        ({"cs": {"k1"}}, "facts.strange"),
        ({"n0": Decimal("1e999999")}, "facts.not_a_number"),
        ({"n0": Decimal("1e-999999")}, "facts.not_a_number"),
    ],
)
def test_what_cannot_be_a_fact_is_refused(strange, code):
    pack = make_pack({"d": {"is": "f0"}}, {**VOCABULARY, "t": {"label": "文", "type": "text"}})
    with pytest.raises(FactsError) as refused:
        answers(pack, strange)
    assert [found.code for found in refused.value.problems] == [code]


def test_numbers_of_numpy_are_numbers():
    pack = make_pack({"d": {"is": "n0 + n1"}}, VOCABULARY)
    assert answers(pack, {"n0": numpy.float64(0.1), "n1": numpy.int64(3)})["d"].outcome == Decimal("3.1")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"pack": "xuanzhou_2021"}, "pack"),
        ({"facts": None}, "facts"),
        ({"facts": "county: c"}, "facts"),
        ({"on": "2021-09-01"}, "on"),
        ({"on": datetime.datetime(2021, 9, 1, tzinfo=datetime.UTC)}, "on"),
        ({"decisions": "d"}, "decisions"),
        ({"settings": {}}, "settings"),
        ({"scenario": {}}, "scenario"),
    ],
)
def test_the_front_door_says_what_it_takes(wrong, says):
    right = {"pack": make_pack({"d": {"is": "f0"}}, VOCABULARY), "facts": {"county": "c"}, "on": ON}
    with pytest.raises(TypeError, match=f"^{says}: "):
        decide(**(right | wrong))


def test_a_decision_says_why_it_has_no_one_answer():
    pack = make_pack({"m": {"about": "member", "is": "in_school"}, "d": {"is": "f0"}}, VOCABULARY)
    both = answers(pack, {"members": [{"in_school": True}, {"in_school": False}]}, decisions=["m", "d"])
    assert [answer.outcome for answer in both.each("m")] == [True, False]
    with pytest.raises(LookupError, match="one answer for each member"):
        both["m"]
    with pytest.raises(KeyError, match="asked were m, d"):
        both["e"]


def test_records_of_facts_are_known_as_far_as_they_go():
    from policy_engine.evaluation.operations import is_open

    assert not is_open((FactRecord({}, "member", "members[1]"),))


# ---- what members and households of an area are asked

HOME = {
    "area_id": "A",
    "shocks": [],
    "households": [
        {
            "household_id": "H1",
            "low_income": True,
            "shocks": [{"kind": "fire"}],
            "members": [{"in_school": True, "mine": False}],
            "received": [{"kind": "money"}],
        }
    ],
}
OWN_FACTS = {
    "member": {
        "mine": {"label": "员", "type": "boolean", "applies": "count(shocks) > 0", "otherwise": "in_school"},
        "both": {"label": "员二", "type": "boolean", "derived": "low_income and in_school"},
    },
    "received": {"lately": {"label": "受", "type": "boolean", "applies": "low_income", "otherwise": "low_income"}},
}


@pytest.mark.parametrize(
    ("about_member", "expected"),
    [
        ("in_school and count(shocks) > 0", True),
        ("in_school and low_income", True),
        ("in_school and household.low_income", True),
        ("in_school and not(hit)", False),
        ("mine", False),
        ("both", True),
    ],
)
def test_a_member_is_asked_about_its_household_from_an_area_too(about_member, expected):
    """Whether it is asked through the household or past it, alone or beside others, by whichever runner."""
    among = "some h in households satisfies some m in h.members satisfies m.pupil"
    pack = make_pack(
        {
            "hit": {"is": "count(shocks) > 0"},
            "pupil": {"about": "member", "is": about_member},
            "home": {"is": "some m in members satisfies m.pupil"},
            "past": {"about": "area", "is": among},
            "through": {"about": "area", "is": "some h in households satisfies h.home"},
            "filtered": {"about": "area", "is": "count(households[count(members[pupil]) > 0]) > 0"},
        },
        below=OWN_FACTS,
    )
    area = {"subject": "area", "county": "c", **HOME}
    asked = ("past", "through", "filtered")
    for decisions in (("past",), ("through",), ("filtered",), asked, asked[::-1]):
        answered = decide(pack, area, ON, decisions=decisions)
        assert {id_: answered[id_].outcome for id_ in decisions} == dict.fromkeys(decisions, expected)
    facts, _ = read_facts(area, pack.vocabulary)
    assert list(disagreements(pack, population_of([facts], pack.vocabulary, "area"), ON, decisions=asked)) == []


def test_a_fact_of_a_record_may_apply_by_its_household():
    among = "some h in households satisfies some r in h.received satisfies r.lately"
    pack = make_pack({"d": {"is": "low_income"}, "past": {"about": "area", "is": among}}, below=OWN_FACTS)
    answered = decide(pack, {"subject": "area", "county": "c", **HOME}, ON, decisions=["past"])
    assert [item.path for item in answered["past"].missing] == ["households[1].received[1].lately"]


def test_of_two_records_of_facts_one_is_chosen_only_where_the_condition_is_known():
    """Nothing that is not known makes two people equal."""
    pack = make_pack({"d": {"is": "(if f0 then members[1] else members[-1]).in_school"}}, VOCABULARY)
    two = [{"in_school": True, "labour": "weak"}, {"in_school": True}]
    assert [item.path for item in answers(pack, {"members": two})["d"].missing] == ["f0"]
    assert answers(pack, {"members": two[:1]})["d"].outcome is True
