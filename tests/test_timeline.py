"""`audit timeline`: what a ledger holds, in words of both languages with clauses; as JSON as it stands."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from policy_engine import load_pack
from policy_engine.audit.replay import Archive
from policy_engine.audit.timeline import timeline
from policy_engine.decision.history import fold
from policy_engine.documents.read_case import read_case_text
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import find_pack
from policy_engine.model.scenario import Settings
from policy_engine.monitoring.board import acknowledge
from policy_engine.monitoring.casework import entries_of
from policy_engine.monitoring.ingest import Monitoring, ingest, look_at
from policy_engine.monitoring.state import states
from policy_engine.monitoring.submission import submission
from policy_engine.record.entry import Entry
from policy_engine.record.ledger import open_ledger
from policy_engine.record.migrate import create_ledger
from policy_engine.record.pack_source import read_source
from policy_engine.report.entry import entry_lines, kind_text
from test_monitoring import CASE as REMOVAL

PACK = load_pack("xuanzhou_2021")
SOURCE = read_source(find_pack("xuanzhou_2021")).entry(PACK.id)
NOW = datetime.datetime(2021, 12, 1, tzinfo=datetime.UTC)
MONITORING = Monitoring(PACK, SOURCE, lambda: NOW)
JUDGED = {"value": True, "by": "村两委", "observed_on": "2021-09-02"}

CASE = REMOVAL.replace("XZ-0001", "XZ-7").replace("收入稳定, ", "收入稳定, person: T-03, ")


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """A household that is hit, told about, told otherwise; a case that the authority rules on; a run of a scenario."""
    place = tmp_path_factory.mktemp("timeline") / "l.db"
    create_ledger(place, NOW, "宣州")
    with open_ledger(place, "write") as opened:
        for as_of, shocks in (("2021-09-01", []), ("2021-09-02", [{"kind": "fire", "caused_hardship": JUDGED}])):
            data = {"household_id": "XZ-7", "as_of": as_of, "county": "宣州区", "shocks": shocks}
            ingest(opened, MONITORING, [submission(PACK, read_facts(data, PACK.vocabulary)[0], day(as_of))])
        (id_,) = states(opened.entries(), PACK)["household", "XZ-7"].standing()
        on = day("2021-09-03")
        acknowledge(opened, PACK, id_, "village_heads", on, recorded_at=NOW, person="V-01", note="已上门")
        data = {"household_id": "XZ-7", "as_of": "2021-09-02", "shocks": []}
        ingest(opened, MONITORING, [submission(PACK, read_facts(data, PACK.vocabulary)[0], day("2021-09-09"))])
        pack, read = read_case_text(CASE, "case.yaml", load_pack)
        opened.append(entries_of(fold(pack, "household", read.events, Settings()), "XZ-7", day("2021-10-05")), NOW)
        opened.append([Entry.of("visit", {"what": "走访"}, subject="XZ-7")], NOW)
        look_at(opened, MONITORING, day("2021-11-01"))
        yield opened


def told(ledger, language, subject="XZ-7", *, knows_pack=True) -> dict[str, str]:
    """What is said of each kind of entry, the last of its kind."""
    found = {}
    for event in timeline(Archive(ledger), subject):
        if event.restored is None:
            earlier = event.earlier.content() if event.earlier else {}
            pack = event.pack if knows_pack else None
            lines = entry_lines(event.entry.kind, event.entry.content(), pack, earlier, language)
            found[event.entry.kind] = "\n".join(lines)
    return found


REPORTED = "4.4.2 “突发严重困难的情况随时上报村级网格长”"
REMOVAL = "3.3 “由村两委提出，经评议后在村内进行公示”"
EXPECTED = {
    "submission": [
        "2021-09-02 的事实，2021-09-09 得知：户编号、突发变故",
        "facts of 2021-09-02, known on 2021-09-09: Household code, Sudden",
    ],
    "alert": [
        f"2021-09-02 突发严重困难随时上报   {REPORTED}  4.2.3 “存在的问题和薄弱环节及时解决”\n发给村级网格长，2021-09-02 得知\n时限：",
        "; known on 2021-09-02\ntime limit: ",
    ],
    "withdrawal": [
        f"突发严重困难随时上报：后来得知的事实不再支持（2021-09-09 得知）   {REPORTED}",
        "facts that became known no longer support it",
    ],
    "acknowledgement": [
        f"突发严重困难随时上报：村级网格长 V-01 2021-09-03 确认；已上门   {REPORTED}",
        "V-01 on 2021-09-03; 已上门",
    ],
    "event": [
        f"T-03裁定实体条件：是；理由：入户核实收入稳定   {REMOVAL}",
        "ruled on the substance: yes; because: 入户核实收入稳定",
    ],
    "divergence": [
        "2021-10-05 乡镇党委、政府 T-03与事实所得不同：风险消除程序的实体条件（",
        "decided otherwise than the facts: the substance of Removal of risk (",
    ],
    "fulfilled": [
        "2021-08-20..2021-09-20  一个月内安排帮扶联系人 — 村两委   4.3.3",
        "A contact person within a month — The two village committees   4.3.3",
    ],
    "visit": ["what: 走访", "what: 走访"],
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_every_kind_is_told_in_words_with_its_clauses(ledger, kind):
    for language, said in zip(("zh", "en"), EXPECTED[kind], strict=True):
        text = told(ledger, language)[kind]
        assert said in text
        assert "{" not in text


def test_without_the_pack_ids_stand_for_labels(ledger):
    """A ledger to which a case was added by an earlier version has no pack."""
    said = told(ledger, "en", knows_pack=False)
    assert "township T-03 ruled on the substance: yes" in said["event"]
    assert "contact_person" in said["fulfilled"]
    assert "sudden_hardship_reported" in said["alert"]
    assert REPORTED in said["alert"]


def test_all_that_others_may_have_added_can_be_told(ledger):
    """Content under a kind of ours that is of another form stands as it is."""
    for kind in (*EXPECTED, "scenario", "day", "pack", "ledger"):
        for content in ({"what": "x"}, {"form": 1}, {"form": 1, "event": [], "facts": 3, "to": 1, "cites": None}):
            expected = [f"{name}: {value}" for name, value in content.items()]
            assert entry_lines(kind, content, PACK, {}, "en") == expected


def test_a_correction_and_a_step_are_told_with_their_particulars():
    taken = {"form": 1, "event": "taken", "number": 3, "happened_on": "2021-09-02", "recorded_on": "2021-09-03"}
    taken |= {"pack": PACK.id, "case": "C1", "step": "publicity", "result": "no_objection", "by": "village_committees"}
    procedure = PACK.procedure("inclusion")
    step = next(one for one in procedure.steps.values() if one.particulars)
    part = next(iter(step.particulars.values()))
    result = next(iter(procedure.results(step.id)))
    taken |= {"step": step.id, "result": result, "person": "V-01", "particulars": {part.id: "●●●"}, "why": "补记"}
    lines = entry_lines("event", taken, PACK, {"procedure": "inclusion"}, "zh")
    assert lines[0].startswith(f"2021-09-02（2021-09-03 记）  C1：{step.label.zh} → ")
    assert f"理由：补记   {step.cites[0].clause}" in lines[0]
    assert lines[1] == f"{part.label.zh}：●●●"
    struck = {**taken, "event": "correction", "corrects": 3, "instead": None, "why": "记错"}
    del struck["step"]
    (line,) = entry_lines("event", struck, PACK, {"procedure": "inclusion"}, "en")
    assert line.endswith("C1: corrects event 3: struck out; 记错")


def test_a_run_of_a_scenario_is_told(ledger):
    run = {"form": 1, "pack": {"id": PACK.id}, "on": "2021-10-01", "asked": "40", "scenarios": []}
    supposed = {"name": "提高", "parameters": {"monitoring_line": "7000"}, "readings": {}, "change": []}
    run["scenarios"].append({"scenario": supposed, "decisions": [{"decision": "in_range", "changed": "7"}]})
    ledger.append([Entry.of("scenario", run)], NOW)
    event = list(timeline(Archive(ledger)))[-1]
    assert event.pack.id == PACK.id
    lines = entry_lines("scenario", run, event.pack, {}, "zh")
    assert lines[0].startswith("2021-10-01，40 个")
    assert lines[1].startswith("提高 · ")
    assert lines[2].endswith("：7 个改变")


def test_every_kind_that_is_written_has_a_name(ledger):
    for entry in ledger.entries():
        if entry.kind != "visit":
            assert kind_text(entry.kind, "zh") != entry.kind


def run(*arguments: object) -> str:
    line = [
        sys.executable,
        "-c",
        "from policy_engine.app.cli import main; main()",
        "--lang",
        "en",
        *map(str, arguments),
    ]
    done = subprocess.run(line, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_tells_a_household_or_the_whole_ledger(ledger):
    place: Path = ledger.place.file
    one, whole = run("audit", "timeline", place, "XZ-7"), run("audit", "timeline", place)
    assert "  alert acknowledged\n    2021-09-02 Sudden severe hardship is reported" in one
    assert "what fell due by 2021-11-01 was told" in whole
    assert "what fell due by" not in one
    assert f"#2  {PACK.id}  pack\n" in whole


def test_as_json_entries_are_those_of_the_ledger(ledger):
    place = ledger.place.file
    found = json.loads(run("audit", "timeline", place, "XZ-7", "--format", "json"))
    assert [one["seq"] for one in found] == [entry.seq for entry in ledger.entries(subject="XZ-7")]
    assert found[-1] == json.loads(run("ledger", "show", place, found[-1]["seq"]))


def test_masked_words_hide_persons_and_reasons(ledger):
    text = run("audit", "timeline", ledger.place.file, "XZ-7", "--mask")
    assert "ruled on the substance" in text
    for secret in ("V-01", "T-03", "已上门", "入户核实", "走访"):
        assert secret not in text
