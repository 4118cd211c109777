"""The command line as its users meet it: output, exit codes, errors without a traceback."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from policy_engine.app.cli.chinese_help import mistake_in_chinese
from policy_engine.app.cli.main import app

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples" / "xuanzhou"
LINE = """\
county: 宣州区
household_size: 4
finances: {2021: {net_income: 24000}}
"""


def run(*arguments, lang="en", stdin=""):
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "COLUMNS": "200"}
    command = [sys.executable, "-c", "from policy_engine.app.cli import main; main()", "--lang", lang, *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, input=stdin, cwd=ROOT, env=environment, check=False, encoding="utf-8"
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("included.yaml", 0),
        ("not_included.yaml", 0),
        ("undetermined.yaml", 4),
        ("reading.yaml", 0),
        ("out_of_scope.yaml", 5),
        ("mistakes.yaml", 3),
    ],
)
def test_the_examples_end_as_they_say(file, code):
    done = run("decide", str(EXAMPLES / file), "--pack", "xuanzhou_2021", "-d", "monitoring", "-d", "kinds")
    assert done.returncode == code, done.stdout + done.stderr


def test_the_answer_comes_first_in_the_language_asked_for():
    chinese = run("decide", str(EXAMPLES / "included.yaml"), "--pack", "xuanzhou_2021", "-d", "monitoring", lang="zh")
    english = run("decide", str(EXAMPLES / "included.yaml"), "--pack", "xuanzhou_2021", "-d", "monitoring")
    assert "是否应纳入监测: 应纳入监测" in chinese.stdout
    assert "To be monitored: To be included" in english.stdout
    assert "[income per head " in english.stdout  # a term that the document leaves open, and its English name
    assert "[家庭人均纯收入 " in chinese.stdout
    assert "3.4 “应纳尽纳”" in chinese.stdout


def test_help_teaches_in_the_language_asked_for():
    english = run("decide", "--help").stdout
    assert all(word in english for word in ("Usage: ", "never no", "Example: policy-engine decide", "[required]"))
    chinese = run("decide", "--help", lang="zh").stdout
    assert all(
        word in chinese for word in ("用法：", "参数:", "选项:", "例：policy-engine decide", "[必填]", "显示这段说明")
    )
    assert not re.search(r"Usage|Options|Arguments|Show this|required|default:", chinese)
    commands = run("--help").stdout.partition("Commands:")[2]
    described = {line.split()[0]: line.split()[1:] for line in commands.splitlines() if line.strip()}
    assert [name for name, help_ in described.items() if not help_] == []
    assert {"decide", "ask", "compare-packs", "eval"} <= set(described)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("decide", "缺少 'FACTS…'"),
        ("decide x.yaml", "缺少 '--pack' / '-p'"),
        ("decide x.yaml --pakc q", "没有选项 --pakc，相近的有 --mask, --pack"),
        ("decide x.yaml --xyz", "没有选项 --xyz"),
        ("decid", "没有命令 'decid'，相近的有 'decide'"),
        ("case xyz", "没有命令 'xyz'"),
        ("decide a --pack b --format xml", "'--format'：没有“xml”，可用的有 'text', 'json', 'html'"),
        ("sweep a b 1 2 --pack q --steps x", "'--steps'：应为整数"),
        ("sweep a b 1 2 --pack q --steps 0", "'--steps'：不能小于 1"),
        ("sweep a b 1 2 --pack q --steps 2000", "'--steps'：不能大于 1000"),
        ("sweep a b 1 2 3 --pack q", "多出的参数：3"),
        ("case record f --corrects", "选项 '--corrects' 后面要写值"),
        ("decide a --mask=1 --pack x", "选项 '--mask' 后面不写值"),
    ],
)
def test_wrong_usage_is_told_in_chinese(command, said):
    """As this version of the library words it."""
    done = CliRunner().invoke(app, shlex.split(command))
    assert done.exit_code == 2
    assert mistake_in_chinese(done.stderr.strip().splitlines()[-1].removeprefix("Error: ")) == said


def test_wrong_usage_is_shown_in_the_language_asked_for():
    english, chinese = run("decid"), run("decid", lang="zh")
    assert english.stderr.endswith("Error: No such command 'decid'. Did you mean 'decide'?\n")
    assert chinese.stderr.endswith("错误：没有命令 'decid'，相近的有 'decide'\n")
    assert (english.returncode, chinese.returncode) == (2, 2)


def test_five_mistakes_are_reported_in_one_run():
    done = run("decide", str(EXAMPLES / "mistakes.yaml"), "--pack", "xuanzhou_2021")
    assert done.stderr.count("mistakes.yaml:") == 5
    assert done.stderr.count("^") >= 5


def test_json_is_a_list_of_decisions():
    done = run("decide", str(EXAMPLES / "included.yaml"), "--pack", "xuanzhou_2021", "--format", "json")
    decisions = json.loads(done.stdout)
    assert [answer["decision"] for answer in decisions[0]["answers"]][:2] == ["monitoring", "kinds"]
    assert decisions[0]["pack"]["id"] == "xuanzhou_2021"


def test_html_asks_for_nothing_from_anywhere():
    done = run("decide", str(EXAMPLES / "included.yaml"), "--pack", "xuanzhou_2021", "--format", "html")
    assert done.stdout.startswith("<!doctype html>")
    assert "http" not in done.stdout
    assert "src=" not in done.stdout


def test_a_reading_and_a_supposition_change_the_answer(tmp_path):
    facts = tmp_path / "line.yaml"
    facts.write_text(LINE, encoding="utf-8")
    options = (
        "decide",
        str(facts),
        "--pack",
        "xuanzhou_2021",
        "--on",
        "2021-09-01",
        "-d",
        "in_range",
        "--format",
        "json",
    )
    outcome = lambda *more: json.loads(run(*options, *more).stdout)[0]["answers"][0]["outcome"]  # noqa: E731
    assert outcome() is True
    assert outcome("--reading", "inside_range=line_excluded") is False
    assert outcome("--set", "range_line=5999.99") is False


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("decide", "nowhere.yaml", "--pack", "xuanzhou_2021"), 1, "file.not_found"),
        (("decide", "-", "--pack", "xuanzou"), 2, "xuanzhou_2021"),
        (("decide", "-", "--pack", "xuanzhou_2021", "-d", "monitorin"), 2, "monitoring"),
        (("decide", "-", "--pack", "xuanzhou_2021", "--on", "tomorrow"), 2, "request.bad_date"),
        (("decide", "-", "--pack", "xuanzhou_2021", "--set", "range_lin=1"), 2, "range_line"),
        (("decide", "-", "--pack", "xuanzhou_2021", "--reading", "inside_range=x"), 2, "line_included"),
        (("decide", "-", "--pack", "xuanzhou_2021", "--reading", "inside_range"), 2, "request.bad_assignment"),
        (("pack", "new", "2030x"), 2, "begins with a letter"),
        (("decide",), 2, "FACTS"),
        (("pack", "check", "nowhere"), 2, "request.unknown_pack"),
        (("eval", "1 +"), 3, "expression.ends_early"),
    ],
)
def test_what_is_wrong_is_said(arguments, code, says):
    done = run(*arguments, stdin=LINE + "as_of: 2021-09-01\n")
    assert done.returncode == code, done.stdout + done.stderr
    assert says in done.stdout + done.stderr


def test_eval_shows_value_and_type():
    assert run("eval", "0.1 + 0.2").stdout == "0.3 : number\n"
    assert run("eval", '{a: 1, b: "x"}.b').stdout == '"x" : text\n'
    assert run("eval", "1 / 0").returncode == 4


CONTEXT = """\
a: null
b: 2
xs: [1, null, 3]
r: {x: null}
"""


@pytest.mark.parametrize(
    ("expression", "code", "says"),
    [
        ("sum(xs)", 4, "unknown : number\n  missing: xs[2]\n"),
        ("xs", 4, "[1, unknown, 3] : list of number\n  missing: xs[2]\n"),
        ("xs[item > 1]", 4, "unknown : list of number\n  missing: xs[2]\n"),
        ("count(xs)", 0, "3 : number\n"),
        ("1 in xs", 0, "true : boolean\n"),
        ("a + 1", 4, "unknown : nothing\n  missing: a\n"),
        ("count(a)", 4, "unknown : number\n  missing: a\n"),
        ("a > 1 or b = 2", 0, "true : boolean\n"),
        ("r.x = 1", 4, "unknown : boolean\n  missing: r.x\n"),
    ],
)
def test_null_is_unknown_wherever_it_stands(tmp_path, expression, code, says):
    context = tmp_path / "context.yaml"
    context.write_text(CONTEXT, encoding="utf-8")
    done = run("eval", expression, "--context", str(context))
    assert (done.returncode, done.stdout) == (code, says)


@pytest.mark.parametrize("pack", [(), ("--pack", "xuanzhou_2021")])
@pytest.mark.parametrize(
    ("expression", "code", "says"),
    [
        ("1 +", 3, "expression.ends_early"),
        ("no_such_name", 3, "expression.unknown_name"),
        ('"a" + 1', 3, "type.operands"),
        ("1 / 0", 4, "value.division_by_zero"),
        ("1 + 1", 0, "2 : number"),
    ],
)
def test_eval_ends_the_same_with_and_without_a_pack(expression, code, says, pack):
    done = run("eval", expression, *pack)
    assert done.returncode == code
    assert says in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("text", "says"), [("[1]", "form.wrong_kind"), ("a: 1\n---\na: 2", "pack.several_documents"), ("a: :", "yaml.")]
)
def test_a_context_that_gives_no_names_is_told(tmp_path, text, says):
    context = tmp_path / "context.yaml"
    context.write_text(text, encoding="utf-8")
    done = run("eval", "1", "--context", str(context))
    assert done.returncode == 3
    assert says in done.stderr


def test_what_eval_would_pass_over_is_refused(tmp_path):
    assert run("eval", "1", "--facts", "nowhere.yaml").returncode == 2
    assert run("eval", "1", "--pack", "xuanzhou_2021", "--context", "nowhere.yaml").returncode == 2


def test_facts_check_keeps_errors_and_warnings_apart(tmp_path):
    facts = tmp_path / "odd.yaml"
    facts.write_text(
        "as_of: 2021-09-01\nhousehold_size: 2\nmembers: [{birth_date: 2022-01-01}]\ndilapidation: D\n"
        "secure: {safe_housing: true}\nfinances: {2021: {income: 5000, net_income: 6000, net_income_per_head: 1}}\n",
        encoding="utf-8",
    )
    done = run("facts", "check", str(facts))
    assert done.returncode == 3
    codes = [
        "plausible.future_date",
        "plausible.net_above_total",
        "plausible.secure_beside_ruin",
        "plausible.ten_thousands",
    ]
    codes += ["facts.per_head_differs", "facts.size_differs"]
    assert [code for code in codes if f"[{code}]" not in done.stderr] == []
    assert "Errors (2)" in done.stdout
    assert "Warnings (4)" in done.stdout
    places = [line.partition(" ")[0] for line in done.stderr.splitlines() if "[plausible." in line]
    assert places == [f"{facts}:{place}:" for place in ("3:24", "6:45", "6:72", "5:24")]


def test_facts_check_finds_the_place_through_labels_and_evidence(tmp_path):
    facts = tmp_path / "odd.yaml"
    facts.write_text(
        "as_of: 2021-09-01\n家庭成员:\n  value:\n  - {}\n  - 出生日期: {value: 1890-01-01, source: cadre_visit}\n  by: 甲\n"
        "---\nas_of: 2021-09-01\n年度收支: {2021: {value: {家庭收入: 3}, source: self_report}}\n",
        encoding="utf-8",
    )
    done = run("facts", "check", "-", stdin=facts.read_text(encoding="utf-8"))
    assert done.returncode == 0
    places = [line.partition(" ")[0] for line in done.stderr.splitlines() if "[plausible." in line]
    assert places == ["<stdin>:5:19:", "<stdin>:9:29:"]


def test_a_judgement_after_the_day_of_the_facts_is_told(tmp_path):
    facts = tmp_path / "later.yaml"
    facts.write_text(
        "as_of: 2021-09-01\nat_risk: {value: true, by: 甲, observed_on: 2031-09-01}\n"
        "severe_hardship: {value: true, by: 甲, observed_on: 2021-09-01}\n"
        "members:\n  value: [{chronic_burdensome: true}]\n  by: 甲\n  observed_on: 2021-09-02\n",
        encoding="utf-8",
    )
    done = run("facts", "check", str(facts))
    assert done.returncode == 0
    told = [line for line in done.stderr.splitlines() if "[plausible.future_date]" in line]
    assert [line.partition(" ")[2].partition(",")[0] for line in told] == [
        "at_risk.observed_on is 2031-09-01",
        "members[1].chronic_burdensome.observed_on is 2021-09-02",
    ]
    assert told[0].startswith(f"{facts}:2:")


BAD_CASES = {
    "day": ("on: 2030-02-30\nfacts: {}\nexpect: {help: none}", "form.wrong_kind"),
    "fact": ("facts: {houshold_size: 2}\nexpect: {help: none}", "facts.unknown_fact"),
    "tab": ("\ton: [", "yaml.tab"),
    "decision": ("facts: {}\nexpect: {hlep: none}", "request.unknown_decision"),
    "parameter": ("facts: {}\nset: {line: 1}\nexpect: {help: none}", "request.unknown_parameter"),
    "reading": ("facts: {}\nreadings: {r: a}\nexpect: {help: none}", "request.unknown_reading"),
    "nothing": ("facts: {}\nexpect: {help: {}}", "case.expects_nothing"),
    "procedures/key": ("on: 2030-06-01\nfactz: {}\nexpect: {at: x}", "form.unknown_key"),
    "procedures/fact": ("on: 2030-06-01\nfacts: {houshold_size: 2}\nexpect: {at: x}", "facts.unknown_fact"),
}


def test_pack_check_reads_the_cases(tmp_path):
    folder = tmp_path / "pinghe_2030"
    run("pack", "new", str(folder))
    (folder / "cases" / "procedures").mkdir()
    for name, (text, _) in BAD_CASES.items():
        (folder / "cases" / f"{name}.yaml").write_text(f"case: x\n{text}\n", encoding="utf-8")
    done = run("pack", "check", str(folder))
    assert done.returncode == 3
    heads = [line for line in done.stderr.splitlines() if line.startswith(f"{folder}/cases/")]
    told = {
        (line.removeprefix(f"{folder}/cases/").partition(".yaml")[0], line.rpartition("[")[2][:-1]) for line in heads
    }
    assert told == {(name, code) for name, (_, code) in BAD_CASES.items()}


def test_a_new_pack_checks_and_tests_clean(tmp_path):
    folder = tmp_path / "pinghe_2030"
    assert run("pack", "new", str(folder)).returncode == 0
    assert run("pack", "check", str(folder)).returncode == 0
    assert "3 passed, 0 failed" in run("pack", "test", str(folder)).stdout
    assert run("pack", "new", str(folder)).returncode == 2


@pytest.mark.parametrize(("before", "line_end"), [("", "\n"), ("\ufeff", "\r\n")])
def test_expectations_are_recorded_again(tmp_path, before, line_end):
    folder = tmp_path / "pinghe_2030"
    run("pack", "new", str(folder))
    case = folder / "cases" / "line.yaml"
    text = before + case.read_text(encoding="utf-8").replace("\n", line_end)
    case.write_bytes(text.replace("expect: {help: regular}", "expect: {help: none}").encode())
    failed = run("pack", "test", str(folder))
    assert failed.returncode == 3
    assert "case.differs" in failed.stderr
    assert run("pack", "test", str(folder), "--update").returncode == 0
    assert run("pack", "test", str(folder)).returncode == 0
    assert case.read_bytes().decode() == text


@pytest.mark.parametrize("kind", ["rules", "procedures", "duties", "case_file", "procedure_case", "facts", "decision"])
def test_every_file_kind_has_a_schema(kind):
    schema = json.loads(run("pack", "schema", kind).stdout)
    assert schema["$defs"]


def test_auto_takes_every_pack_that_applies(tmp_path):
    facts = tmp_path / "qingtian.yaml"
    facts.write_text("province: 浙江省\ncounty: 青田县\nas_of: 2022-09-01\n", encoding="utf-8")
    done = run("decide", str(facts), "--pack", "auto", "--format", "json")
    assert [decision["pack"]["id"] for decision in json.loads(done.stdout)] == ["qingtian_2022", "zhejiang_2020"]
    nowhere = run("decide", "-", "--pack", "auto", stdin="province: 安徽省\ncounty: 泾县\nas_of: 2022-09-01\n")
    assert nowhere.returncode == 5
    assert "scope.no_pack" in nowhere.stderr


def test_packs_are_compared_side_by_side():
    done = run("compare-packs", str(EXAMPLES / "included.yaml"), "-p", "xuanzhou_2021", "-p", "qingtian_2022")
    assert "To be monitored: To be included" in done.stdout
    assert "3.4 “应纳尽纳”" in done.stdout
    assert "Out of scope" in done.stdout
