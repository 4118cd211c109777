"""Cases of the DMN Technology Compatibility Kit and of our own, kept beside this repository and not in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from conftest import missing
from policy_engine.checking.conformance import run_cases

PLACES = [folder.parent / "shared" / "conformance" for folder in Path(__file__).parents[1:3]]
FOLDER = next((place for place in PLACES if place.is_dir()), PLACES[0])
"""Beside the repository; the mutation tests run on a copy inside it."""
SUM_OF_NOTHING = {"gap/038", "gap/044"}
"""FEEL has null where `sum([])` is 0 here, on purpose."""


def results(file):
    if not FOLDER.is_dir():
        missing(f"the conformance cases are not beside this repository ({FOLDER})")
    with (FOLDER / file).open(encoding="utf-8") as lines:
        return list(run_cases(lines))


def test_the_compatibility_kit():
    found = results("tck_feel_shared.jsonl")
    assert len(found) == 764
    assert [case for case in found if case.outcome == "wrong"] == []
    outcomes = Counter((case.wants_value, case.outcome) for case in found)
    assert outcomes[True, "exact"] >= 370
    assert {outcome for wants_value, outcome in outcomes if not wants_value} <= {"refused", "no value"}
    assert outcomes[True, "rounded"] <= 2
    assert all(case.code for case in found if case.outcome in ("refused", "no value"))


def test_what_the_kit_leaves_out():
    found = results("feel_gap_cases.jsonl")
    assert len(found) == 94
    wrong = [case for case in found if case.outcome == "wrong"]
    assert {case.id for case in wrong} == SUM_OF_NOTHING
    assert all((case.found, case.wants_value) == ("0", False) for case in wrong)
    exact = [case for case in found if case.outcome == "exact"]
    assert len(exact) >= 35
    assert all(case.wants_value for case in exact)
    assert {case.outcome for case in found} <= {"exact", "refused", "no value", "wrong"}
