"""What an auditor asks of a ledger: the same again, known then and known now, samples, timelines, divergences."""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from policy_engine.audit.knowledge import known_by
from policy_engine.audit.replay import Archive, differences, replay
from policy_engine.audit.sample import sample
from policy_engine.audit.standing import as_of, asked_again, caseload
from policy_engine.audit.timeline import divergences, timeline
from policy_engine.decision.request import Request
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import find_pack, load_pack
from policy_engine.errors import LedgerError
from policy_engine.record.entry import Entered, Entry
from policy_engine.record.form import FactsForm, facts_form, record_of
from policy_engine.record.form import entry_of as recorded
from policy_engine.record.ledger import open_ledger
from policy_engine.record.migrate import create_ledger
from policy_engine.record.pack_source import read_source
from policy_engine.record.schema import ENTRIES
from policy_engine.record.verify import verify

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples" / "xuanzhou"
NOW = datetime.datetime(2026, 3, 1, 8, tzinfo=datetime.UTC)
PACK = load_pack("xuanzhou_2021", [ROOT / "policies"])
SOURCE = read_source(find_pack("xuanzhou_2021", [ROOT / "policies"]))
SEPTEMBER, OCTOBER, NOVEMBER = (datetime.date(2021, month, 1) for month in (9, 10, 11))


def household(id_="H-1", **facts):
    data = {"county": "宣州区", "household_id": id_, "as_of": "2021-09-01", "household_size": 4, **facts}
    return read_facts(data, PACK.vocabulary)[0]


def entry_of(facts, known_on, decisions=("in_range",)):
    request = Request(decisions=decisions)
    decision = request.decide(PACK, facts)
    return recorded(record_of(decision, facts, request, SOURCE.hash, known_on), decision)


def income(amount, **evidence):
    return {"finances": {2021: {"net_income": {"value": amount, **evidence}}}}


@pytest.fixture
def ledger(tmp_path):
    create_ledger(tmp_path / "l.db", NOW)
    with open_ledger(tmp_path / "l.db", "write") as opened:
        opened.append([SOURCE.entry(PACK.id)], NOW)
        yield opened


# ---- re-performance


def test_records_frozen_by_earlier_versions_are_re_performed(tmp_path):
    files = sorted((ROOT / "tests" / "formats").glob("records-*.jsonl"))
    assert files
    for file in files:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        location = tmp_path / f"{file.stem}.db"
        create_ledger(location, NOW)
        with open_ledger(location, "write") as ledger:
            replace_rows(ledger, rows)
            assert verify(ledger).problems == ()
            archive = Archive(ledger)
            found = [replay(archive, entry) for entry in ledger.entries("decision")]
        assert len(found) > 20
        assert {one.status for one in found} <= {"same", "wording"}, [
            (one.entry.seq, one.differences[:3], one.problems) for one in found if one.status in ("meaning", "failed")
        ]


def replace_rows(ledger, rows):
    """Put in entries as they were written elsewhere."""
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER entries_remain")
        connection.execute(ENTRIES.delete())
        connection.exec_driver_sql(
            "CREATE TRIGGER entries_remain BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'ledger: append-only'); END"
        )
        connection.execute(ENTRIES.insert(), [dict(zip(Entered._fields, row, strict=True)) for row in rows])


def changed_record(ledger, change):
    """A record as a careless or dishonest writer would have made it."""
    content = json.loads(entry_of(household(**income(20000)), SEPTEMBER).body)
    change(content)
    (receipt,) = ledger.append([Entry.of("decision", content, subject="H-1")], NOW)
    return replay(Archive(ledger), ledger.entry(receipt.seq))


@pytest.mark.parametrize(
    ("change", "status", "path"),
    [
        (lambda content: content["decision"]["answers"][0].update(outcome=False), "meaning", "answers[1].outcome"),
        (lambda content: content["facts"]["facts"].update(household_size="3"), "meaning", "answers[1]"),
        (lambda content: content["decision"]["answers"][0].update(label="别的"), "wording", "answers[1].label"),
        (lambda content: content.update(pack_files="0" * 64), "failed", None),
        (lambda content: content.update(form=3), "failed", None),
        (lambda content: content["facts"]["facts"].update(no_such_fact=True), "failed", None),
        (lambda content: content["facts"]["facts"].update(household_size=3), "failed", None),
        (lambda content: content.update(asked=["no_such_decision"]), "failed", None),
        (lambda content: content["decision"].update(engine="0.0.1"), "same", None),
    ],
)
def test_a_record_that_does_not_come_out_the_same_says_where(ledger, change, status, path):
    found = changed_record(ledger, change)
    assert found.status == status
    assert (found.problems != ()) == (status == "failed")
    if path is not None:
        assert found.differences[0].path.startswith(path)


def test_another_order_of_what_is_missing_is_no_other_meaning():
    one, other = {"kind": "fact", "path": "a"}, {"kind": "fact", "path": "b"}
    (found,) = differences({"missing": [one, other]}, {"missing": [other, one]})
    assert (found.path, found.wording) == ("missing.order", True)
    (found,) = differences({"missing": [one]}, {"missing": [one, other]})
    assert not found.wording


# ---- known then, known now


def test_decided_then_and_would_decide_now(ledger):
    """A file corrected in October: in September the household was above the line."""
    ledger.append([entry_of(household(**income(40000)), SEPTEMBER), entry_of(household(**income(20000)), OCTOBER)], NOW)
    archive = Archive(ledger)
    (standing,) = caseload(archive)
    found = as_of(archive, standing, SEPTEMBER)
    assert (found.then["in_range"].outcome, found.current["in_range"].outcome) == (False, True)
    assert found.changed
    assert not as_of(archive, standing, OCTOBER).changed


def test_a_fact_counts_from_when_it_was_known(ledger):
    """One record, made in November, of a figure that the office had in October."""
    late = household(**income(20000, source="department_data", observed_on="2021-08-10", known_on="2021-10-01"))
    ledger.append([entry_of(late, NOVEMBER)], NOW)
    archive = Archive(ledger)
    (standing,) = caseload(archive)
    assert as_of(archive, standing, SEPTEMBER).then is None
    assert as_of(archive, standing, OCTOBER).then["in_range"].status == "undetermined"
    assert as_of(archive, standing, NOVEMBER).then["in_range"].outcome is True


DAYS = st.dates(datetime.date(2021, 1, 1), datetime.date(2021, 12, 31))


@given(st.lists(st.tuples(DAYS | st.none(), DAYS | st.none()), max_size=4), DAYS, DAYS, DAYS)
def test_knowledge_only_grows(dates, recorded, one, other):
    """What is known by a day is known by every later one; and once all is known, it is what was recorded."""
    shocks = [
        {"kind": {"value": "illness", "known_on": known, "observed_on": observed}, "spending": 100 + number}
        for number, (known, observed) in enumerate(dates)
    ]
    form = facts_form(household(shocks=shocks, **income(1, known_on=one)), PACK.vocabulary)
    earlier, later = (known_by(form, day, recorded) for day in sorted((one, other)))
    assert leaves(earlier.facts) <= leaves(later.facts)
    last = known_by(form, datetime.date(2022, 1, 1), recorded)
    assert (last.facts, last.evidence) == (form.facts, form.evidence)


def leaves(data):
    if isinstance(data, dict):
        return set().union(*(leaves(item) for item in data.values())) if data else set()
    return set().union(*map(leaves, data)) if isinstance(data, list) else {data}


def test_items_not_known_yet_leave_no_gap_behind():
    facts = {"shocks": [{"kind": "illness"}, {"kind": "fire"}, {"kind": "weather"}]}
    evidence = {"shocks[1]": {"known_on": NOVEMBER}, "shocks[3].kind": {"known_on": SEPTEMBER, "reference": "r"}}
    form = FactsForm(subject="household", as_of=NOVEMBER, facts=facts, evidence=evidence)
    known = known_by(form, OCTOBER, SEPTEMBER)
    assert known.facts == {"shocks": [{"kind": "fire"}, {"kind": "weather"}]}
    assert {path: found.reference for path, found in known.evidence.items()} == {"shocks[2].kind": "r"}
    assert known_by(form, OCTOBER, NOVEMBER).facts == {"shocks": [{"kind": "weather"}]}


# ---- the caseload


def test_who_met_the_rule_and_was_not_included(tmp_path):
    pack = load_pack("qingtian_2022", [ROOT / "policies"])
    source = read_source(find_pack("qingtian_2022", [ROOT / "policies"]))
    day = datetime.date(2022, 10, 1)
    create_ledger(tmp_path / "l.db", NOW)
    with open_ledger(tmp_path / "l.db", "write") as ledger:
        ledger.append([source.entry(pack.id)], NOW)
        included = {"monitored": True, "monitored_since": day}
        for id_, facts in {"left": {"monitored": False}, "in": included, "open": {}}.items():
            data = {"county": "青田县", "household_id": id_, "as_of": day, "low_income": True, **facts}
            known = read_facts(data, pack.vocabulary)[0]
            request = Request(decisions=("monitoring",))
            decision = request.decide(pack, known)
            ledger.append([recorded(record_of(decision, known, request, source.hash, day), decision)], NOW)
        archive = Archive(ledger)
        found = {one.subject_id: asked_again(archive, one, "omitted", day)[1] for one in caseload(archive)}
    outcomes = {id_: decision["omitted"].outcome for id_, decision in found.items()}
    assert outcomes == {"left": True, "in": False, "open": None}


def test_the_same_seed_draws_the_same_sample(ledger):
    ledger.append([entry_of(household(f"H-{number}"), SEPTEMBER) for number in range(30)], NOW)
    numbers, drawn_from = sample(ledger, 5, "7")
    assert (len(set(numbers)), drawn_from) == (5, 30)
    assert sample(ledger, 5, "7")[0] == numbers == sorted(numbers)
    assert sample(ledger, 5, "8")[0] != numbers
    assert set(numbers) <= set(sample(ledger, 10, "7")[0])
    assert len(sample(ledger, 99, "7")[0]) == 30


def test_a_timeline_says_what_changed(ledger):
    ledger.append(
        [
            entry_of(household(**income(40000)), SEPTEMBER),
            entry_of(household(**income(39000)), OCTOBER),
            Entry.of("event", {"what": "visit"}, subject="H-1"),
            entry_of(household("H-2"), OCTOBER),
            entry_of(household(**income(20000)), NOVEMBER),
        ],
        NOW,
    )
    events = list(timeline(Archive(ledger), "H-1"))
    assert [[answer.outcome for answer in event.changed] for event in events] == [[False], [], [], [True]]


def test_divergences_stand_beside_what_the_engine_had_answered(ledger):
    said = {"decision": "in_range", "outcome": "false", "by": "镇政府", "why": "另有存款", "on": "2021-09-02"}
    ledger.append([entry_of(household(**income(20000)), SEPTEMBER), Entry.of("divergence", said, subject="H-1")], NOW)
    (found,) = divergences(ledger)
    assert (found.answered["outcome"], found.content["by"]) == (True, "镇政府")


# ---- the command line


@pytest.fixture
def run(tmp_path):
    def run(*arguments, code=0, lang="en"):
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
        command = [sys.executable, "-c", "from policy_engine.app.cli import main; main()", "--lang", lang, *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False, encoding="utf-8"
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == code, done.stdout + done.stderr
        return done

    return run


def test_from_decide_to_the_working_paper(run, tmp_path):
    run("ledger", "init", "l.db")
    files = [str(EXAMPLES / name) for name in ("included.yaml", "not_included.yaml", "out_of_scope.yaml")]
    recorded = run("decide", *files, "--pack", "xuanzhou_2021", "-d", "monitoring", "--record", "l.db")
    assert "recorded: 3 (3–5)" in recorded.stderr
    again = run("decide", *files, "--pack", "xuanzhou_2021", "-d", "monitoring", "--record", "l.db")
    assert again.stderr == "recorded: 0; there already: 3\n"
    assert "3 decisions" in run("audit", "replay", "l.db", "ALL").stdout
    assert "the same" in run("audit", "replay", "l.db", "3").stdout
    assert "To be monitored: To be included" in run("audit", "timeline", "l.db", "H-0412").stdout
    assert "3 in all, 3 differ" in run("audit", "as-of", "l.db", "2020-01-01", "--changed").stdout
    assert (
        "重做一致" in run("audit", "sample", "l.db", "--size", "2", "--seed", "x", "--out", "paper", lang="zh").stdout
    )
    page = (tmp_path / "paper.html").read_text(encoding="utf-8")
    assert re.search(r'(src|href)=["\']?http', page) is None
    assert page.count("<h2>#") == 2
    book = CalamineWorkbook.from_path(str(tmp_path / "paper.xlsx"))
    assert book.sheet_names == ["结果", "事实与证据", "说明"]
    rows = book.get_sheet_by_name("结果").to_python()
    assert {row[6] for row in rows[1:]} == {"重做一致"}


def test_a_head_signed_and_checked_on_the_command_line(run, tmp_path):
    create_ledger(tmp_path / "l.db", NOW)
    run("ledger", "key", "--out", "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    run("ledger", "key", "--out", "key", code=1)
    run("ledger", "head", "l.db", "--key", "key", "--out", "head.json")
    run("ledger", "verify", "l.db", "--head", "head.json", "--key", "key.pub", "--exact")
    (tmp_path / "event.json").write_text('{"what": "visit", "amount": "12.50"}', encoding="utf-8")
    run("ledger", "add", "l.db", "event.json", "--kind", "event", "--subject", "H-1")
    assert "1 of them behind" in run("ledger", "verify", "l.db", "--head", "head.json", "--key", "key.pub").stdout
    run("ledger", "verify", "l.db", "--head", "head.json", "--key", "key.pub", "--exact", code=3)
    assert '"amount": "12.50"' in run("ledger", "show", "l.db", "2").stdout
    assert "event" in run("ledger", "list", "l.db", "--subject", "H-1").stdout
    run("ledger", "verify", "l.db", "--head", "head.json", code=2)


@pytest.mark.parametrize("kind", ["submission", "decision"])
def test_what_the_engine_writes_itself_is_not_added_by_hand(run, tmp_path, kind):
    """It could not be read back, and a ledger cannot be mended."""
    create_ledger(tmp_path / "l.db", NOW)
    (tmp_path / "event.json").write_text('{"a": 1}', encoding="utf-8")
    assert "[ledger.owned_kind]" in run("ledger", "add", "l.db", "event.json", "--kind", kind, code=2).stderr
    assert len(run("ledger", "list", "l.db").stdout.splitlines()) == 1


def test_a_record_that_cannot_be_read_is_told_by_number_and_passed_over(ledger):
    strange = Entry.of("decision", {"a": 1}, subject="H-1")
    said = {"decision": "in_range", "item": "", "outcome": False, "by": "镇政府", "why": "", "on": "2021-09-02"}
    good = entry_of(household(**income(20000)), SEPTEMBER)
    ledger.append([strange, good, Entry.of("divergence", said, subject="H-1")], NOW)
    told: list[str] = []

    def warn(problems):
        told.extend(one.where for one in problems)

    assert [one.records for one in caseload(Archive(ledger), warn=warn)] == [((4, SEPTEMBER),)]
    (found,) = divergences(ledger, warn)
    assert found.answered["outcome"] is True
    assert told == ["#3", "#3"]
    events = list(timeline(Archive(ledger), "H-1"))
    assert [[one.where for one in event.problems] for event in events] == [["#3"], [], []]
    with pytest.raises(LedgerError):
        caseload(Archive(ledger))


@pytest.mark.parametrize("text", ['{"amount": 12.5}', "\udcff"])
def test_what_is_not_exact_json_is_not_added(run, tmp_path, text):
    create_ledger(tmp_path / "l.db", NOW)
    (tmp_path / "event.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    done = run("ledger", "add", "l.db", "event.json", "--kind", "event", code=3)
    assert "[ledger.bad_content]" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ledger", "verify", "nowhere.db"], 1),
        (["audit", "replay", "l.db", "x"], 2),
        (["audit", "replay", "l.db", "7"], 1),
        (["audit", "timeline", "l.db", "nobody"], 2),
        (["audit", "not-included", "l.db", "--on", "2021-01-01"], 2),
        (["audit", "as-of", "l.db", "tomorrow"], 2),
        (["decide", str(EXAMPLES / "included.yaml"), "--pack", "xuanzhou_2021", "--record", "nowhere.db"], 1),
        (["audit", "divergences", "l.db"], 0),
    ],
)
def test_exit_codes(run, tmp_path, arguments, code):
    create_ledger(tmp_path / "l.db", NOW)
    run(*arguments, code=code)


def test_a_table_is_recorded_row_by_row(run, tmp_path):
    (tmp_path / "户.csv").write_text("户编号,县市区,家庭人口\nA,宣州区,4\nB,宣州区,3\n", encoding="utf-8")
    create_ledger(tmp_path / "l.db", NOW)
    table = ["decide", "户.csv", "--pack", "xuanzhou_2021", "--on", "2021-09-01", "-d", "in_range", "--out", "out.xlsx"]
    assert "recorded: 2 (3–4)" in run(*table, "--record", "l.db", "--known-on", "2021-09-02", code=4).stderr
    assert "known 2021-09-02" in run("audit", "timeline", "l.db", "B").stdout
    assert "2 decisions; re-performed: the same: 2" in run("audit", "replay", "l.db", "ALL").stdout
