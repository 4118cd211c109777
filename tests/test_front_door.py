"""The names other systems import, what importing costs, and that nothing else happens."""

from __future__ import annotations

import datetime
import json
import pickle
import subprocess
import sys
from decimal import Decimal

import jsonschema
import pytest
from pydantic import ValidationError

import policy_engine
from policy_engine import Household, RequestError, Scenario, Settings, decide, load_pack
from policy_engine.record.decision_form import DecisionForm

ON = datetime.date(2021, 9, 1)
JUDGED = {"by": "乡镇研判组", "observed_on": "2021-08-20"}
TYPED = {"by": "乡镇研判组", "observed_on": datetime.date(2021, 8, 20)}
INSIDE = {
    "county": "宣州区",
    "household_size": 4,
    "lifted_from_poverty": True,
    "at_risk": {"value": True, **JUDGED},
    "finances": {2021: {"net_income": 23999.99}},
}


@pytest.fixture(scope="module")
def pack():
    return load_pack("xuanzhou_2021")


def test_the_front_door_is_these_names():
    assert policy_engine.__all__ == [
        "Area",
        "Decision",
        "FactsError",
        "Household",
        "Pack",
        "PackError",
        "PolicyEngineError",
        "Problem",
        "RequestError",
        "Scenario",
        "Settings",
        "Village",
        "__version__",
        "decide",
        "duties",
        "load_pack",
        "load_settings",
        "read_case",
        "read_facts_file",
        "standing",
    ]
    assert all(hasattr(policy_engine, name) for name in policy_engine.__all__)


def test_importing_brings_in_nothing():
    program = "import sys; before = set(sys.modules); import policy_engine; print(len(set(sys.modules) - before))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(found.stdout) <= 10


def test_deciding_does_not_import_pydantic_or_start_threads():
    program = (
        "import sys, threading, datetime\n"
        "from policy_engine import decide, load_pack\n"
        "decide(load_pack('xuanzhou_2021'), {'county': '宣州区'}, datetime.date(2021, 9, 1))\n"
        "assert 'pydantic' not in sys.modules and threading.active_count() == 1"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_decision_from_a_mapping(pack):
    decision = decide(pack, INSIDE, ON)
    assert decision["monitoring"].outcome == "include"
    assert decision["kinds"].possible[0].outcome == "unstable_lifted"
    assert "应纳入监测" in str(decision)
    assert "应纳入监测" in decision._repr_html_()


def test_a_typed_household_gives_the_same_bytes(pack):
    household = Household(
        county="宣州区",
        household_size=4,
        lifted_from_poverty=True,
        at_risk=True,
        evidence={"at_risk": TYPED},
        finances={2021: {"net_income": Decimal("23999.99")}},
    )
    assert decide(pack, household, ON).to_json() == decide(pack, INSIDE, ON).to_json()


@pytest.mark.parametrize(
    "wrong",
    [
        {"lifted_from_poverty": 1},
        {"lifted_from_poverty": "off"},
        {"household_size": "4"},
        {"household_size": 4.0},
        {"household_size": True},
        {"members": [{"birth_date": 0}]},
        {"county": 3},
        {"relief": "dbao"},
    ],
)
def test_a_typed_household_takes_nothing_for_what_it_is_not(wrong):
    with pytest.raises(ValidationError):
        Household(**wrong)


def test_a_typed_household_stays_as_it_is_and_comes_back_from_json():
    household = Household(finances={2021: {"net_income": Decimal("0.10")}}, evidence={"at_risk": TYPED})
    with pytest.raises(TypeError):
        household.finances[2022] = None
    assert hash(household) == hash(pickle.loads(pickle.dumps(household)))
    assert Household.model_validate_json(household.model_dump_json()) == household
    assert Household.model_validate(household.model_dump()) == household


def test_json_fits_its_published_schema(pack):
    decision = json.loads(decide(pack, INSIDE, ON).to_json())
    jsonschema.validate(decision, DecisionForm.model_json_schema())


def test_packs_and_decisions_can_be_pickled(pack):
    again = pickle.loads(pickle.dumps(pack))
    assert again == pack
    assert again.hash == pack.hash
    decision = decide(pack, INSIDE, ON)
    assert pickle.loads(pickle.dumps(decision)).to_json() == decision.to_json()


def test_a_scenario_leaves_the_pack_as_it_was(pack):
    before = decide(pack, INSIDE, ON).to_json()
    supposed = decide(pack, INSIDE, ON, decisions=["in_range"], scenario=Scenario({"range_line": 5000}))
    assert supposed["in_range"].outcome is False
    assert decide(pack, INSIDE, ON, scenario=Scenario(), settings=Settings()).to_json() == before


def test_what_does_not_exist_is_named(pack):
    for request in (
        {"decisions": ["monitorin"]},
        {"scenario": Scenario({"range_lin": 1})},
        {"scenario": Scenario(readings={"inside_rang": "x"})},
        {"scenario": Scenario(readings={"inside_range": "x"})},
    ):
        with pytest.raises(RequestError) as error:
            decide(pack, INSIDE, ON, **request)
        assert dict(error.value.problems[0].details)["near"]
    with pytest.raises(RequestError):
        decide(pack, INSIDE)
