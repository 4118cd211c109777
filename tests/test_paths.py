"""Paths into facts: what is set at a path is found there, and nothing else changes."""

from __future__ import annotations

import pytest

from policy_engine import load_pack
from policy_engine.documents.read_facts import read_facts
from policy_engine.model.facts import FactRecord, paths, with_value
from policy_engine.model.paths import parts, value_at

VOCABULARY = load_pack("xuanzhou_2021").vocabulary
ROOT = read_facts(
    {
        "county": "宣州区",
        "finances": {2020: {"net_income": 1}, 2021: {"net_income": 2, "disposable_income": 3}},
        "members": [{"labour": "weak", "health": ["chronic"]}, {"labour": "lost", "health": []}],
    },
    VOCABULARY,
)[0].root


def test_parts():
    assert list(parts("members[12].health")) == [("members", 12), ("health", None)]
    assert list(parts("finances.2021.net_income")) == [("finances", None), ("2021", None), ("net_income", None)]


def test_every_value_is_found_at_its_path():
    found = dict(paths(ROOT))
    assert len(found) == 8
    assert {path: value_at(ROOT, path) for path in found} == found
    for path in ("province", "members[1].self_care", "finances.2019.net_income", "rooms.a.b"):
        assert value_at(ROOT, path) is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("county", "泾县"),
        ("members[2].labour", "weak"),
        ("members[1].self_care", "full"),
        ("finances.2021.net_income", 7),
        ("finances.2019.net_income", 7),
    ],
)
def test_one_path_is_set_and_taken_away_again(path, value):
    before = dict(paths(ROOT))
    changed = with_value(ROOT, path, value, VOCABULARY)
    assert dict(paths(changed)) == before | {path: value}
    assert dict(paths(ROOT)) == before
    without = dict(paths(with_value(changed, path, None, VOCABULARY)))
    assert without == {key: known for key, known in before.items() if key != path}


def test_records_that_are_made_on_the_way_know_their_form_and_place():
    empty = FactRecord({}, "household", "")
    year = value_at(with_value(empty, "finances.2021.net_income", 7, VOCABULARY), "finances.2021")
    assert (year.form, year.path) == ("finances", "finances.2021")
