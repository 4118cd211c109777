"""Records: canonical JSON, facts and packs there and back, re-performance to the byte."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from policy_engine.checking.cases import case_request, read_cases
from policy_engine.decision.decide import decide_facts
from policy_engine.decision.request import Request
from policy_engine.documents.read_facts import read_facts, read_facts_file
from policy_engine.documents.read_pack import find_pack, load_pack, shipped_packs
from policy_engine.errors import FactsError, LedgerError, PackError, RequestError
from policy_engine.model.canonical import canonical
from policy_engine.model.scenario import Scenario
from policy_engine.record.decision_form import to_json
from policy_engine.record.form import read_record, record_of
from policy_engine.record.pack_source import PackSource, read_source
from policy_engine.values import Record

ROOT = Path(__file__).parents[1]
PACKS = sorted(shipped_packs([ROOT / "policies"]))
DAY = datetime.date(2026, 3, 1)

TEXTS = st.text(st.characters(codec="utf-8"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@cache
def pack_of(name):
    return load_pack(name, [ROOT / "policies"])


@given(JSON)
def test_canonical_json_is_that_of_the_standard(value):
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [0.1, [1.0], {"a": {"b": float("nan")}}, 2**53, Decimal(1), {1: "a"}, DAY])
def test_what_is_not_exact_is_refused(value):
    with pytest.raises((TypeError, AttributeError)):
        canonical(value)


def recorded(pack, facts, request, problems=()):
    return record_of(request.decide(pack, facts, problems), facts, request, "0" * 64, DAY)


@pytest.mark.parametrize("name", PACKS)
def test_every_worked_case_is_decided_again_from_its_record_to_the_byte(name):
    pack = pack_of(name)
    done = 0
    for _, _, form in read_cases(ROOT / "policies" / name)[0]:
        try:
            facts, _, request = case_request(pack, form)
            record = recorded(pack, facts, request)
        except (FactsError, RequestError):
            continue
        text = canonical(record.plain())
        again = read_record(json.loads(text))
        assert dict(again.given_facts(pack).evidence) == dict(facts.evidence)
        assert canonical(recorded(pack, again.given_facts(pack), again.request(pack)).plain()) == text
        done += 1
    assert done > 20


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_is_linked_again_from_its_stored_files(name):
    source = read_source(find_pack(name, [ROOT / "policies"]))
    stored = PackSource.of(json.loads(source.entry(name).body))
    assert source.entry(name).body_hash == stored.hash
    assert stored.link().hash == pack_of(name).hash
    assert not any("cases" in path or "NOTES" in path for path in stored.files)


def test_stored_files_that_are_no_pack_are_refused(tmp_path):
    with pytest.raises(PackError):
        PackSource({"pack.yaml": "pack: x"}).link()
    with pytest.raises(LedgerError):
        PackSource({"../pack.yaml": "pack: x"}).link()
    with pytest.raises(LedgerError):
        PackSource.of({"form": 2, "files": {}})


def household(**facts):
    data = {"county": "宣州区", "as_of": "2021-09-01", "household_id": "H-1", "household_size": 4, **facts}
    return read_facts(data, pack_of("xuanzhou_2021").vocabulary)[0]


def test_both_times_of_a_fact_are_kept():
    at_risk = {
        "value": True,
        "by": "镇",
        "observed_on": "2021-08-20",
        "known_on": "2021-08-25",
        "source": "cadre_visit",
    }
    record = recorded(pack_of("xuanzhou_2021"), household(at_risk=at_risk), Request())
    plain = record.plain()
    assert plain["facts"]["evidence"]["at_risk"]["observed_on"] == "2021-08-20"
    assert plain["facts"]["evidence"]["at_risk"]["known_on"] == "2021-08-25"
    assert (plain["decision"]["on"], plain["known_on"]) == ("2021-09-01", "2026-03-01")


def test_equal_facts_give_equal_bytes_and_no_digit_is_lost():
    pack = pack_of("xuanzhou_2021")
    one, other = (
        recorded(pack, household(finances={2021: {"net_income": Decimal(text)}}), Request()).plain()
        for text in ("24000", "24000.00")
    )
    assert canonical(one) == canonical(other)
    exact = recorded(pack, household(finances={2021: {"net_income": Decimal("99999999999.99")}}), Request()).plain()
    assert exact["facts"]["facts"]["finances"]["2021"]["net_income"] == "99999999999.99"


def test_the_same_facts_give_the_same_bytes_wherever_they_lie(tmp_path):
    pack, written = pack_of("xuanzhou_2021"), []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        file = tmp_path / name / "facts.yaml"
        file.write_text("county: 宣州区\nas_of: 2021-09-01\nat_risk: true\n", encoding="utf-8")
        (facts,), problems = read_facts_file(file, pack.vocabulary)
        written.append(to_json(decide_facts(pack, facts, problems=problems)))
    assert written[0] == written[1]
    assert json.loads(written[0])["problems"][0]["place"] == "facts.yaml:3:10"


def test_a_supposition_is_part_of_the_record():
    pack = pack_of("xuanzhou_2021")
    option = pack.reading("inside_range").options[-1].id
    supposed = Scenario(Record({"range_line": Decimal("6500.50")}), Record({"inside_range": option}), "what if")
    record = recorded(pack, household(), Request(decisions=("in_range",), scenario=supposed))
    assert read_record(json.loads(canonical(record.plain()))).request(pack) == Request(
        datetime.date(2021, 9, 1), ("in_range",), scenario=supposed
    )


def test_the_published_schema_describes_a_record():
    schema = json.loads((ROOT / "docs/reference/record.schema.json").read_text(encoding="utf-8"))
    record = recorded(pack_of("xuanzhou_2021"), household(), Request())
    Draft202012Validator(schema).validate(json.loads(canonical(record.plain())))


@pytest.mark.parametrize(
    ("change", "code"),
    [({"form": 99}, "record.newer"), ({"facts": 1}, "record.unreadable"), ({"x": 1}, "record.unreadable")],
)
def test_a_record_that_cannot_be_read_says_so(change, code):
    plain = recorded(pack_of("xuanzhou_2021"), household(), Request()).plain()
    with pytest.raises(LedgerError) as caught:
        read_record({**plain, **change})
    assert [found.code for found in caught.value.problems] == [code]
