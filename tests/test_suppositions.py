"""Suppositions in a ledger: re-performed to the byte, marked wherever they are shown, and never taken for a decision."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path

import pytest

from policy_engine.app.cli.options import scenario_of
from policy_engine.audit.replay import Archive, replay
from policy_engine.audit.sample import sample
from policy_engine.audit.standing import as_of, asked_again, caseload
from policy_engine.audit.timeline import divergences, timeline
from policy_engine.decision.masking import MASK
from policy_engine.decision.request import Request
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import find_pack, load_pack
from policy_engine.documents.read_scenario import read_scenario
from policy_engine.model.canonical import canonical
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.monitoring.board import board
from policy_engine.monitoring.ingest import Monitoring, ingest
from policy_engine.monitoring.submission import submission
from policy_engine.record.commitment import check_copy, commitment, masked_record
from policy_engine.record.entry import Entered, Entry
from policy_engine.record.form import KIND, SUPPOSITION, entry_of, read_record, record_of
from policy_engine.record.ledger import open_ledger
from policy_engine.record.migrate import create_ledger
from policy_engine.record.pack_source import read_source
from test_audit import replace_rows
from test_cli import run

ROOT = Path(__file__).parents[1]
FORMATS = ROOT / "tests" / "formats"
PACK = load_pack("qingtian_2022", [ROOT / "policies"])
SOURCE = read_source(find_pack("qingtian_2022", [ROOT / "policies"]))
NOW = datetime.datetime(2022, 12, 1, 8, tzinfo=datetime.UTC)
DAY, LATER = datetime.date(2022, 9, 15), datetime.date(2022, 10, 15)
POOR = read_scenario(
    {"scenario": "all are poor", "change": [{"when": 'household_id = "QT-0001"', "set": {"low_income": True}}]}, PACK
)
ASKED = ("monitoring",)


def household(**facts):
    data = {"county": "青田县", "household_id": "QT-0001", "as_of": DAY, "low_income": False, **facts}
    return read_facts({**data, "monitored": False}, PACK.vocabulary)[0]


def entry(known_on, scenario=POOR, **facts):
    known, request = household(**facts), Request(decisions=ASKED, scenario=scenario)
    decision = request.decide(PACK, known)
    return entry_of(record_of(decision, known, request, SOURCE.hash, known_on), decision)


@pytest.fixture
def ledger(tmp_path):
    create_ledger(tmp_path / "l.db", NOW)
    with open_ledger(tmp_path / "l.db", "write") as opened:
        opened.append([SOURCE.entry(PACK.id)], NOW)
        yield opened


def outcome(decision):
    return decision["monitoring"].outcome


# ---- recorded and re-performed


def test_a_supposition_is_recorded_as_one_and_comes_out_the_same(ledger):
    decided, supposed = entry(DAY, Scenario()), entry(DAY)
    assert (decided.kind, supposed.kind) == (KIND, SUPPOSITION)
    ledger.append([decided, supposed], NOW)
    found = [replay(Archive(ledger), one) for one in ledger.entries(KIND, SUPPOSITION)]
    assert [one.status for one in found] == ["same", "same"]
    assert outcome(found[0].decision) != outcome(found[1].decision)
    facts = [json.loads(one.body)["facts"]["facts"] for one in (decided, supposed)]
    assert facts[0] == facts[1]
    assert facts[1]["low_income"] is False


@pytest.mark.parametrize("scenario", [Scenario(parameters={}, name="nothing"), Scenario()])
def test_a_name_alone_supposes_nothing(scenario):
    assert entry(DAY, scenario).kind == KIND


def test_another_supposition_than_the_recorded_one_is_found(ledger):
    content = json.loads(entry(DAY).body)
    content["scenario"]["changes"][0]["set"]["low_income"] = "false"
    (receipt,) = ledger.append([Entry.of(SUPPOSITION, content, subject="QT-0001")], NOW)
    assert replay(Archive(ledger), ledger.entry(receipt.seq)).status == "meaning"
    content["scenario"]["changes"][0]["set"] = {"no_such_fact": "true"}
    (receipt,) = ledger.append([Entry.of(SUPPOSITION, content, subject="QT-0001")], NOW)
    assert replay(Archive(ledger), ledger.entry(receipt.seq)).status == "failed"


def frozen(name):
    lines = (FORMATS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Entered(*json.loads(line)) for line in lines]


def test_frozen_suppositions_are_re_performed_and_keep_their_commitments(tmp_path):
    codes = json.loads((FORMATS / "commitments-suppositions-2.json").read_text(encoding="utf-8"))
    create_ledger(tmp_path / "l.db", NOW)
    with open_ledger(tmp_path / "l.db", "write") as ledger:
        replace_rows(ledger, frozen("suppositions-2"))
        archive, entries = Archive(ledger), list(ledger.entries(SUPPOSITION))
        assert {replay(archive, one).status for one in entries} <= {"same", "wording"}
    assert any(one.content()["scenario"].get("changes") for one in entries)
    assert {str(one.seq): commitment(one.content()) for one in entries} == codes


@pytest.mark.parametrize("name", ["records-2", "suppositions-2"])
def test_records_of_this_form_keep_their_bytes(name):
    """Also where a version knows more fields: those that a record does not use are not written."""
    for one in frozen(name):
        if one.kind in (KIND, SUPPOSITION):
            content = {name: value for name, value in one.content().items() if name != "masking"}
            assert canonical(read_record(one.content()).plain()) == canonical(content)


def test_a_masked_copy_tells_which_facts_were_supposed_and_not_of_whom():
    body = json.loads(entry(DAY).body)
    copy = masked_record(body, ["/scenario/changes/0/set/low_income"])
    (change,) = copy.record["scenario"]["changes"]
    assert change["about"] == "household"
    assert change["set"].keys() == {"low_income"}
    assert "QT-0001" not in copy.model_dump_json()
    assert check_copy(copy, commitment(body)) == ()
    assert copy.disclosed[0].value == "true"


# ---- never a decision


def test_what_is_known_and_decided_does_not_come_from_suppositions(ledger):
    """A later supposition, on other facts: the caseload stands as it was decided."""
    ledger.append([entry(DAY, Scenario())], NOW)
    archive = Archive(ledger)
    before = [as_of(archive, one, DAY) for one in caseload(archive)]
    ledger.append([entry(LATER, household_size=7)], NOW)
    (standing,) = caseload(archive)
    found = as_of(archive, standing, LATER)
    assert [outcome(found.then), outcome(found.current)] == [outcome(before[0].then)] * 2
    assert not found.changed
    restored, omitted = asked_again(archive, standing, "omitted", LATER)
    assert restored.facts.root.get("household_size") is None
    assert omitted["omitted"] == asked_again(archive, before[0].standing, "omitted", LATER)[1]["omitted"]


def test_one_who_was_only_supposed_about_is_in_no_caseload(ledger):
    ledger.append([entry(DAY)], NOW)
    assert caseload(Archive(ledger)) == []
    assert sample(ledger, 9, "s") == ([], 0)


def test_a_supposition_recorded_as_a_decision_counts_no_more_than_one(ledger):
    """By another program, or before suppositions had a kind of their own."""
    ledger.append([Entry.of(KIND, json.loads(entry(DAY).body), subject="QT-0001")], NOW)
    assert caseload(Archive(ledger)) == []


def test_an_authority_diverges_from_decisions_and_not_from_suppositions(ledger):
    said = {
        "decision": "monitoring",
        "item": "",
        "outcome": "not_included",
        "by": "镇政府",
        "why": "-",
        "on": "2022-10-01",
    }
    ledger.append([entry(DAY, Scenario()), entry(LATER), Entry.of("divergence", said, subject="QT-0001")], NOW)
    (found,) = divergences(ledger)
    assert found.answered["outcome"] == json.loads(entry(DAY, Scenario()).body)["decision"]["answers"][0]["outcome"]


def test_a_timeline_shows_a_supposition_beside_what_was_decided(ledger):
    ledger.append([entry(DAY, Scenario()), entry(DAY), entry(LATER, Scenario(), household_size=3)], NOW)
    events = list(timeline(Archive(ledger), "QT-0001"))
    assert [event.supposed for event in events] == [False, True, False]
    assert [len(event.changed) for event in events] == [1, 1, 0]


def test_monitoring_takes_no_notice_of_suppositions(ledger):
    monitoring = Monitoring(PACK, SOURCE.entry(PACK.id), lambda: NOW)
    facts = household(low_income=True)
    ingest(ledger, monitoring, [submission(PACK, facts, DAY)])
    before = board(ledger, PACK, LATER, Settings())
    assert before.alerts != ()
    calm = read_scenario({"change": [{"set": {"low_income": False}}]}, PACK)
    ledger.append([entry(LATER, calm, low_income=True)], NOW)
    assert board(ledger, PACK, LATER, Settings()) == before
    assert ingest(ledger, monitoring, [submission(PACK, facts, DAY)]).decisions == 0


# ---- on the command line


def test_from_a_scenario_file_to_its_marks(tmp_path):
    file, facts, scenario = tmp_path / "l.db", tmp_path / "facts.yaml", tmp_path / "scenario.yaml"
    facts.write_text("county: 青田县\nas_of: 2022-09-15\nhousehold_id: QT-0001\nlow_income: false\n", encoding="utf-8")
    scenario.write_text("scenario: poorer\nchange: [{set: {low_income: true}}]\n", encoding="utf-8")
    run("ledger", "init", str(file))
    decide = ("decide", str(facts), "--pack", "qingtian_2022", "-d", "monitoring", "--record", str(file))
    assert "Supposed Low-income household: yes (poorer)" in run(*decide, "--scenario", str(scenario)).stdout
    run(*decide)
    listed = run("ledger", "list", str(file)).stdout.splitlines()
    assert [line.split()[2] for line in listed] == ["ledger", "pack", "supposition", "decision"]
    replayed = run("audit", "replay", str(file), "ALL").stdout
    assert "2 decisions" in replayed
    assert "SUPPOSED “poorer”, no decision" in run("audit", "replay", str(file), "3").stdout
    assert run("audit", "timeline", str(file), "QT-0001").stdout.count("no decision") == 1
    assert "1 in all" in run("audit", "as-of", str(file), "2030-01-01").stdout
    letter = run("letter", "3", "--ledger", str(file))
    assert (letter.returncode, letter.stdout) == (2, "")
    assert "[request.a_supposition]" in letter.stderr
    assert run("letter", "4", "--ledger", str(file)).returncode == 0
    masked = run("ledger", "show", str(file), "3", "--mask").stdout
    assert '"kind": "supposition"' in masked
    assert MASK in masked


def test_one_scenario_at_a_time(tmp_path):
    scenario = tmp_path / "two.yaml"
    scenario.write_text("scenario: a\n---\nscenario: b\n", encoding="utf-8")
    done = run("decide", "examples/xuanzhou/included.yaml", "-p", "xuanzhou_2021", "--scenario", str(scenario))
    assert (done.returncode, "[request.one_scenario]" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "option", [["--set", "range_line=6500"], ["--scenario", "examples/xuanzhou/scenarios/higher_line.yaml"]]
)
def test_what_is_supposed_belongs_to_one_pack(option):
    done = run("decide", "examples/xuanzhou/included.yaml", "-p", "auto", *option)
    assert (done.returncode, "[request.one_pack]" in done.stderr) == (2, True)


def test_a_figure_on_the_command_line_goes_before_that_of_the_file(tmp_path):
    pack = load_pack("xuanzhou_2021", [ROOT / "policies"])
    file = tmp_path / "line.yaml"
    file.write_text("parameters: {range_line: 6600}\nchange: [{set: {low_income: true}}]\n", encoding="utf-8")
    found = scenario_of(["range_line=6500"], None, pack, file)
    assert (found.name, found.parameters["range_line"], len(found.changes)) == ("line", Decimal(6500), 1)
