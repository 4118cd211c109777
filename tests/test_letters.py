"""What is written for people: the letter to a household, the public notice, the list of benefits."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from generators import day_in, households
from policy_engine.decision.benefits import benefits
from policy_engine.decision.request import Request
from policy_engine.documents.read_facts import read_facts, read_facts_file
from policy_engine.documents.read_pack import check_pack, load_pack, shipped_packs
from policy_engine.errors import RequestError
from policy_engine.model.scenario import Settings
from policy_engine.report.document import BLANK, documents_html, documents_text
from policy_engine.report.letter import letter
from policy_engine.report.notice import listed, notice, publicity_of
from test_cli import run
from test_privacy import ToldApart

ROOT = Path(__file__).parents[1]
PACKS = sorted(shipped_packs([ROOT / "policies"]))
EXAMPLES = ROOT / "examples" / "xuanzhou"


@cache
def pack_of(name):
    return load_pack(name, [ROOT / "policies"])


def example(name):
    return read_facts_file(EXAMPLES / f"{name}.yaml", pack_of("xuanzhou_2021").vocabulary)[0][0]


def letter_about(name, language="zh", **parts):
    facts = example(name)
    return letter(Request().decide(pack_of("xuanzhou_2021"), facts), facts, Settings(), language, **parts)


def section(document, number):
    return document.sections[number - 1]


# ---- letters


def test_a_letter_says_what_why_and_what_next():
    document = letter_about("included")
    text = documents_text([document])
    assert [one.heading[:2] for one in document.sections] == ["一、", "二、", "三、", "四、", "五、"]
    assert "是否应纳入监测：应纳入监测" in section(document, 1).lines
    assert "脱贫不稳定户（条款 2.1 “脱贫不稳定户”" in text
    assert "人均纯收入（本年度） 5487.5 元/人" in text
    assert "不缺什么" in "".join(section(document, 3).lines)
    assert "监测对象纳入程序（条款 3.2" in text
    assert "户编号：H-0412" in text


def test_a_letter_asks_for_what_is_missing_and_names_who_must_judge():
    lines = section(letter_about("undetermined"), 3).lines
    assert any(line.startswith("请告知或出示：纯收入（本年度） 2021") for line in lines)
    assert "由有关人员研判：慢性病负担较重（第1人）" in lines
    assert BLANK in lines[-1]


def test_a_letter_invents_no_time_and_no_office():
    """What the document does not state is a blank or said to be not stated; a deployer's figure is said to be one."""
    text = documents_text([letter_about("included")])
    assert "村内公示（村两委），期间 未规定" in text
    assert "文件没有写明异议如何处理" in text
    assert re.search(r"受理地点、电话、截止日期：＿+", text)
    assert not re.search(r"\d+ ?(天|个工作日|日内)", text)


def test_a_letter_under_a_pack_without_procedures_says_so():
    pack = pack_of("zhejiang_2020")
    facts, _ = read_facts({"province": "浙江省", "as_of": "2020-09-01", "household_id": "Z-1"}, pack.vocabulary)
    document = letter(Request().decide(pack, facts), facts, Settings())
    assert section(document, 4).lines == ("按文件没有须接着办的程序。",)
    assert section(document, 5).lines == ("文件没有规定异议的提出办法。",)


def test_a_letter_out_of_scope_gives_the_reason():
    document = letter_about("out_of_scope")
    assert [one.heading for one in document.sections] == ["一、结论"]
    assert section(document, 1).lines == ("不适用。", "  县市区是“广德市”，本文件适用于“宣州区”")


def test_a_letter_in_english():
    text = documents_text([letter_about("included", "en")])
    assert "To be monitored: To be included" in text
    assert "not stated" in text
    assert not re.search("[（）；：]", text.partition("1. What")[2])


@pytest.mark.parametrize("name", PACKS)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_every_answer_of_every_household_has_its_letter(name, data):
    pack = pack_of(name)
    facts, _ = read_facts(data.draw(households(pack)), pack.vocabulary)
    decision = Request(day_in(pack)).decide(pack, facts)
    for language in ("zh", "en"):
        text = documents_text([letter(decision, facts, Settings(), language)])
        for answer in decision.answers:
            assert pack.decision(answer.decision).label.in_(language) in text
            assert all(cite.clause in text for rule in answer.rules if rule.holds for cite in rule.cites)


def test_pages_ask_for_nothing_and_escape_what_they_are_given():
    pack = pack_of("xuanzhou_2021")
    facts, _ = read_facts(
        {"county": "宣州区", "as_of": "2021-09-01", "household_id": "<script>alert(1)</script>"}, pack.vocabulary
    )
    document = letter(Request().decide(pack, facts), facts, Settings())
    page = documents_html([document, document])
    assert "<script" not in page
    assert page.count("<article>") == 2
    assert not re.search(r"https?:|src=|@import|url\(", page)
    assert "@page" in page


def test_letters_from_the_command_line(tmp_path):
    ledger, page = tmp_path / "l.db", tmp_path / "letter.html"
    run("ledger", "init", str(ledger))
    run("decide", str(EXAMPLES / "included.yaml"), "--pack", "xuanzhou_2021", "--record", str(ledger))
    from_record = run("letter", "3", "--ledger", str(ledger), lang="zh")
    from_facts = run("letter", str(EXAMPLES / "included.yaml"), "--pack", "xuanzhou_2021", lang="zh")
    code = re.search(r"记录核验码：([0-9a-f]{64})\n", from_record.stdout)
    assert code is not None
    assert from_record.stdout.replace(code.group(), "") == from_facts.stdout
    copy = tmp_path / "copy.json"
    copy.write_text(run("ledger", "show", str(ledger), "3", "--mask").stdout, encoding="utf-8")
    assert run("ledger", "check-copy", str(copy), "--commitment", code.group(1)).returncode == 0
    assert run("ledger", "check-copy", str(copy), "--commitment", "0" * 64).returncode == 3
    written = run("letter", "3", "--ledger", str(ledger), "--format", "html", "--out", str(page), lang="zh")
    assert (written.returncode, "告知书" in page.read_text(encoding="utf-8")) == (0, True)
    assert run("letter", "3").returncode == 2


# ---- notices


def households_of(*names):
    return [example(name) for name in names]


def test_a_notice_lists_without_personal_values_and_leaves_blank_what_is_not_stated():
    pack = pack_of("xuanzhou_2021")
    document = notice(pack, pack.procedure("inclusion"), households_of("included"), datetime.date(2021, 9, 1))
    text = documents_text([document])
    assert section(document, 1).rows == (("1", "●●●12", "示例镇", "示例村", "", "应纳入监测"),)
    assert "公示天数：未规定（条款 3.2 “村内公示”）" in text
    assert f"自 {BLANK} 起，至 {BLANK} 止" in text
    assert "村两委办理" in text
    assert not any(secret in text for secret in ("H-0412", "21950", "5487", "1968"))


@pytest.mark.parametrize("name", ["minhang_2020", "xuanzhou_2021"])
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_no_notice_holds_a_personal_value(name, data):
    pack = pack_of(name)
    apart = ToldApart(data.draw(households(pack)), pack.vocabulary)
    facts, _ = read_facts({**apart.data, "household_id": "户-13579-024"}, pack.vocabulary)
    public = [one for one in pack.procedures.values() if any(step.lasts for step in one.steps.values())]
    assert len(public) > 1
    for procedure in public:
        text = documents_text([notice(pack, procedure, [facts], day_in(pack))])
        assert "●●●24" in text
        assert [value for value in ("户-13579-024", *apart.secret) if value in text] == []


def test_a_notice_lasts_as_long_as_the_deployer_says():
    done = run(
        "notice",
        str(EXAMPLES / "included.yaml"),
        str(EXAMPLES / "undetermined.yaml"),
        str(EXAMPLES / "not_included.yaml"),
        *("--pack", "xuanzhou_2021", "--procedure", "inclusion", "--posted-on", "2021-09-10"),
        lang="zh",
    )
    assert "自 2021-09-10 起，至 ＿" in done.stdout
    assert "不符合 1 户，尚不能确定 1 户" in done.stderr


def test_settings_give_a_notice_its_last_day(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text("parameters:\n  publicity_days: {value: P7D, source: 示例县规定}\n", encoding="utf-8")
    done = run(
        "notice",
        str(EXAMPLES / "included.yaml"),
        *("--pack", "xuanzhou_2021", "--procedure", "inclusion", "--posted-on", "2021-09-10", "--settings", str(file)),
        lang="zh",
    )
    assert "自 2021-09-10 起，至 2021-09-17 止" in done.stdout
    assert "7 天（使用单位规定）" in done.stdout


def test_who_is_open_or_does_not_fit_is_not_listed():
    pack = pack_of("xuanzhou_2021")
    found = [
        listed(pack, pack.procedure("inclusion"), one, datetime.date(2021, 9, 1), Settings())
        for one in households_of("included", "undetermined", "not_included")
    ]
    assert found == [True, None, False]
    done = run("notice", str(EXAMPLES / "not_included.yaml"), "--pack", "xuanzhou_2021", "--procedure", "inclusion")
    assert (done.returncode != 0, "request.nobody_listed" in done.stderr) == (True, True)


@pytest.mark.parametrize(
    ("pack", "procedure", "step"),
    [
        ("xuanzhou_2021", "inclusion", "publicity"),
        ("xuanzhou_2021", "removal", "publicity"),
        ("minhang_2020", "exit_of_own_will", "publicity"),
        ("xuanzhou_2021", "discovery", None),
        ("qingtian_2022", "warning", None),
    ],
)
def test_only_a_procedure_with_publicity_has_a_notice(pack, procedure, step):
    loaded = pack_of(pack)
    if step is not None:
        assert publicity_of(loaded, loaded.procedure(procedure)).id == step
        return
    with pytest.raises(RequestError) as error:
        publicity_of(loaded, loaded.procedure(procedure))
    assert error.value.problems[0].code == "request.no_publicity"


# ---- the list of benefits

RECEIVED = [
    {
        "kind": "medical",
        "benefit": "relief",
        "received_on": "2023-02-01",
        "amount": Decimal("1200.50"),
        "provider": "县民政局",
    },
    {"benefit": "project", "received_on": "2023-05-01", "amount": 8000},
    {"benefit": "relief", "received_on": "2023-12-31", "amount": Decimal("0.10")},
    {"benefit": "solicitude", "received_on": "2023-01-01"},
    {"benefit": "subsidy", "received_on": "2022-12-31", "amount": 300},
    {"benefit": "subsidy", "received_on": "2024-01-01", "amount": 300},
    {"benefit": "subsidy", "amount": 500},
]
FIRST, LAST = datetime.date(2023, 1, 1), datetime.date(2023, 12, 31)


def list_of(received, as_of="2024-01-31"):
    pack = pack_of("qingtian_2022")
    data = {"county": "青田县", "as_of": as_of, "household_id": "Q-1"}
    facts, _ = read_facts(data | ({} if received is None else {"received": received}), pack.vocabulary)
    return benefits(pack, facts, FIRST, LAST)


def test_everything_received_in_the_period_by_kind_and_sum():
    found = list_of(RECEIVED)
    sums = {kind: (total.amount, total.count, total.without_amount) for kind, total in found.by_kind}
    assert sums == {
        "relief": (Decimal("1200.60"), 2, 0),
        "project": (Decimal(8000), 1, 0),
        "solicitude": (Decimal(0), 1, 1),
    }
    assert list(sums) == ["relief", "project", "solicitude"]
    assert (found.total.amount, found.total.count) == (Decimal("9200.60"), 4)
    assert [str(one.on) for one in found.items] == ["2023-01-01", "2023-02-01", "2023-05-01", "2023-12-31"]
    assert len(found.undated) == 1
    assert not found.complete


def test_no_list_is_not_an_empty_list():
    unknown, empty, early = list_of(None), list_of([]), list_of([], as_of="2023-11-30")
    assert (unknown.known, unknown.complete) == (False, False)
    assert (empty.known, empty.complete) == (True, True)
    assert (early.known, early.complete) == (True, False)


def test_lists_of_benefits_from_the_command_line(tmp_path):
    lines = ["as_of: 2023-11-30", "household_id: Q-17", "county: 青田县", "low_income: true"]
    lines += ["received:", "  - {benefit: relief, received_on: 2023-02-01, amount: 1200.50, provider: 县民政局}"]
    lines += ["visits: [{kind: visit, visited_on: 2023-02-03, by_paired_cadre: true}]"]
    lines += ["helpers: [{helper_id: C-1, role: paired_cadre, assigned_on: 2023-01-01, serving: true}]"]
    facts, book = tmp_path / "q.yaml", tmp_path / "q.xlsx"
    facts.write_text("\n".join(lines), encoding="utf-8")
    asked = ["benefits", str(facts), "--pack", "qingtian_2022", "--from", "2023-01-01", "--to", "2023-12-31"]
    text = run(*asked, lang="zh").stdout
    assert "幸福清单" in text
    assert "2023-02-01  保障救助  县民政局  1200.5 元" in text
    assert "记录完整到 2023-11-30，此后的情况不明" in text
    assert "每月联系走访" in text
    assert "<table>" in run(*asked, "--format", "html", lang="zh").stdout
    assert run(*asked, "--format", "xlsx", "--out", str(book)).returncode == 0
    rows = CalamineWorkbook.from_path(str(book)).get_sheet_by_name("幸福清单").to_python()
    assert rows[1][0] == "Q-17"
    assert rows[1][-1] == 1200.5
    refused = run(*asked[:3], "xuanzhou_2021", *asked[4:])
    assert "request.no_benefits" in refused.stderr


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("of: low_income", "link.benefit_type"),
        ("of: recieved", "facts.unknown_fact"),
        ("on: amount", "link.benefit_type"),
        ("kind: provider", "link.benefit_type"),
        ("amount: benefit", "link.benefit_type"),
    ],
)
def test_a_declared_list_is_checked(tmp_path, line, code):
    """The pack's own file with one line of `benefits` changed."""
    for file in (ROOT / "policies" / "qingtian_2022").rglob("*.yaml"):
        copy = tmp_path / file.relative_to(ROOT / "policies" / "qingtian_2022")
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8")
        if file.name == "pack.yaml":
            key = line.partition(":")[0]
            text, count = re.subn(rf"(?m)^  {key}: \w+$", f"  {line}", text)
            assert count == 1
        copy.write_text(text, encoding="utf-8")
    _, problems = check_pack(tmp_path)
    assert code in [found.code for found in problems]


def test_a_list_of_benefits_follows_a_case_file(tmp_path):
    facts, life = tmp_path / "q.yaml", tmp_path / "life.yaml"
    given_ = ["as_of: 2023-11-30", "county: 青田县", "low_income: true"]
    facts.write_text(
        "\n".join([*given_, "received: [{benefit: relief, received_on: 2023-02-01, amount: 1200}]"]), encoding="utf-8"
    )
    opened = ["case", "open", str(life), "--procedure", "warning", "--on", "2023-11-30", "--pack", "qingtian_2022"]
    assert run(*opened, "--id", "Q-9", "--facts", str(facts)).returncode == 0
    text = run("benefits", str(life), "--from", "2023-01-01", "--to", "2023-12-31", lang="zh").stdout
    assert "户编号 Q-9" in text
    assert "保障救助  1     1200 元" in text
    assert "记录完整到 2023-11-30，此后的情况不明" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["letter", "FILE", "--pack", "qingtian_2022"],
        ["notice", "FILE", "--pack", "minhang_2020", "--procedure", "exit_of_own_will"],
        ["benefits", "FILE", "--pack", "qingtian_2022", "--from", "2023-01-01", "--to", "2023-12-31"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_only_households_are_written_to(tmp_path, arguments):
    file = tmp_path / "v.yaml"
    file.write_text("subject: village\nas_of: 2023-01-01\nvillage_id: V-1\n", encoding="utf-8")
    done = run(*(str(file) if part == "FILE" else part for part in arguments))
    assert (done.returncode != 0, "request.not_a_household" in done.stderr) == (True, True)


def test_a_period_runs_forward():
    done = run("benefits", "x.yaml", "--pack", "qingtian_2022", "--from", "2023-02-01", "--to", "2023-01-01")
    assert "request.period_backwards" in done.stderr
