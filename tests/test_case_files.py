"""Case files on the command line: what is recorded stays, what is refused leaves every byte as it was and names its clause."""

from __future__ import annotations

import functools
import io
import json
from pathlib import Path

import pytest
from typer.main import get_command

from policy_engine.app import case_file
from policy_engine.app.cli import case as case_commands
from policy_engine.app.cli import duties as duty_commands
from policy_engine.app.cli import exits, options, words
from policy_engine.app.cli import procedure as procedure_commands
from policy_engine.app.cli.main import app
from policy_engine.documents.read_pack import load_pack

SHIPPED = functools.cache(load_pack)
SOUND = Path(__file__).parent / "bad" / "sound"
FACTS = """\
as_of: 2021-09-01
county: 宣州区
can_write: false
lifted_from_poverty: true
monitored: false
household_size: 4
at_risk: {value: true, by: cadre-07, observed_on: 2021-09-01}
finances: {2021: {net_income: 20000}}
"""
APPLICATION = {"way": "written", "filled_in_by": "close_relative", "relation": "child"}
APPLICATION |= {"promised": "true", "authorised": "true", "fingerprinted": "true"}
PRESENT = "village_committees", "work_team", "supervisors", "villagers"
MEETING = {"verified": "true", "present": f"[{', '.join(PRESENT)}]"}
STEPS = {
    "application": ("submitted", "household", "2021-09-02", APPLICATION),
    "group_review": ("agreed", "villagers_group", "2021-09-05", {}),
    "village_review": ("agreed", "village_committees", "2021-09-10", MEETING),
    "publicity": ("no_objection", "village_committees", "2021-09-20", {"posted_on": "2021-09-11"}),
    "preliminary_list": ("reported", "village_committees", "2021-09-21", {}),
    "data_comparison": ("consistent", "district_bureau", "2021-09-22", {}),
    "township_review": ("passed", "township", "2021-09-24", {}),
    "district_recheck": ("confirmed", "district_bureau", "2021-09-26", {"notified_on": "2021-09-26"}),
    "filing": ("filed", "district_bureau", "2021-09-30", {"announced_on": "2021-09-29"}),
}
"""A full run of 宣州区 3.2: result, actor, day, particulars."""


class Done:
    """What a command has written, and how it ended."""

    def __init__(self, code, captured):
        self.code, self.stdout, self.stderr = code, captured.out, captured.err


COMMAND = get_command(app)


@pytest.fixture
def run(monkeypatch, tmp_path, request, capsys):
    """The command line in this process; `language` of the fixture is that of its sentences."""
    language = getattr(request, "param", "en")
    for module in (words, case_commands, duty_commands, procedure_commands, exits):
        monkeypatch.setattr(module, "LANGUAGE", language)
    for module in (case_file, case_commands, duty_commands, procedure_commands, options):
        monkeypatch.setattr(module, "load_pack", SHIPPED)
    monkeypatch.chdir(tmp_path)

    def command(*arguments, code=0, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            COMMAND.main([str(part) for part in arguments], prog_name="policy-engine")
        done = Done(int(ended.value.code or 0), capsys.readouterr())
        assert done.code == code, done.stdout + done.stderr
        return done

    return command


both_languages = pytest.mark.parametrize("run", ["zh", "en"], indirect=True)
each_form = pytest.mark.parametrize("name", ["life.yaml", "life.jsonl"])


def opened(run, name="life.yaml"):
    Path("facts.yaml").write_text(FACTS, encoding="utf-8")
    run(
        "case",
        "open",
        name,
        "--procedure",
        "inclusion",
        "-p",
        "xuanzhou_2021",
        "--on",
        "2021-09-01",
        "--facts",
        "facts.yaml",
    )
    return Path(name)


def arguments(step, **changed):
    """The arguments that record a step as it should be, some of them changed; None leaves a particular out."""
    result, by, on, particulars = STEPS[step]
    given = {"result": result, "by": by, "on": on} | {
        key: changed.pop(key) for key in ("result", "by", "on") if key in changed
    }
    particulars = {key: value for key, value in {**particulars, **changed}.items() if value is not None}
    found = [part for key, value in given.items() for part in (f"--{key}", value)]
    return ["--step", step, *found, *(part for key, value in particulars.items() for part in ("-P", f"{key}={value}"))]


def recorded(run, file, upto):
    """The file with every step before this one."""
    for step in list(STEPS)[: list(STEPS).index(upto)] if upto else STEPS:
        before = file.read_bytes()
        if (step, before) in RECORDED:
            file.write_bytes(RECORDED[step, before])
        else:
            run("case", "record", file, *arguments(step))
            RECORDED[step, before] = file.read_bytes()
    return file


RECORDED = {}
"""What a step has made of a file before: the same again."""


def refused(run, file, *given, says, clause, code=3):
    """A record that is refused: told with its code and its clause, and not a byte of the file is another."""
    before = file.read_bytes()
    done = run("case", "record", file, *given, code=code)
    assert file.read_bytes() == before
    assert f"[{says}]" in done.stderr
    assert clause in done.stderr
    assert done.stdout == ""
    return done.stderr


# ---- a whole life


@each_form
def test_a_case_from_application_to_filing(run, name):
    file = opened(run, name)
    seen = [file.read_bytes()]
    for step in STEPS:
        run("case", "record", file, *arguments(step))
        seen.append(file.read_bytes())
        assert seen[-1].startswith(seen[-2])
        assert seen[-1] != seen[-2]
    [status] = json.loads(run("case", "status", file, "--format", "json").stdout)
    assert (status["at"], status["half"], status["effective"]) == ("included", "none", True)
    assert {"monitored": True, "monitored_since": "2021-09-30"}.items() <= status["settles"].items()
    assert "all 11 events are as the procedures order" in run("case", "check", file).stdout


def test_both_forms_tell_the_same(run):
    told = []
    for name in ("life.yaml", "life.jsonl"):
        file = recorded(run, opened(run, name), None)
        told.append(json.loads(run("case", "show", file, "--format", "json").stdout))
    assert told[0] == told[1]
    assert len(told[0]["events"]) == 2 + len(STEPS)


def test_the_step_may_be_left_out_where_it_is_plain(run):
    file = opened(run)
    run("case", "record", file, *arguments("application")[2:])
    [status] = json.loads(run("case", "status", file, "--format", "json", code=4).stdout)
    assert status["at"] == "group_review"


@both_languages
def test_where_it_stands_and_what_is_next(run):
    file = recorded(run, opened(run), "village_review")
    status = run("case", "status", file, code=4).stdout
    following = run("case", "next", file).stdout
    zh = words.LANGUAGE == "zh"
    assert ("停在“村两委核实和评议”" if zh else "at “Verification and review by the two village committees”") in status
    assert ("实体已定，程序未完" if zh else "the substance is decided, the procedure is not complete") in status
    for found in (following, status):
        assert ("下一步：村两委核实和评议，由村两委" if zh else "by The two village committees") in found
        assert "3.2" in found
        assert ("参会方" if zh else "Parties present") in found
    assert ("已过 0 天，未定时限" if zh else "0 days; no time limit stated") in following
    later = run("case", "next", file, "--on", "2021-09-15").stdout
    assert ("已过 10 天" if zh else "10 days") in later


def test_the_substance_may_be_what_is_missing(run):
    file = opened(run)
    Path("risk.yaml").write_text(
        "at_risk: {value: false, by: cadre-07, observed_on: 2021-09-01}\nsevere_hardship: {value: false, by: c, observed_on: 2021-09-01}\n",
        encoding="utf-8",
    )
    run("case", "facts", file, "risk.yaml", "--on", "2021-09-01")
    recorded(run, file, None)
    [status] = json.loads(run("case", "status", file, "--format", "json", code=4).stdout)
    assert (status["at"], status["half"], status["effective"]) == ("included", "substance", False)
    assert status["settles"] == {}


def test_asked_about_an_earlier_day(run):
    file = recorded(run, opened(run), None)
    at = lambda day: json.loads(run("case", "status", file, "--on", day, "--format", "json", code=4).stdout)[0]  # noqa: E731
    assert at("2021-09-01")["at"] == "application"
    assert at("2021-09-10")["at"] == "publicity"
    assert at("2021-09-29")["effective"] is False
    run("case", "status", file, "--on", "2021-09-30")
    run("case", "status", file, "--on", "2021-08-31", "--case", "inclusion", code=2)


# ---- refused: with the clause, in both languages, and the file as it was


@both_languages
@each_form
@pytest.mark.parametrize("missing", PRESENT)
def test_a_village_meeting_without_one_of_the_four(run, name, missing):
    file = recorded(run, opened(run, name), "village_review")
    there = f"[{', '.join(party for party in PRESENT if party != missing)}]"
    more = {"village_has_work_team": "true"} if missing == "work_team" else {}
    told = refused(
        run, file, *arguments("village_review", present=there, **more), says="case.requirement_not_met", clause="3.2"
    )
    label = {
        "village_committees": ("村两委成员参会", "The two committees attend"),
        "work_team": ("驻村工作队成员参会", "The resident work team attends"),
        "supervisors": ("村监督委员会成员参会", "The supervision committee attends"),
        "villagers": ("部分村民代表参会", "Some villagers' representatives attend"),
    }[missing]
    assert label[words.LANGUAGE == "en"] in told
    assert told.count("[case.") == 1


def test_a_village_without_a_work_team_may_meet(run):
    file = recorded(run, opened(run), "village_review")
    there = "[village_committees, supervisors, villagers]"
    refused(run, file, *arguments("village_review", present=there), says="case.missing_particular", clause="3.2")
    run("case", "record", file, *arguments("village_review", present=there, village_has_work_team="false"))


@both_languages
@pytest.mark.parametrize(
    ("changed", "code", "clause", "label"),
    [
        pytest.param(
            {"filled_in_by": "other", "relation": None},
            "requirement_not_met",
            "农户无法自己书写申请的",
            ("本人填写", "Filled in by the applicant"),
            id="by a neighbour",
        ),
        pytest.param(
            {"fingerprinted": "false"},
            "requirement_not_met",
            "同时加按本人手印",
            ("加按本人手印（条款", "With the applicant's fingerprint"),
            id="without the fingerprint",
        ),
        pytest.param(
            {"fingerprinted": None},
            "missing_particular",
            "同时加按本人手印",
            ("已按手印", "Fingerprinted"),
            id="nothing on the fingerprint",
        ),
        pytest.param(
            {"relation": "other"},
            "requirement_not_met",
            "近亲属代为填写",
            ("代填的亲属属于近亲属", "The relative is a close one"),
            id="by a cousin",
        ),
        pytest.param(
            {"relation": None},
            "missing_particular",
            "近亲属代为填写",
            ("与申请人的关系", "related"),
            id="by some relative",
        ),
        pytest.param(
            {"promised": "false"},
            "requirement_not_met",
            "应承诺如实提供家庭情况",
            ("承诺如实提供家庭情况（条款", "The truth is promised"),
            id="without the promise",
        ),
        pytest.param(
            {"authorised": None},
            "missing_particular",
            "并授权查询家庭资产信息",
            ("授权查询", "Query authorised"),
            id="without authority",
        ),
    ],
)
def test_an_application_filled_in_wrongly(run, changed, code, clause, label):
    file = opened(run)
    told = refused(run, file, *arguments("application", **changed), says=f"case.{code}", clause=clause)
    assert label[words.LANGUAGE == "en"] in told
    run("case", "record", file, *arguments("application"))


def test_one_who_can_write_fills_it_in_himself(run):
    file = opened(run)
    Path("more.yaml").write_text("can_write: true\n", encoding="utf-8")
    run("case", "facts", file, "more.yaml", "--on", "2021-09-01")
    refused(run, file, *arguments("application"), says="case.requirement_not_met", clause="农户无法自己书写申请的")
    run("case", "record", file, *arguments("application", filled_in_by="applicant", relation=None, signed="true"))


@both_languages
def test_publicity_cut_short_by_an_objection(run):
    """After an objection nothing goes up: it is dealt with, and then posted anew or reviewed again."""
    file = recorded(run, opened(run), "publicity")
    run("case", "record", file, *arguments("publicity", result="objection", on="2021-09-13"))
    for step in ("preliminary_list", "township_review", "publicity", "filing"):
        told = refused(run, file, *arguments(step), says="case.out_of_order", clause="3.2")
        assert ("异议处理" if words.LANGUAGE == "zh" else "Dealing with an objection") in told
    run("case", "record", file, "--result", "dismissed", "--by", "village_committees", "--on", "2021-09-14")
    refused(run, file, *arguments("publicity", posted_on="2021-09-11"), says="case.before_previous", clause="3.2")
    run("case", "record", file, *arguments("publicity", posted_on="2021-09-14"))


@both_languages
@pytest.mark.parametrize(
    ("done", "skipped_to", "label"),
    [
        ("group_review", "village_review", ("村民小组评议", "Review by the villagers' group")),
        ("village_review", "publicity", ("村两委核实和评议", "Verification and review by the two village committees")),
        ("publicity", "preliminary_list", ("村内公示", "Publicity in the village")),
        ("data_comparison", "township_review", ("数据比对", "Comparison of data")),
        ("application", "filing", ("农户申请、承诺和授权", "Application, promise and authorisation")),
    ],
)
def test_a_step_left_out(run, done, skipped_to, label):
    file = recorded(run, opened(run), done)
    told = refused(run, file, *arguments(skipped_to), says="case.out_of_order", clause="3.2")
    assert label[words.LANGUAGE == "en"] in told


@both_languages
def test_publicity_shorter_than_settings_say(run):
    """The document gives no number of days; the office does, and then they are waited for."""
    Path("office.yaml").write_text(
        "format: 1\nparameters:\n  publicity_days: {source: 区乡村振兴局公示办法（示例）, values: {2021: P7D}}\n",
        encoding="utf-8",
    )
    file = recorded(run, opened(run), "publicity")
    given = arguments("publicity", on="2021-09-17", posted_on="2021-09-11")
    told = refused(run, file, *given, "--settings", "office.yaml", says="case.too_early", clause="3.2")
    assert "2021-09-18" in told
    following = run("case", "next", file, "--settings", "office.yaml", "--on", "2021-09-12").stdout
    assert ("期满不早于 2021-09-17" if words.LANGUAGE == "zh" else "not before 2021-09-17") in following
    run("case", "record", file, *given)
    run("case", "check", file)
    late = run("case", "check", file, "--settings", "office.yaml", code=3)
    assert "[case.too_early]" in late.stderr


@both_languages
def test_what_else_is_refused(run):
    file = opened(run)
    refused(run, file, *arguments("application", by="township"), says="case.wrong_actor", clause="3.2")
    refused(run, file, *arguments("application", on="2021-08-31"), says="case.before_previous", clause="3.2")
    refused(
        run,
        file,
        *arguments("application"),
        "--recorded-on",
        "2021-09-01",
        says="case.recorded_early",
        clause="2021-09-01",
    )
    refused(run, file, *arguments("application", result="agreed"), says="case.unknown_result", clause="3.2")
    refused(run, file, *arguments("application", seal="true"), says="case.unknown_particular", clause="3.2")
    refused(run, file, *arguments("application", way="by post"), says="facts.not_an_option", clause="written")
    refused(run, file, *arguments("application", promised="sure"), says="facts.wrong_kind", clause="sure")
    refused(
        run, file, "--step", "aplication", *arguments("application")[2:], says="case.unknown_step", clause="application"
    )
    refused(
        run,
        file,
        *arguments("application"),
        "--case",
        "inclusoin",
        says="case.unknown_case",
        clause="inclusion",
        code=2,
    )
    refused(
        run,
        file,
        "--result",
        "submitted",
        "--on",
        "2021-09-02",
        "--case",
        "b",
        says="case.unknown_case",
        clause="inclusion",
        code=2,
    )
    refused(run, file, "--result", "submitted", "--on", "tomorrow", says="request.bad_date", clause="tomorrow", code=2)
    refused(run, file, "--on", "2021-09-02", says="form.missing_key", clause="result")
    refused(
        run, file, *arguments("application"), "-P", "signed", says="request.bad_assignment", clause="signed", code=2
    )


def test_an_ended_case_takes_no_more(run):
    file = opened(run)
    run("case", "record", file, "--result", "withdrawn", "--by", "household", "--on", "2021-09-03")
    refused(run, file, *arguments("application"), "--case", "inclusion", says="case.ended", clause="3.2")
    refused(run, file, "--result", "withdrawn", "--on", "2021-09-04", says="case.which", clause="inclusion", code=2)
    assert "the procedure has ended" in run("case", "next", file).stdout


def test_opening(run):
    file = opened(run)
    before = file.read_bytes()
    more = ["--procedure", "inclusion", "--on", "2021-10-01"]
    assert "[case.opened_twice]" in run("case", "open", file, *more, code=3).stderr
    assert (
        "[case.unknown_procedure]"
        in run("case", "open", file, "--procedure", "inclsion", "--on", "2021-10-01", code=3).stderr
    )
    assert "[case.unknown_case]" in run("case", "open", file, *more, "--case", "b", "--follows", "c", code=3).stderr
    assert file.read_bytes() == before
    run("case", "open", file, *more, "--case", "again", "--follows", "inclusion")
    assert file.read_bytes().startswith(before)
    [_, again] = json.loads(run("case", "status", file, "--format", "json", code=4).stdout)
    assert (again["case"], again["follows"]) == ("again", "inclusion")


def test_a_new_file_needs_a_pack_and_is_not_left_half_made(run):
    assert (
        "[case.pack_needed]"
        in run("case", "open", "new.yaml", "--procedure", "inclusion", "--on", "2021-10-01", code=2).stderr
    )
    run("case", "open", "new.yaml", "--procedure", "inclsion", "-p", "xuanzhou_2021", "--on", "2021-10-01", code=3)
    run("case", "open", "new.yaml", "--procedure", "inclusion", "-p", "xuanzou", "--on", "2021-10-01", code=2)
    assert not Path("new.yaml").exists()


# ---- corrected, struck out, told late, ruled


@both_languages
@each_form
def test_a_correction(run, name):
    file = recorded(run, opened(run, name), "publicity")
    before = file.read_bytes()
    shorter = "[village_committees, supervisors, villagers]"
    given = [
        *arguments("village_review", present=shorter, village_has_work_team="false", on="2021-09-09"),
        "--corrects",
        "5",
    ]
    refused(
        run, file, *given, says="case.correction_without_reason", clause="why" if words.LANGUAGE == "en" else "原因"
    )
    refused(run, file, *given, "--why", "x", "--corrects", "2", says="case.nothing_to_correct", clause="3, 4, 5")
    run("case", "record", file, *given, "--why", "参会方误记", "--recorded-on", "2021-09-15")
    assert file.read_bytes().startswith(before)
    [status] = json.loads(run("case", "status", file, "--format", "json", code=4).stdout)
    assert (status["at"], status["since"]) == ("publicity", "2021-09-09")
    shown = run("case", "show", file).stdout
    assert ("更正第 5 号" if words.LANGUAGE == "zh" else "corrects event 5") in shown
    assert "参会方误记" in shown


@both_languages
def test_a_correction_that_the_later_steps_do_not_bear(run):
    file = recorded(run, opened(run), "publicity")
    back = arguments("group_review", result="returned")
    told = refused(run, file, *back, "--corrects", "4", "--why", "误记", says="case.correction_breaks", clause="3.2")
    assert "[case.out_of_order]" in told
    late = arguments("group_review", on="2021-09-12")
    told = refused(run, file, *late, "--corrects", "4", "--why", "误记", says="case.correction_breaks", clause="3.2")
    assert "[case.before_previous]" in told


@each_form
def test_a_step_struck_out(run, name):
    file = recorded(run, opened(run, name), "publicity")
    strike = "event: strike\ncase: inclusion\ncorrects: {}\nwhy: 误记\n"
    refused(run, file, "--event", "-", "--on", "2021-09-12", says="form.missing_key", clause="event")
    before = file.read_bytes()
    done = run("case", "record", file, "--event", "-", "--on", "2021-09-12", stdin=strike.format(4), code=3)
    assert "[case.correction_breaks]" in done.stderr
    assert file.read_bytes() == before
    run("case", "record", file, "--event", "-", "--on", "2021-09-12", stdin=strike.format(5))
    [status] = json.loads(run("case", "status", file, "--format", "json", code=4).stdout)
    assert (status["at"], status["since"]) == ("village_review", "2021-09-05")
    assert "struck out" in run("case", "show", file).stdout


@both_languages
@each_form
def test_what_is_recorded_late_keeps_both_days(run, name):
    file = opened(run, name)
    run("case", "record", file, *arguments("application"), "--recorded-on", "2021-11-30")
    shown = json.loads(run("case", "show", file, "--format", "json").stdout)
    assert (shown["events"][-1]["happened_on"], shown["events"][-1]["recorded_on"]) == ("2021-09-02", "2021-11-30")
    assert ("（2021-11-30 记）" if words.LANGUAGE == "zh" else "(recorded 2021-11-30)") in run(
        "case", "show", file
    ).stdout
    [status] = shown["cases"]
    assert (status["since"], status["on"], status["next"]["days"]) == ("2021-09-02", "2021-11-30", 89)
    run("case", "record", file, *arguments("group_review"))


@both_languages
@each_form
def test_a_ruling_and_the_divergence(run, name):
    file = opened(run, name)
    Path("risk.yaml").write_text(
        "as_of: 2021-09-01\nfinances: {2021: {net_income: 60000}}\nsevere_hardship: {value: false, by: c, observed_on: 2021-09-01}\n",
        encoding="utf-8",
    )
    run("case", "facts", file, "risk.yaml")
    recorded(run, file, None)
    ruling = "{event: ruling, case: inclusion, substance: true, by: district_bureau, person: c-9%s}"
    before = file.read_bytes()
    done = run("case", "record", file, "--event", "-", "--on", "2021-10-01", stdin=ruling % "", code=3)
    assert "[case.ruling_without_reason]" in done.stderr
    assert file.read_bytes() == before
    run("case", "record", file, "--event", "-", "--on", "2021-10-08", stdin=ruling % ", why: 经集体研究")
    data = json.loads(run("case", "show", file, "--format", "json").stdout)
    [case] = data["cases"]
    assert (case["effective"], case["half"], case["ruling"]["why"]) == (True, "none", "经集体研究")
    [divergence] = data["divergences"]
    assert (divergence["case"], divergence["engine"], divergence["authority"]) == ("inclusion", False, True)
    assert divergence["by"] == "district_bureau c-9"
    shown = run("case", "show", file).stdout
    assert (
        "裁定与事实不一致：inclusion" if words.LANGUAGE == "zh" else "the authority decided otherwise: inclusion"
    ) in shown


@both_languages
def test_decided_on_facts_that_have_changed_since(run):
    file = recorded(run, opened(run), None)
    assert json.loads(run("case", "status", file, "--format", "json").stdout)[0]["differences"] == []
    Path("found.yaml").write_text(
        "as_of: 2021-09-20\nfinances: {2021: {net_income: 60000}}\nsevere_hardship: {value: false, by: c, observed_on: 2021-09-01}\n",
        encoding="utf-8",
    )
    run("case", "facts", file, "found.yaml", "--recorded-on", "2021-12-01")
    [status] = json.loads(run("case", "status", file, "--format", "json").stdout)
    assert (status["substance_then"]["holds"], status["substance"]["holds"], status["effective"]) == (True, False, True)
    [changed] = [found for found in status["differences"] if "net_income" in found["path"]]
    assert (changed["before"], changed["after"]) == ("20000", "60000")
    told = run("case", "status", file).stdout
    assert (
        "决定所依据的事实后来有变" if words.LANGUAGE == "zh" else "Decided on facts that have changed since"
    ) in told


# ---- files as people and programs write them


def test_texts_and_figures_are_kept_to_the_digit(run):
    """`0012` is a text in YAML and in JSON lines, and a figure keeps its zeros."""
    told = []
    for name in ("life.yaml", "life.jsonl"):
        Path("f.yaml").write_text(
            "household_size: 3\ncan_write: 是\nfinances: {2021: {net_income: 20000.10}}\ntown: 0012\n", encoding="utf-8"
        )
        run(
            "case",
            "open",
            name,
            "--procedure",
            "discovery",
            "-p",
            "xuanzhou_2021",
            "--on",
            "2021-09-01",
            "--facts",
            "f.yaml",
        )
        given = ["--result", "self_declared", "--by", "household", "--on", "2021-09-02", "-P", "situation=0012"]
        run("case", "record", name, *given)
        _, found = case_file.read_case_text(Path(name).read_text(encoding="utf-8"), name, SHIPPED)
        root = found.events[0].facts.root
        told.append(
            (
                root["can_write"],
                root["town"],
                str(root["finances"]["2021"]["net_income"]),
                found.events[2].particulars["situation"],
            )
        )
    assert told == [(True, "0012", "20000.10", "0012")] * 2


def test_json_is_the_same_on_every_run(run):
    file = recorded(run, opened(run), "publicity")
    for command in ("show", "status", "next"):
        code = {"status": 4}.get(command, 0)
        first = run("case", command, file, "--format", "json", code=code).stdout
        assert first == run("case", command, file, "--format", "json", code=code).stdout
        json.loads(first)


def test_json_has_the_names_that_programs_rely_on(run):
    file = recorded(run, opened(run), "publicity")
    shown = json.loads(run("case", "show", file, "--format", "json").stdout)
    assert list(shown) == ["pack", "subject", "on", "events", "refused", "cases", "divergences"]
    [case] = shown["cases"]
    names = "case procedure on at since ended half effective settles substance substance_then differences ruling next follows"
    assert list(case) == names.split()
    assert list(case["next"]) == "step by_actors particulars since days not_before by late cites".split()
    assert case["next"]["step"] == "publicity"
    assert case["next"]["cites"][0]["clause"] == "3.2"
    assert case["substance"]["holds"] is True


@both_languages
def test_a_file_edited_by_hand_is_found_out(run):
    """The review taken out: what follows it is told, each event with its line; the file can still be looked at."""
    file = recorded(run, opened(run), "data_comparison")
    documents = file.read_text(encoding="utf-8").split("---\n")
    [review] = [number for number, found in enumerate(documents) if "step: village_review" in found]
    file.write_text("---\n".join(documents[:review] + documents[review + 1 :]), encoding="utf-8")
    told = run("case", "check", file, code=3).stderr
    assert told.count("[case.out_of_order]") == 2
    for step in ("publicity", "preliminary_list"):
        line = 1 + file.read_text(encoding="utf-8").split(f"step: {step}")[0].count("\n")
        assert f"life.yaml:{line}:" in told
    shown = json.loads(run("case", "show", file, "--format", "json").stdout)
    assert [found["problems"][0]["code"] for found in shown["refused"]] == ["case.out_of_order"] * 2
    assert shown["cases"][0]["at"] == "village_review"
    run("case", "record", file, *arguments("village_review", on="2021-09-22"))


def test_a_particular_edited_by_hand_is_found_out(run):
    file = recorded(run, opened(run, "life.jsonl"), "group_review")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"fingerprinted": true', '"fingerprinted": false'), encoding="utf-8")
    told = run("case", "check", file, code=3).stderr
    assert "life.jsonl:4:" in told
    assert "[case.requirement_not_met]" in told


@pytest.mark.parametrize(
    ("text", "code", "exit_code"),
    [
        ("case_file: 2\npack: xuanzhou_2021\n", "pack.newer", 3),
        ("case_file: 1\npack: xuanzou\n", "request.unknown_pack", 2),
        ("case_file: 1\npack: xuanzhou_2021\n---\nevent: opne\n", "form.not_an_option", 3),
        ("case_file: 1\npack: xuanzhou_2021\n---\nevent: open\ncase: a\n", "form.missing_key", 3),
        ("case_file: 1\npack: xuanzhou_2021\n---\n- a\n", "form.missing_key", 3),
        ("case_file: 1\n pack: x\n", "yaml.", 3),
        ("", "facts.empty", 3),
        ('{"case_file": 1, "pack": "xuanzhou_2021"}\n{"event": "open"', "yaml.syntax", 3),
    ],
)
def test_a_file_that_cannot_be_read(run, text, code, exit_code):
    Path("odd.yaml").write_text(text, encoding="utf-8")
    for command in (["check"], ["status"], ["show"], ["next"], ["record", "--on", "2021-09-01"]):
        done = run("case", command[0], "odd.yaml", *command[1:], code=exit_code)
        assert f"[{code}" in done.stderr
    assert Path("odd.yaml").read_text(encoding="utf-8") == text


def test_no_file_is_told_too(run):
    assert "[file.not_found]" in run("case", "show", "nowhere.yaml", code=1).stderr


def test_another_version_of_the_pack_is_told(run):
    file = opened(run)
    text = file.read_text(encoding="utf-8")
    known = SHIPPED("xuanzhou_2021").hash
    file.write_text(text.replace(known, "0" * len(known)), encoding="utf-8")
    done = run("case", "status", file, code=4)
    assert "[case.other_pack]" in done.stderr
    run("case", "record", file, *arguments("application"))


def test_a_file_with_windows_lines_and_no_last_line_end(run):
    file = opened(run)
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n").rstrip(b"\r\n"))
    before = file.read_bytes()
    run("case", "record", file, *arguments("application"))
    assert file.read_bytes().startswith(before)
    assert "all 3 events" in run("case", "check", file).stdout


# ---- duties and procedures on the command line


def test_duties_of_a_file(run):
    file = recorded(run, opened(run), None)
    owed = json.loads(run("duties", "2021-10-15", file, "--format", "json", code=4).stdout)
    help_ = {found["duty"]: (found["state"], found["from"], found["to"]) for found in owed}
    assert help_["contact_person"] == ("due", "2021-09-30", "2021-10-30")
    owed = json.loads(run("duties", "2021-10-31", file, "--format", "json", code=4).stdout)
    [late] = [found for found in owed if found["duty"] == "contact_person"]
    assert (late["state"], late["missing"]) == ("unknown", ["helpers"])
    Path("known.yaml").write_text("as_of: 2021-10-31\nhelpers: []\n", encoding="utf-8")
    run("case", "facts", file, "known.yaml")
    owed = json.loads(run("duties", "2021-10-31", file, "--format", "json", code=4).stdout)
    assert [found["state"] for found in owed if found["duty"] == "contact_person"] == ["overdue"]
    assert "unknown" in [found["state"] for found in owed]


@pytest.mark.parametrize(("known", "states", "code"), [("grids: []", {"overdue", "due"}, 0), ("", {"unknown"}, 4)])
def test_duties_end_with_4_where_something_is_not_determined(run, known, states, code):
    Path("village.yaml").write_text(
        f"subject: village\nas_of: 2022-10-31\ncounty: 宣州区\ncanvasses: []\n{known}\n", encoding="utf-8"
    )
    done = run("duties", "2022-10-31", "village.yaml", "--pack", "xuanzhou_2021", "--format", "json", code=code)
    assert states <= {found["state"] for found in json.loads(done.stdout)}


def test_a_calendar_of_several_files(run):
    one = recorded(run, opened(run, "one.yaml"), None)
    Path("minhang.yaml").write_text(
        "case_file: 1\npack: minhang_2020\nid: m-1\n---\nevent: facts\nhappened_on: 2020-06-01\nfacts: {recognised: true, recognised_on: 2020-03-01}\n",
        encoding="utf-8",
    )
    run("duties", "2021-10-15", one, "minhang.yaml", "--ics", "owed.ics", code=4)
    text = Path("owed.ics").read_bytes().decode()
    again = Path("owed.ics").read_bytes()
    run("duties", "2021-10-15", one, "minhang.yaml", "--ics", "owed.ics", code=4)
    assert Path("owed.ics").read_bytes() == again
    assert "UID:xuanzhou_2021." in text
    run("duties", "2021-08-15", one, "--ics", "owed.ics")
    assert b"BEGIN:VEVENT" not in Path("owed.ics").read_bytes()


@both_languages
def test_a_procedure_as_text_picture_and_bpmn(run):
    text = run("procedure", "show", "xuanzhou_2021", "removal").stdout
    assert ("应记" if words.LANGUAGE == "zh" else "to record") in text
    for step in SHIPPED("xuanzhou_2021").procedure("removal").steps.values():
        assert step.label.in_(words.LANGUAGE) in text
    run("procedure", "show", "xuanzhou_2021", "removal", "--svg", "removal.svg")
    assert Path("removal.svg").read_text(encoding="utf-8").startswith("<svg")
    exported = run("procedure", "export", "xuanzhou_2021", "removal").stdout
    run("procedure", "export", "xuanzhou_2021", "removal", "--out", "removal.bpmn")
    assert Path("removal.bpmn").read_text(encoding="utf-8") == exported
    assert "[request.one_procedure]" in run("procedure", "export", "xuanzhou_2021", code=2).stderr
    assert "[case.unknown_procedure]" in run("procedure", "show", "xuanzhou_2021", "removel", code=2).stderr
    listed = json.loads(run("procedure", "list", "xuanzhou_2021", "--format", "json").stdout)
    assert [found["id"] for found in listed["procedures"]] == list(SHIPPED("xuanzhou_2021").procedures)
