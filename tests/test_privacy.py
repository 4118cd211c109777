"""Personal values: masked wherever they are shown, committed to in records, never in logs."""

from __future__ import annotations

import ast
import datetime
import json
import logging
import re
import sqlite3
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from python_calamine import CalamineWorkbook

from generators import day_in, households
from policy_engine.decision.masking import MASK, mask_decision, mask_facts, outcome_stays, short_code
from policy_engine.decision.request import Request
from policy_engine.documents.read_facts import read_facts, read_facts_file
from policy_engine.documents.read_pack import load_pack, shipped_packs
from policy_engine.errors import LedgerError
from policy_engine.expression.types import TEXT, NumberType, RecordType
from policy_engine.model.canonical import canonical
from policy_engine.model.facts import paths
from policy_engine.record.commitment import (
    Disclosed,
    check_copy,
    commitment,
    masked_record,
    place_of_fact,
    read_copy,
)
from policy_engine.record.decision_form import decision_form, to_json
from policy_engine.record.entry import Entered
from policy_engine.record.export import masked_entry_json
from policy_engine.record.form import entry_of, read_record, record_of
from policy_engine.record.ledger import open_ledger
from policy_engine.record.migrate import create_ledger
from policy_engine.report.html import page
from policy_engine.report.text import decision_text
from test_cli import run

ROOT = Path(__file__).parents[1]
PACKS = sorted(shipped_packs([ROOT / "policies"]))
INCLUDED = ROOT / "examples" / "xuanzhou" / "included.yaml"
DAY = datetime.date(2026, 3, 1)
NOW = datetime.datetime(2026, 3, 1, 8, tzinfo=datetime.UTC)


@cache
def pack_of(name):
    return load_pack(name, [ROOT / "policies"])


@cache
def example():
    pack = pack_of("xuanzhou_2021")
    facts = read_facts_file(INCLUDED, pack.vocabulary)[0][0]
    return pack, facts, Request(), Request().decide(pack, facts)


def body_of(entry):
    return json.loads(entry.body)


def recorded():
    _, facts, request, decision = example()
    return body_of(entry_of(record_of(decision, facts, request, "0" * 64, DAY), decision))


# ---- what is shown


class ToldApart:
    """Facts in which every personal amount, text and vouching person occurs nowhere else; `secret` says what they are."""

    def __init__(self, data, vocabulary):
        self.vocabulary, self.secret = vocabulary, []
        self.data = self.record(data, "household", hidden=False)

    def record(self, data, form, *, hidden):
        known = self.vocabulary.form(form)
        return {
            key: value if (fact := known.find(key)) is None else self.value(value, fact, hidden=hidden or fact.personal)
            for key, value in data.items()
        }

    def value(self, value, fact, *, hidden):
        if isinstance(value, dict) and "value" in value:
            return {**value, "value": self.value(value["value"], fact, hidden=hidden), "by": self.odd("张三")}
        if isinstance(value, dict) and fact.by_year:
            return {year: self.record(one, fact.type.name, hidden=hidden) for year, one in value.items()}
        if isinstance(value, dict):
            return self.record(value, fact.type.name, hidden=hidden)
        if isinstance(value, list) and isinstance(fact.type.item, RecordType):
            return [self.record(one, fact.type.item.name, hidden=hidden) for one in value]
        if hidden and fact.type == TEXT:
            return self.odd("秘密")
        if hidden and isinstance(fact.type, NumberType) and str(fact.type.unit).startswith("CNY"):
            return Decimal(self.odd("7") + ".13")
        return value

    def odd(self, start):
        self.secret.append(f"{start}{len(self.secret):04}")
        return self.secret[-1]


@pytest.mark.parametrize("name", PACKS)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_no_personal_value_is_shown_in_any_form(name, data):
    pack = pack_of(name)
    apart = ToldApart(data.draw(households(pack)), pack.vocabulary)
    secret = [f"{value}.13" if value.startswith("7") else value for value in apart.secret]
    facts, problems = read_facts({**apart.data, "household_id": "户-13579-024"}, pack.vocabulary)
    request = Request(day_in(pack))
    decision = request.decide(pack, facts, problems)
    masked = mask_decision(decision)
    copy = masked_record(body_of(entry_of(record_of(decision, facts, request, "0" * 64, DAY), decision)))
    forms = [
        to_json(masked),
        *(decision_text(masked, language, full=full) for language in ("zh", "en") for full in (True, False)),
        page([masked]),
        copy.model_dump_json(),
        str(mask_facts(facts, pack.vocabulary)),
    ]
    for text in forms:
        assert "户-13579-024" not in text
        assert [value for value in secret if value in text] == []
    assert decision_form(masked).masked


def nodes(trace):
    yield trace
    for child in trace.children:
        yield from nodes(child)


@pytest.mark.parametrize("name", PACKS)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_outcomes_rules_and_clauses_stay(name, data):
    pack = pack_of(name)
    facts, _ = read_facts(data.draw(households(pack)), pack.vocabulary)
    decision = Request(day_in(pack), ranked=False).decide(pack, facts)
    masked = mask_decision(decision)
    for before, after in zip(decision.answers, masked.answers, strict=True):
        assert (after.status, after.rules, after.missing, after.force) == (
            before.status,
            before.rules,
            before.missing,
            before.force,
        )
        assert after.outcome in (before.outcome, MASK)
        for one, other in zip(nodes(before.trace), nodes(after.trace), strict=True):
            assert (one.kind, one.name, one.cites) == (other.kind, other.name, other.cites)
            personal = one.kind in ("fact", "judgement") and pack.vocabulary.personal("household", one.name)
            if personal and one.value is not None:
                assert other.value == MASK
            if one.kind == "rule" or one.value is None:
                assert other.value is one.value


def test_counts_of_households_are_shown_and_sums_of_a_household_are_not():
    pack = pack_of("qingtian_2022")
    assert outcome_stays(pack, "omitted_households")
    assert not outcome_stays(pack, "received_this_year")
    facts, _ = read_facts(
        {"county": "青田县", "as_of": "2023-06-30", "received": [{"received_on": "2023-01-05", "amount": 7319}]},
        pack.vocabulary,
    )
    decision = Request(decisions=("received_this_year",)).decide(pack, facts)
    assert decision["received_this_year"].outcome == 7319
    masked = mask_decision(decision)
    assert masked["received_this_year"].outcome == MASK
    assert "7319" not in to_json(masked) + decision_text(masked) + page([masked])


def test_the_masks_of_masks_are_the_same():
    masked = mask_decision(example()[3])
    assert mask_decision(masked) == masked


def test_every_fact_about_people_is_personal():
    """A fact of a household that is not personal is a place, a state of its file, or an act of an office."""
    pack = pack_of("xuanzhou_2021")
    _, facts, _, _ = example()
    open_ = {path for path, _ in paths(facts.root) if not pack.vocabulary.personal("household", path)}
    assert open_ == {
        "prefecture",
        "county",
        "town",
        "village",
        "grid_id",
        "lifted_from_poverty",
        "monitored",
        "monitored_since",
    }


@pytest.mark.parametrize(
    ("code", "short"), [("", ""), ("H-1", MASK), ("12345", MASK), ("123456", MASK + "56"), ("户-0012", MASK + "12")]
)
def test_codes_are_shortened(code, short):
    assert short_code(code) == short


# ---- commitments


def test_the_copy_and_the_record_give_the_same_commitment():
    body = recorded()
    copy = masked_record(body)
    assert copy.commitment == commitment(body)
    assert check_copy(copy, commitment(body)) == ()
    assert check_copy(read_copy(json.loads(copy.model_dump_json())), commitment(body)) == ()
    assert "masking" not in copy.record


def test_the_same_decision_has_other_salts_each_time_and_the_same_bytes_without_them():
    one, other = recorded(), recorded()
    assert one["masking"]["salts"].keys() == other["masking"]["salts"].keys()
    assert not set(one["masking"]["salts"].values()) & set(other["masking"]["salts"].values())
    assert len(set(one["masking"]["salts"].values())) == len(one["masking"]["salts"])
    assert commitment(one) != commitment(other)
    without = [{key: value for key, value in body.items() if key != "masking"} for body in (one, other)]
    assert canonical(without[0]) == canonical(without[1])
    assert read_record(one).plain() == read_record(other).plain()


def test_the_published_schema_describes_a_copy():
    schema = json.loads((ROOT / "docs" / "reference" / "masked_record.schema.json").read_text(encoding="utf-8"))
    copy = masked_record(recorded(), [place_of_fact("members[1].birth_date")])
    Draft202012Validator(schema).validate(copy.model_dump(mode="json"))


def leaves(data, at=()):
    if isinstance(data, dict) and set(data) == {"commitment"}:
        return
    if isinstance(data, (dict, list)):
        for key, item in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(item, (*at, key))
    else:
        yield at, data


def test_any_change_to_a_copy_is_found():
    text = masked_record(recorded()).model_dump_json()
    changes = [at for at, _ in leaves(json.loads(text)["record"])][::7]
    assert len(changes) > 100
    for at in changes:
        data = json.loads(text)
        place = data["record"]
        for step in at[:-1]:
            place = place[step]
        place[at[-1]] = "x" if place[at[-1]] != "x" else "y"
        assert [found.code for found in check_copy(read_copy(data))] == ["record.copy_changed"]


def test_one_fact_is_disclosed_and_no_other():
    body = recorded()
    copy = masked_record(body, [place_of_fact("members[2].birth_date")])
    (disclosed,) = copy.disclosed
    assert disclosed.value == "1970-11-02"
    assert check_copy(copy, commitment(body)) == ()
    text = copy.model_dump_json()
    salts = body["masking"]["salts"]
    assert [place for place, salt in salts.items() if salt in text] == [disclosed.place]
    assert "1968-04-17" not in text


@pytest.mark.parametrize(
    "change",
    [
        {"value": "1970-11-03"},
        {"salt": "0" * 64},
        {"salt": "0" * 62},
        {"salt": "not hexadecimal"},
        {"place": "/facts/facts/members/0/birth_date"},
        {"place": "/facts/facts/members/9/birth_date"},
        {"place": "/decision/subject"},
    ],
)
def test_another_value_salt_or_place_is_found(change):
    copy = masked_record(recorded(), [place_of_fact("members[2].birth_date")])
    changed = copy.model_copy(update={"disclosed": (copy.disclosed[0].model_copy(update=change),)})
    assert [found.code for found in check_copy(changed)] == ["record.not_disclosed"]


def test_a_salt_opens_only_its_own_place():
    """Two members have the same health; the salt of one says nothing of the other."""
    body = recorded()
    places = [place_of_fact(f"members[{number}].relief") for number in (1, 2)]
    copy = masked_record(body, places[:1])
    swapped = Disclosed(place=places[1], value=copy.disclosed[0].value, salt=copy.disclosed[0].salt)
    assert check_copy(copy.model_copy(update={"disclosed": (swapped,)})) != ()


def test_a_copy_of_another_record_is_found():
    one, other = recorded(), recorded()
    assert [found.code for found in check_copy(masked_record(one), commitment(other))] == ["record.copy_of_another"]


def test_what_is_not_hidden_cannot_be_disclosed():
    with pytest.raises(LedgerError) as error:
        masked_record(recorded(), [place_of_fact("county")])
    assert error.value.problems[0].code == "record.nothing_hidden"


def test_a_record_without_salts_says_so():
    body = {**recorded(), "masking": None}
    with pytest.raises(LedgerError) as error:
        masked_record(body)
    assert error.value.problems[0].code == "record.without_salts"


def frozen():
    lines = (ROOT / "tests" / "formats" / "records-2.jsonl").read_text(encoding="utf-8").splitlines()
    return [Entered(*json.loads(line)) for line in lines]


def test_frozen_records_keep_their_commitments():
    """Whatever a later version would hide: what a record hides stands in it."""
    codes = json.loads((ROOT / "tests" / "formats" / "commitments-records-2.json").read_text(encoding="utf-8"))
    decisions = [entry for entry in frozen() if entry.kind == "decision"]
    assert len(codes) == len(decisions) > 20
    for entry in decisions:
        assert commitment(entry.content()) == codes[str(entry.seq)]


def test_a_record_of_form_1_is_shown_masked_without_commitments():
    first = (ROOT / "tests" / "formats" / "records-1.jsonl").read_text(encoding="utf-8").splitlines()
    entry = next(one for one in (Entered(*json.loads(line)) for line in first) if one.kind == "decision")
    shown = masked_entry_json(entry)
    assert not {"key", "hash", "body_hash", "previous"} & shown.keys()
    facts = [value for _, value in leaves(shown["body"]["facts"]["facts"])]
    assert facts
    assert set(facts) <= {MASK, None, ""}


# ---- ledgers


@pytest.fixture
def ledger(tmp_path):
    file = tmp_path / "l.db"
    create_ledger(file, NOW, "t")
    with open_ledger(file, "write") as opened:
        yield opened


def test_the_same_decision_recorded_again_is_there_once_with_its_first_salts(ledger):
    _, facts, request, decision = example()
    first, again = (entry_of(record_of(decision, facts, request, "0" * 64, DAY), decision) for _ in range(2))
    assert first.body != again.body
    (one,) = ledger.append([first], NOW)
    (two,) = ledger.append([again], NOW)
    assert (one.new, two.new, one.hash) == (True, False, two.hash)
    assert ledger.entry(one.seq).body == first.body
    (three,) = ledger.append([first], NOW)
    assert not three.new


def test_the_same_decision_twice_in_one_append_is_there_once(ledger):
    _, facts, request, decision = example()
    first, again = (entry_of(record_of(decision, facts, request, "0" * 64, DAY), decision) for _ in range(2))
    one, two = ledger.append([first, again], NOW)
    assert (one.new, two.new, one.hash) == (True, False, two.hash)


def test_a_key_taken_by_other_content_is_refused(ledger):
    """Whoever writes under the key of a decision first, with other content, does not keep the decision out in silence."""
    _, facts, request, decision = example()
    wanted = entry_of(record_of(decision, facts, request, "0" * 64, DAY), decision)
    other = type(wanted).of("decision", {"masking": None}, subject=facts.id, key=wanted.key)
    ledger.append([other], NOW)
    with pytest.raises(LedgerError) as error:
        ledger.append([wanted], NOW)
    assert error.value.problems[0].code == "ledger.key_taken"
    assert not any(wanted.says(body) for body in (other.body, "no JSON", "[]", "1"))
    assert wanted.says(wanted.body)


SECRETS = ("H-0412", "21950", "5487", "68400", "1968-04-17", "1970-11-02", "示例镇研判组", "2021-33", "入户核算表")


def secrets_in(text):
    """Hashes are chance: any few digits may stand in them."""
    plain = re.sub(r"[0-9a-f]{32,}", "", text)
    return [secret for secret in SECRETS if secret in plain]


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A ledger with a decision and an event, written from the command line."""
    folder = tmp_path_factory.mktemp("county")
    file, event = folder / "l.db", folder / "event.json"
    event.write_text('{"what": "走访 H-0412，月入 21950 元", "on": "2021-09-02"}', encoding="utf-8")
    run("ledger", "init", str(file))
    run("decide", str(INCLUDED), "--pack", "xuanzhou_2021", "--record", str(file))
    run("ledger", "add", str(file), str(event), "--kind", "visit", "--subject", "H-0412", "--key", "visit-H-0412-1")
    return file


@pytest.mark.parametrize(
    "arguments",
    [
        ["decide", str(INCLUDED), "--pack", "xuanzhou_2021", "--mask"],
        ["decide", str(INCLUDED), "--pack", "xuanzhou_2021", "--mask", "--full"],
        ["decide", str(INCLUDED), "--pack", "xuanzhou_2021", "--mask", "--format", "json"],
        ["decide", str(INCLUDED), "--pack", "xuanzhou_2021", "--mask", "--format", "html"],
        ["compare-packs", str(INCLUDED), "--mask", "--format", "json"],
        ["ledger", "list", "LEDGER", "--mask"],
        ["ledger", "show", "LEDGER", "3", "--mask"],
        ["ledger", "show", "LEDGER", "4", "--mask"],
        ["audit", "as-of", "LEDGER", "2030-01-01", "--mask"],
        ["audit", "timeline", "LEDGER", "H-0412", "--mask"],
    ],
    ids=" ".join,
)
def test_masked_output_of_the_command_line(county, arguments):
    shown, whole = (
        run(*(str(county) if part == "LEDGER" else part for part in arguments if part != left_out))
        for left_out in ("", "--mask")
    )
    assert shown.returncode == whole.returncode, shown.stderr
    assert MASK in shown.stdout or "timeline" in arguments
    assert secrets_in(shown.stdout + shown.stderr) == []
    assert "timeline" in arguments or secrets_in(whole.stdout)


def test_masked_exports_and_working_papers(county, tmp_path):
    lines, paper = tmp_path / "l.jsonl", tmp_path / "paper"
    assert run("ledger", "export", str(county), "--out", str(lines), "--mask").returncode == 0
    assert (
        run("audit", "sample", str(county), "--size", "1", "--seed", "s", "--out", str(paper), "--mask").returncode == 0
    )
    book = CalamineWorkbook.from_path(str(paper.with_suffix(".xlsx")))
    cells = "\n".join(
        str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row
    )
    for text in (lines.read_text(encoding="utf-8"), paper.with_suffix(".html").read_text(encoding="utf-8"), cells):
        assert MASK in text
        assert secrets_in(text) == []
    whole = tmp_path / "whole.jsonl"
    run("ledger", "export", str(county), "--out", str(whole))
    assert (
        len(whole.read_text(encoding="utf-8").splitlines()) == len(lines.read_text(encoding="utf-8").splitlines()) == 4
    )
    assert "H-0412" in whole.read_text(encoding="utf-8")


def test_a_masked_copy_is_checked_against_its_ledger(county, tmp_path):
    copy = tmp_path / "copy.json"
    shown = run("ledger", "show", str(county), "3", "--mask", "--disclose", "members[2].birth_date")
    copy.write_text(shown.stdout, encoding="utf-8")
    checked = run("ledger", "check-copy", str(copy), "--ledger", str(county))
    assert (checked.returncode, "1970-11-02" in checked.stdout) == (0, True)
    copy.write_text(shown.stdout.replace("1970-11-02", "1970-11-03"), encoding="utf-8")
    assert run("ledger", "check-copy", str(copy), "--ledger", str(county)).returncode == 3
    copy.write_text(shown.stdout.replace('"seq": 3', '"seq": 4'), encoding="utf-8")
    assert run("ledger", "check-copy", str(copy), "--ledger", str(county)).returncode != 0


def test_a_masked_table_holds_no_personal_cell(tmp_path):
    rows, out = tmp_path / "in.csv", tmp_path / "out.xlsx"
    rows.write_text(
        "户编号,县市区,纯收入 2021,家庭人口,脱贫户\nH-000123,宣州区,12345.67,4,是\nH-000124,宣州区,87y65,4,是\n",
        encoding="utf-8",
    )
    (tmp_path / "facts").mkdir()
    rows.rename(tmp_path / "facts" / "户.csv")
    run("decide", str(tmp_path / "facts"), "--pack", "xuanzhou_2021", "--on", "2021-09-01", "--out", str(out), "--mask")
    book = CalamineWorkbook.from_path(str(out))
    cells = [str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
    text = "\n".join(cells)
    assert "宣州区" in cells
    assert MASK + "23" in cells
    assert MASK + "24" in cells
    assert [secret for secret in ("H-000123", "H-000124", "12345", "87y65", "3086.4") if secret in text] == []


# ---- logs


def test_logs_hold_no_facts(tmp_path, caplog):
    """Not even with everything logged that the libraries can log, and where the database refuses."""
    _, facts, request, decision = example()
    create_ledger(tmp_path / "l.db", NOW, "t")
    with caplog.at_level(logging.DEBUG), open_ledger(tmp_path / "l.db", "write") as opened:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
        opened.append([entry_of(record_of(decision, facts, request, "0" * 64, DAY), decision)], NOW)
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    connection = sqlite3.connect(tmp_path / "l.db")
    connection.execute("CREATE TRIGGER no BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'no'); END")
    connection.commit()
    connection.close()
    with pytest.raises(LedgerError) as error, open_ledger(tmp_path / "l.db", "write") as opened:
        opened.append([entry_of(record_of(decision, facts, request, "1" * 64, DAY), decision)], NOW)
    assert "COMMIT" in caplog.text
    for text in (caplog.text, str(error.value)):
        assert secrets_in(text) == []


def test_nothing_below_app_logs_or_prints():
    sources = ROOT / "src" / "policy_engine"
    for path in sorted(sources.rglob("*.py")):
        if "app" in path.relative_to(sources).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {"logging", "warnings", "syslog"} & {name.partition(".")[0] for name in names}, path
            called = node.func if isinstance(node, ast.Call) else None
            assert not (isinstance(called, ast.Name) and called.id == "print"), path
