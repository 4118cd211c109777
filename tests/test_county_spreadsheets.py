"""Spreadsheets as counties keep them: broken lines, merged cells, formulas, files that must not be lost."""

from __future__ import annotations

import datetime
import json
import re
from zipfile import ZipFile

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from policy_engine.app.cli.main import app
from policy_engine.documents.mapping import read_mapping, suggest
from policy_engine.documents.read_pack import load_pack
from policy_engine.documents.table_facts import read_household
from policy_engine.documents.tables import read_tables
from policy_engine.errors import FactsError
from test_spreadsheets import folder, workbook

DAY = datetime.date(2021, 9, 1)
DECIDE = ["--pack", "xuanzhou_2021", "--on", "2021-09-01", "-d", "in_range"]


@pytest.fixture(scope="module")
def pack():
    return load_pack("xuanzhou_2021")


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def sheet(path, name):
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()


# ---- lines of CSV files

BROKEN = {
    "never closed": 'A,宣州区,4\nB,"宣州区,4\nC,宣州区,4\n',
    "closed by a later one": 'A,宣州区,4\nB,"宣州区,4\nC,宣州区",4\n',
    "text behind a quoted cell": 'A,宣州区,4\nB,"宣州区"北,4\n',
    "a line break in a cell": 'A,宣州区,4\nB,"宣州\n区",4\n',
}


@pytest.mark.parametrize("rows", BROKEN.values(), ids=BROKEN)
def test_a_line_that_is_not_closed_swallows_no_household(tmp_path, pack, rows):
    path = tmp_path / "户.csv"
    path.write_text("户编号,县市区,家庭人口\n" + rows, encoding="utf-8")
    with pytest.raises(FactsError) as caught:
        read_tables(path, pack.vocabulary)
    assert [(found.code, found.where) for found in caught.value.problems] == [("table.broken_line", f"{path}:3")]


@pytest.mark.parametrize("rows", BROKEN.values(), ids=BROKEN)
def test_tables_of_a_population_swallow_no_household(tmp_path, rows):
    path = tmp_path / "county.csv"
    path.write_text("household_id,county,household_size\n" + rows, encoding="utf-8")
    found = run("population", "decide", path, *DECIDE, "--out", tmp_path / "r.csv")
    assert found.exit_code == 3
    assert "table.broken_line" in found.stderr
    assert not (tmp_path / "r.csv").exists()


# ---- merged cells


def merged(path, rows, *blocks):
    """A workbook with one sheet of these rows, some of its cells merged: `("C2:C4", "宣州区")`."""
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("户")
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    for block, text in blocks:
        page.merge_range(block, text)
    book.close()
    return path


def households(path, pack, mapping=None):
    """The facts of each household, or the codes and places of its problems."""
    tables = read_tables(path, pack.vocabulary, mapping)
    read = {one.id: read_household(tables.layouts, one, pack.vocabulary) for one in tables.households}
    return {
        id_: facts.root if facts is not None else [(found.code, found.where) for found in problems]
        for id_, (facts, problems) in read.items()
    }


def test_words_merged_down_a_column_are_those_of_every_row(tmp_path, pack):
    rows = [["户编号", "县市区", "乡镇街道", "家庭人口"], ["A", "", "", 4], ["B", "", "", 3], ["C", "", "狸桥镇", 2]]
    path = merged(tmp_path / "in.xlsx", rows, ("B2:B4", "宣州区"), ("C2:C3", "沈村镇"))
    found = households(path, pack)
    assert [(one["county"], one["town"]) for one in found.values()] == [
        ("宣州区", "沈村镇"),
        ("宣州区", "沈村镇"),
        ("宣州区", "狸桥镇"),
    ]


def test_members_under_a_merged_household_code_are_its_members(tmp_path, pack):
    book = xlsxwriter.Workbook(str(tmp_path / "in.xlsx"))
    book.add_worksheet("户").write_column(0, 0, ["户编号", "A", "B"])
    page = book.add_worksheet("家庭成员")
    page.write_row(0, 0, ["户编号", "残疾等级"])
    page.merge_range("A2:A4", "A")
    page.write_row(4, 0, ["B", "一级"])
    page.write(3, 1, "二级")
    book.close()
    found = households(tmp_path / "in.xlsx", pack)
    assert [len(one["members"]) for one in found.values()] == [3, 1]
    assert found["A"]["members"][2]["disability_grade"] == "2"


def test_a_merged_figure_or_row_is_refused_with_its_range(tmp_path, pack):
    rows = [
        ["户编号", "县市区", "纯收入 2021", "脱贫户"],
        ["A", "宣州区", "", "是"],
        ["B", "宣州区", "", "否"],
        ["C", "宣州区", "", ""],
        ["D", "宣州区", 9000, "是"],
    ]
    path = merged(tmp_path / "in.xlsx", rows, ("C2:C3", 60000), ("C4:D4", "不详"))
    found = households(path, pack)
    assert found["A"] == [("table.merged", "户!C2")]
    assert found["B"] == [("table.merged", "户!C3")]
    assert ("table.merged", "户!D4") in found["C"]
    assert found["D"]["lifted_from_poverty"] is True


def test_a_title_merged_above_the_headings_is_no_matter(tmp_path, pack):
    (tmp_path / "m.yaml").write_text("format: 1\nsheets: {户: {header: 3, columns: {区: 县市区}}}\n", encoding="utf-8")
    rows = [["", ""], ["", ""], ["户编号", ""], ["A", "宣州区"]]
    path = merged(tmp_path / "in.xlsx", rows, ("A1:B1", "台账"), ("B2:B3", "区"))
    mapping = read_mapping(tmp_path / "m.yaml", pack.vocabulary)
    assert households(path, pack, mapping)["A"]["county"] == "宣州区"


# ---- formulas


def test_a_formula_never_calculated_and_an_error_are_not_taken_for_unknown(tmp_path, pack):
    book = xlsxwriter.Workbook(str(tmp_path / "in.xlsx"))
    page = book.add_worksheet("户")
    page.write_row(0, 0, ["户编号", "县市区", "家庭人口", "纯收入 2021"])
    for at, id_ in enumerate("ABCDE", 1):
        page.write_row(at, 0, [id_, "宣州区", 4])
    page.write_formula("D2", "=20000+4000", None, "")
    page.write_formula("D3", "=NA()", None, "#N/A")
    page.write_formula("B4", '="宣州区"', None, "")
    page.write_formula("D5", "=12000*2", None, 24000)
    page.write_formula("A7", "=A2", None, "")
    book.close()
    found = households(tmp_path / "in.xlsx", pack)
    assert found["A"] == [("table.not_calculated", "户!D2")]
    assert found["B"] == [("table.wrong_cell", "户!D3")]
    assert found["C"] == [("table.not_calculated", "户!B4")]
    assert str(found["D"]["finances"]["2021"]["net_income"]) == "24000"
    assert "finances" not in found["E"]
    rejected = read_tables(tmp_path / "in.xlsx", pack.vocabulary).rejected
    assert [(one.problem.code, one.problem.where) for one in rejected] == [("table.not_calculated", "户!A7")]


@pytest.mark.parametrize(("cell", "code"), [("#N/A", "table.wrong_cell"), ('="宣州区"', "table.not_calculated")])
def test_errors_and_formulas_in_csv_are_no_words_either(tmp_path, pack, cell, code):
    path = folder(tmp_path / "csv", 户=[["户编号", "县市区"], ["A", cell]])
    assert households(path, pack)["A"] == [(code, "户!B2")]


def test_a_formula_whose_text_is_empty_is_an_empty_cell(tmp_path, pack):
    rows = [["户编号", "县市区"], ["A", "宣州区"]]
    path = workbook(tmp_path / "in.xlsx", 户=rows)
    with ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    part = "xl/worksheets/sheet1.xml"
    parts[part] = re.sub(rb'<c r="B2".*?</c>', b'<c r="B2" t="str"><f>IF(1,"")</f><v></v></c>', parts[part])
    with ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)
    assert "county" not in households(path, pack)["A"]


# ---- files that must not be lost, and files that are no facts


@pytest.fixture
def filled(tmp_path):
    rows = [["户编号", "县市区", "家庭人口", "纯收入 2021"], ["A", "宣州区", 4, 20000]]
    return workbook(tmp_path / "in.xlsx", 户=rows)


def test_what_people_have_worked_on_is_not_written_over(tmp_path, filled):
    mapping, facts = tmp_path / "对应.yaml", tmp_path / "facts.yaml"
    mapping.write_text("# filled in by hand\n", encoding="utf-8")
    facts.write_text("county: 宣州区\n", encoding="utf-8")
    other = workbook(tmp_path / "台账.xlsx", 户=[["户编号"]])
    before = {path: path.read_bytes() for path in (filled, mapping, facts, other)}
    for arguments in (
        ["template", "--pack", "xuanzhou_2021", "--out", filled],
        ["mapping", "suggest", filled, "--pack", "xuanzhou_2021", "--out", mapping],
        ["decide", filled, *DECIDE, "--out", filled],
        ["decide", filled, *DECIDE, "--out", other],
        ["population", "decide", filled, *DECIDE, "--out", filled],
        ["population", "decide", filled, *DECIDE, "--out", other],
        ["ask", "--pack", "xuanzhou_2021", "--on", "2021-09-01", "--out", facts],
        ["letter", facts, "--pack", "xuanzhou_2021", "--on", "2021-09-01", "--out", facts],
    ):
        found = run(*arguments)
        assert found.exit_code == 1, arguments
        assert "file.exists" in found.stderr or "file.is_read" in found.stderr
    assert {path: path.read_bytes() for path in before} == before


def test_an_earlier_result_is_written_anew(tmp_path, filled):
    for command, name in (("decide", "r.xlsx"), ("population decide", "r.xlsx"), ("population decide", "r.csv")):
        for _ in range(2):
            assert run(*command.split(), filled, *DECIDE, "--out", tmp_path / name).exit_code == 0


def test_results_and_lock_files_in_a_folder_are_no_tables(tmp_path):
    csvs = folder(
        tmp_path / "csv",
        户=[["户编号", "县市区", "家庭人口", "纯收入 2021"], ["A", "宣州区", 4, 20000], ["B", "宣州区", "x", 1]],
    )
    (csvs / "~$户.csv").write_text("x", encoding="utf-8")
    assert run("population", "decide", csvs, *DECIDE, "--out", csvs / "结果.csv").exit_code == 3
    assert (csvs / "结果.rejected.csv").exists()
    assert run("decide", csvs, *DECIDE, "--out", tmp_path / "r.xlsx").exit_code == 3
    assert [row[0] for row in sheet(tmp_path / "r.xlsx", "结果")[1:]] == ["A"]
    tables = folder(tmp_path / "tables", household=[["household_id", "county", "household_size"], ["A", "宣州区", 4]])
    for _ in range(2):
        found = run("population", "decide", tables, *DECIDE, "--out", tables / "answers.parquet")
        assert found.exit_code == 4, found.stderr


def test_one_csv_file_of_any_name_has_the_households(tmp_path, pack):
    (tmp_path / "宣州导出.csv").write_text("户编号,县市区\nA,宣州区\n", encoding="utf-8")
    assert households(tmp_path / "宣州导出.csv", pack)["A"]["county"] == "宣州区"
    assert households(tmp_path, pack)["A"]["county"] == "宣州区"


# ---- proposed mappings


def proposed(pack, headings, *rows):
    lines = suggest({"导出": [headings, *rows]}, pack.vocabulary, 2021).splitlines()
    return dict(line.strip().split(": ", 1) for line in lines if line.startswith("      '"))


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("2021年家庭纯收入(万元)", "{fact: '纯收入 2021', unit: '万元'}"),
        ("２０２０年纯收入", "'纯收入 2020'"),
        ("家庭人均纯收入", "'人均纯收入 2021'"),
        ("2021工资收入", "'工资性收入 2021'"),
        ("家庭人口数", "'家庭人口'"),
        ("是否脱贫户", "'脱贫户'"),
        ("县区", "'县市区'"),
        ("所属村", "'行政村'"),
        ("户主身份证号", "'户编号'"),
    ],
)
def test_headings_that_name_a_fact_whole_are_recognised(pack, heading, target):
    assert proposed(pack, [heading])[f"'{heading}'"] == target


@pytest.mark.parametrize(
    "heading", ["常住人口", "残疾等级", "医疗支出", "户主姓名", "监测户类别", "非脱贫户", "2021年脱贫户", "联系电话"]
)
def test_headings_that_are_only_like_a_fact_are_left_to_people(pack, heading):
    assert proposed(pack, ["户编号", "脱贫户", heading], ["A", "是", "1"])[f"'{heading}'"].startswith("'?'")


def test_no_names_are_copied_into_a_proposal(pack):
    found = proposed(
        pack, ["户编号", "户主签字", "脱贫户"], ["A", "张三", "1"], ["B", "李四", "有"], ["C", "王五", "赵六"]
    )
    assert not any(name in text for name in ("张三", "李四", "王五", "赵六") for text in found.values())
    assert found["'户主签字'"].startswith("'户主签字'  # 另有 3")
    assert found["'脱贫户'"].startswith("{fact: '脱贫户', values: {'1': '?', '有': '?'}}  # 另有 1")


# ---- what is told about a run

HEADINGS = ["户编号", "县市区", "家庭人口", "纯收入 2021"]


@pytest.mark.parametrize(
    ("rows", "decided", "not_decided", "rejected"),
    [
        ([["A", "宣州区", 4, 1], ["A", "宣州区", 4, 2]], 0, 1, 2),
        ([["A", "宣州区", 4, 1], [None, "宣州区", 4, 2], [None, "宣州区", 4, 2]], 1, 2, 2),
        ([["A", "宣州区", "x", "y"], ["B", "宣州区", 4, 2]], 1, 1, 1),
        ([["A", "宣州区", 4, 1]], 1, 0, 0),
    ],
)
def test_every_household_is_counted(tmp_path, rows, decided, not_decided, rejected):
    path = workbook(tmp_path / "in.xlsx", 户=[HEADINGS, *rows])
    out = tmp_path / "r.xlsx"
    found = run("decide", path, *DECIDE, "--out", out, "--format", "json")
    told = json.loads(found.stdout)
    assert (told["decided"], told["not_decided"], told["rejected_rows"]) == (decided, not_decided, rejected)
    assert told["pack"]["id"] == "xuanzhou_2021"
    assert found.exit_code == (3 if rejected else 0)
    assert ["因行有误没有决定的户", str(not_decided)] in sheet(out, "说明")


SUPPLIED = """
parameters:
  publicity_days: {windows: [{from: 2021-01-01, to: 2021-12-31, value: P7D}], source: 区办〔2021〕9号}
"""
LOWER = """
scenario: lower
change:
  - {about: household, when: household_id = "A", set: {this_year.net_income: this_year.net_income * 0.9}}
"""


def test_the_answers_say_what_was_supplied_and_supposed(tmp_path):
    path = workbook(tmp_path / "in.xlsx", 户=[HEADINGS, ["A", "宣州区", 4, 20000]])
    (tmp_path / "settings.yaml").write_text(SUPPLIED, encoding="utf-8")
    (tmp_path / "lower.yaml").write_text(LOWER, encoding="utf-8")
    asked = (path, *DECIDE, "--settings", tmp_path / "settings.yaml", "--set", "range_line=6600")
    scenario = ("--scenario", tmp_path / "lower.yaml")
    runs = {"r": ("decide", *asked, *scenario), "m": ("decide", *asked, *scenario, "--mask")}
    runs["p"] = ("population", "decide", *asked)
    told = {}
    for name, words in runs.items():
        assert run(*words, "--out", tmp_path / f"{name}.xlsx").exit_code == 0
        told[name] = [row for row in sheet(tmp_path / f"{name}.xlsx", "说明") if row[0].startswith(("使用", "设想"))]
    supplied = ["使用单位提供 publicity_days", "公示天数：7 天，自 2021-01-01，至 2021-12-31（来源：区办〔2021〕9号）"]
    line = ["设想", "监测范围线: 6000 元/人 → 6600 元/人  2.2 “2021年家庭人均纯收入6000元”"]
    change = ["设想", 'household_id = "A": 纯收入（本年度） := this_year.net_income * 0.9']
    hidden = ["设想", "另有 1 处事实的变动，未列出"]
    assert told == {"r": [supplied, line, change], "m": [supplied, line, hidden], "p": [supplied, line]}


def test_a_table_without_households_decides_nothing(tmp_path):
    path = workbook(tmp_path / "in.xlsx", 户=[HEADINGS, [None, None, " ", None]])
    found = run("decide", path, *DECIDE, "--out", tmp_path / "r.xlsx")
    assert found.exit_code == 3
    assert "table.no_rows" in found.stderr


def test_the_answers_to_a_table_are_no_page(tmp_path, filled):
    assert run("decide", filled, *DECIDE, "--out", tmp_path / "r.xlsx", "--format", "html").exit_code == 2


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("纯收入 2021", "两万", ["两万", "数字"]),
        ("纯收入 2021", "0.125", ["纯收入 2021", "两位小数"]),
        ("脱贫户", "有", ["有", "是、否"]),
        ("纳入日期", "去年", ["去年", "日期，如 2021-09-01"]),
        ("返贫致贫风险", "因懒", ["因懒", "因病、"]),
    ],
)
def test_a_clerk_is_told_in_the_terms_of_the_sheet(tmp_path, column, cell, words):
    path = folder(tmp_path / "csv", 户=[["户编号", column], ["A", cell]])
    run("decide", path, *DECIDE, "--out", tmp_path / "r.xlsx")
    row = sheet(tmp_path / "r.xlsx", "被拒绝的行")[1]
    told = f"{row[6]} {row[7]}"
    assert all(word in told for word in words)
    assert not re.search("[A-Za-z]{2}", told)


def test_a_file_that_is_no_workbook_is_told_without_the_reader_s_words(tmp_path):
    (tmp_path / "bad.xlsx").write_text("hello", encoding="utf-8")
    found = run("--lang", "zh", "decide", tmp_path / "bad.xlsx", *DECIDE, "--out", tmp_path / "r.xlsx")
    assert found.exit_code == 1
    assert "file.no_workbook" in found.stderr
    assert "zip" not in found.stderr.lower()


@pytest.mark.parametrize("cell", ["#N/A", "=A2"])
def test_errors_in_tables_of_a_population_are_no_words_either(tmp_path, cell):
    path = tmp_path / "county.csv"
    path.write_text(f"household_id,county,household_size\nA,{cell},4\n", encoding="utf-8")
    found = run("population", "decide", path, *DECIDE, "--out", tmp_path / "r.csv")
    assert found.exit_code == 3
    assert "households!county:1: " in found.stderr


def test_a_full_width_year_in_tables_of_a_population_is_an_unknown_column(tmp_path):
    path = tmp_path / "county.csv"
    path.write_text("household_id,county,finances.２０２１.net_income\nA,宣州区,4\n", encoding="utf-8")
    found = run("population", "decide", path, *DECIDE, "--out", tmp_path / "r.csv")
    assert found.exit_code == 3
    assert "２０２１" in found.stderr
