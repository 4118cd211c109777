"""What people mistype: refused or told with its place, and never taken in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.main import get_command

from policy_engine.app.cli.main import app

COMMAND = get_command(app)
PACK = "qingtian_2022"
HOUSEHOLD = """household_id: {id}
as_of: {as_of}
county: 青田县
town: 船寮镇
low_income: true
monitored: true
{more}
"""
CADRE = "helpers: [{helper_id: G-07, role: paired_cadre, assigned_on: 2022-03-01, serving: true}]\nvisits: []"


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """The command line in this process."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments, code=0):
        with pytest.raises(SystemExit) as ended:
            COMMAND.main([str(part) for part in arguments], prog_name="policy-engine")
        done = capsys.readouterr()
        assert int(ended.value.code or 0) == code, done.out + done.err
        return done

    return command


def household(name, id_="QT-1", as_of="2022-10-10", more=CADRE):
    Path(name).write_text(HOUSEHOLD.format(id=id_, as_of=as_of, more=more), encoding="utf-8")
    return name


@pytest.fixture
def ingest(run):
    run("ledger", "init", "l.db")

    def ingest(*files, code=0, known="2022-10-12"):
        return run("monitor", "ingest", *files, "-p", PACK, "--ledger", "l.db", "--known-on", known, code=code)

    return ingest


def entries(run, kind):
    return run("ledger", "list", "l.db", "--kind", kind).out.splitlines()


# ---- monitor


def test_good_files_go_in_and_the_others_are_named(run, ingest):
    """All of a file goes in or nothing of it; the files beside it are not its concern."""
    Path("empty.yaml").write_text("", encoding="utf-8")
    no_day = Path("no_day.yaml")
    no_day.write_text("household_id: QT-9\ncounty: 青田县\n", encoding="utf-8")
    done = ingest("empty.yaml", household("one.yaml"), household("late.yaml", "QT-2", "2202-10-10"), no_day, code=3)
    for place, wrong in (
        ("empty.yaml", "facts.empty"),
        ("late.yaml", "facts.known_before"),
        ("no_day.yaml", "monitor.no_day"),
    ):
        assert any(line.startswith(place) and f"[{wrong}]" in line for line in done.err.splitlines()), done.err
    assert done.err.splitlines()[-1].endswith("empty.yaml, late.yaml, no_day.yaml")
    assert len(entries(run, "submission")) == 1


def test_one_household_in_two_files_of_the_same_day_is_refused(run, ingest):
    two = household("a.yaml"), household("b.yaml", more="needs: []")
    assert "a.yaml, b.yaml" in ingest(*two, code=3).err
    assert "a.yaml, b.yaml" in ingest(*reversed(two), code=3).err
    assert entries(run, "submission") == []


def test_an_interrupted_ingest_says_what_is_kept(run, ingest, monkeypatch):
    from policy_engine.monitoring import ingest as module

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_one_batch", interrupt)
    assert " 2 " in ingest(household("one.yaml"), code=1).err


def test_no_alerts_and_alerts_of_nobody_are_said(run, ingest):
    listing = ("monitor", "alerts", "-p", PACK, "--ledger", "l.db", "--on", "2022-12-15")
    assert run(*listing).out.strip() != ""
    ingest(household("one.yaml", more="shocks: [{kind: fire, happened_on: 2022-10-01}]"))
    rows = json.loads(run(*listing, "--format", "json").out)
    nobody = [row["id"] for row in rows if not row["persons"]]
    assert nobody != []
    done = run(*listing, "--person", "G-07", "--format", "json")
    assert set(nobody) >= {row["id"] for row in json.loads(done.out)} != set()
    assert "[request.unknown_person]" in done.err
    assert "? " in run(*listing, "--person", "G-07").out


# ---- duties


def test_duties_whose_bearer_is_not_known_are_listed_for_everyone(run):
    one = household("one.yaml", more="visits: []")
    unknown = run("duties", "2022-10-15", one, "-p", PACK, "--person", "G-07", code=4)
    assert unknown.out.startswith("? ")
    assert len(unknown.out.splitlines()) > 1
    known = run("duties", "2022-10-15", household("two.yaml"), "-p", PACK, "--person", "G-07", code=4)
    assert not known.out.startswith("? ")
    assert known.err == ""
    hint = run("duties", "2022-10-15", "two.yaml", "-p", PACK, "--person", "G-7").err
    assert "[request.unknown_person]" in hint
    assert "G-07" in hint


def test_nothing_is_owed_before_the_pack_is_in_force(run):
    done = run("duties", "2022-06-01", household("one.yaml", as_of="2022-06-01", more="visits: []"), "-p", PACK)
    assert "2022-08-31" in done.out
    assert run("duties", "2022-06-01", "one.yaml", "-p", PACK, "--format", "json").out.strip() == "[]"


@pytest.mark.parametrize("rest", [("duties", "2022-10-10"), ("benefits", "--from", "2022-01-01", "--to", "2022-12-31")])
def test_a_file_that_is_not_there_is_not_found(run, rest):
    assert "[file.not_found]" in run(*rest, "nosuch.yaml", code=1).err
    assert "[request.facts_need_pack]" in run(*rest, household("one.yaml"), code=2).err


# ---- cases


def test_a_case_has_the_code_of_its_facts_and_no_other(run):
    opening = ("--procedure", "inclusion", "-p", "xuanzhou_2021", "--on", "2021-09-01", "--facts")
    facts = Path("facts.yaml")
    facts.write_text("household_id: H-1\ncounty: 宣州区\nas_of: 2021-09-01\n", encoding="utf-8")
    assert "[case.facts_of_another]" in run("case", "open", "x.yaml", *opening, facts, "--id", "H-2", code=3).err
    assert not Path("x.yaml").exists()
    run("case", "open", "life.yaml", *opening, facts)
    assert "id: H-1" in Path("life.yaml").read_text(encoding="utf-8")
    before = Path("life.yaml").read_bytes()
    facts.write_text("household_id: H-2\ncounty: 宣州区\nas_of: 2021-09-02\n", encoding="utf-8")
    assert "[case.facts_of_another]" in run("case", "facts", "life.yaml", facts, code=3).err
    assert Path("life.yaml").read_bytes() == before


# ---- ledgers


def test_what_is_recorded_was_not_known_before_the_day_it_describes(run):
    run("ledger", "init", "l.db")
    line = ("decide", household("one.yaml", as_of="2022-10-10"), "-p", PACK, "--record", "l.db", "--known-on")
    assert "[facts.known_before]" in run(*line, "2022-10-09", code=3).err
    assert entries(run, "decision") == []


def test_an_entry_that_is_no_decision_is_not_re_performed(run, ingest):
    ingest(household("one.yaml"))
    number = entries(run, "submission")[0].split()[0]
    assert "[request.not_a_decision]" in run("audit", "replay", "l.db", number, code=2).err
    decided = entries(run, "decision")[0].split()[0]
    copy = json.loads(run("ledger", "show", "l.db", decided, "--mask").out)
    Path("copy.json").write_text(json.dumps({**copy, "seq": int(number)}), encoding="utf-8")
    done = run("ledger", "check-copy", "copy.json", "--ledger", "l.db", code=1)
    assert "[request.not_a_decision]" in done.err


def test_an_audit_with_nothing_to_show_says_so(run, ingest):
    ingest(household("one.yaml"))
    assert run("audit", "divergences", "l.db").out.strip() != ""
    drawing = ("audit", "sample", "l.db", "--size", "100000", "--seed", "x", "--out")
    assert "1 " in run(*drawing, "paper").out.splitlines()[0]
    Path("folder").mkdir()
    assert "[file.unwritable]" in run(*drawing, "folder", code=1).err
    assert sorted(path.name for path in Path().glob("folder*")) == ["folder"]


# ---- problems as they are shown


def test_of_many_problems_the_first_are_shown_and_the_rest_counted(run):
    Path("prose.yaml").write_text("".join(f"word{number}: x\n" for number in range(100)), encoding="utf-8")
    for line in (("facts", "check", "prose.yaml"), ("decide", "prose.yaml", "-p", PACK)):
        err = run(*line, code=3).err
        assert err.count("[facts.unknown_fact]") == 20
        assert " 80 " in err.splitlines()[-1]


def test_a_warning_is_marked_as_one(run):
    household("one.yaml", more="household_size: 3\nmembers: [{member_id: M-1}]")
    told = run("duties", "2022-10-10", "one.yaml", "-p", PACK, code=4).err
    (warning,) = [one for one in told.splitlines() if "[facts" in one]
    assert "[facts.size_differs]" in warning
    assert warning.startswith(("warning: ", "提醒："))
