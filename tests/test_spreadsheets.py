"""Tables of facts: the template filled in and decided, every kind of rejected row, encodings, mappings."""

from __future__ import annotations

import csv
import datetime
from collections import Counter
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from policy_engine.app.cli.decide_table import decide_table
from policy_engine.app.cli.exits import Exit
from policy_engine.decision.decide import decide_facts
from policy_engine.documents.mapping import read_mapping, suggest
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import load_pack
from policy_engine.documents.table_columns import needed, sheets_of
from policy_engine.documents.table_facts import read_household
from policy_engine.documents.table_files import open_tables
from policy_engine.documents.tables import read_tables
from policy_engine.errors import FactsError, RequestError
from policy_engine.report.workbook import write_template

DAY = datetime.date(2021, 9, 1)
LONG = "341802199001011234"
HEAD = ["户编号", "县市区", "家庭人口", "纯收入 2021", "脱贫户", "监测对象"]


@pytest.fixture(scope="module")
def pack():
    return load_pack("xuanzhou_2021")


def workbook(path, **sheets):
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime.date):
                    page.write_datetime(at, column, cell, dates)
                elif cell is not None:
                    page.write(at, column, cell)
    book.close()
    return path


def folder(path, encoding="utf-8", **sheets):
    path.mkdir(exist_ok=True)
    for name, rows in sheets.items():
        with (path / f"{name}.csv").open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return path


def sheet(path, name):
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()


def one(path, pack, mapping=None):
    """The only household of a table, and its problems."""
    tables = read_tables(path, pack.vocabulary, mapping)
    (household,) = tables.households
    return read_household(tables.layouts, household, pack.vocabulary)


def rejections(tmp_path, pack, **sheets):
    out = tmp_path / "out.xlsx"
    code = decide_table(workbook(tmp_path / "in.xlsx", **sheets), pack, DAY, out)
    rows = sheet(out, "被拒绝的行")[1:]
    assert (code == Exit.INVALID) == bool(rows)
    return rows, sheet(out, "结果")[1:]


# ---- the template


def test_a_template_filled_in_is_decided_like_a_facts_file(tmp_path, pack):
    columns = needed(pack, (2021, 2020))
    write_template(tmp_path / "t.xlsx", pack, columns)
    values = {
        "household_id": LONG,
        "county": "宣州区",
        "household_size": 4,
        "lifted_from_poverty": "是",
        "finances.2021.net_income": 23999.99,
        "at_risk": "是",
        "at_risk.by": "研判组",
        "at_risk.observed_on": datetime.date(2021, 8, 20),
        "shocks.complete": "是",
    }
    headings = CalamineWorkbook.from_path(str(tmp_path / "t.xlsx")).get_sheet_by_name("户").to_python()[0]
    own = [column for found, column in columns if not found.list]
    assert len(headings) == len(own)
    filled = workbook(tmp_path / "f.xlsx", 户=[headings, [values.get(column.id) for column in own]])
    facts, problems = one(filled, pack)
    assert problems == ()
    wanted, _ = read_facts(
        {
            "household_id": LONG,
            "county": "宣州区",
            "household_size": 4,
            "lifted_from_poverty": True,
            "finances": {"2021": {"net_income": 23999.99}},
            "at_risk": {"value": True, "by": "研判组", "observed_on": "2021-08-20"},
            "shocks": [],
        },
        pack.vocabulary,
    )
    assert facts == wanted
    out = tmp_path / "r.xlsx"
    assert decide_table(filled, pack, DAY, out, decisions=["monitoring"]) == Exit.DECIDED
    heading, row = sheet(out, "结果")
    assert row[heading.index("是否应纳入监测")] == "应纳入监测"
    assert "3.4 “应纳尽纳”" in row[heading.index("是否应纳入监测·条款")]
    assert row[0] == LONG


def test_a_template_has_drop_downs_and_explanations_and_is_the_same_each_time(tmp_path, pack):
    columns = needed(pack, (2021, 2020), ["monitoring"])
    for name in ("a.xlsx", "b.xlsx"):
        write_template(tmp_path / name, pack, columns)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    ids = [column.id for _, column in columns]
    assert {"household_id", "county", "at_risk.by", "finances.2020.net_income", "shocks.complete"} <= set(ids)
    assert "business_wish" not in ids


def test_every_heading_leads_back_to_its_column(pack):
    for found in sheets_of(pack.vocabulary):
        for column in found.columns:
            dated = column.in_year("2021")
            assert found.find(found.heading(dated)) == dated
            assert found.find(dated.id) == dated


@pytest.mark.parametrize(
    "heading",
    [
        "net_income 2021",
        "纯收入 2021",
        "纯收入2021",
        "2021年纯收入",
        "纯收入（2021年）",
        "finances.2021.net_income",
        "２０２１年纯收入",
        "纯收入 ２０２１",
        "finances.２０２１.net_income",
    ],
)
def test_figures_by_year_are_found_with_their_year_only(pack, heading):
    own = sheets_of(pack.vocabulary)[0]
    assert own.find(heading).path == ("finances", "2021", "net_income")
    assert own.find("纯收入") is None
    assert own.find("finances.²⁰²¹.net_income") is None
    assert own.find("纯收入 ٢٠٢١") is None


# ---- rejected rows


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("纯收入 2021", "约两万", "table.wrong_cell"),
        ("纯收入 2021", datetime.date(2021, 1, 1), "table.wrong_cell"),
        ("纯收入 2021", 0.125, "facts.bad_amount"),
        ("纯收入 2021", True, "table.wrong_cell"),
        ("家庭人口", 2.5, "facts.bad_count"),
        ("脱贫户", "有", "table.wrong_cell"),
        ("脱贫户", 1, "table.wrong_cell"),
        ("监测对象类别", "贫困户", "table.wrong_cell"),
        ("纳入日期", "去年", "table.wrong_cell"),
        ("纳入日期", "2021-02-30", "table.wrong_cell"),
        ("纳入日期", 44440, "table.wrong_cell"),
        ("网格", 341802199001011234, "table.long_number"),
        ("网格", datetime.date(2021, 3, 1), "table.wrong_cell"),
        ("返贫致贫风险", "因病、因懒", "table.wrong_list"),
    ],
)
def test_a_cell_that_is_no_value_rejects_its_row(tmp_path, pack, column, cell, code):
    rows, results = rejections(
        tmp_path, pack, 户=[["户编号", "县市区", column], ["H1", "宣州区", cell], ["H2", "宣州区"]]
    )
    assert [row[0] for row in results] == ["H2"]
    assert [(row[0], row[2], row[3], row[4], row[8]) for row in rows] == [("户", "C2", "H1", column, code)]
    assert rows[0][5]
    assert rows[0][6]
    assert "户编号=H1" in rows[0][9]


def test_a_code_typed_as_a_number_has_lost_its_end(tmp_path, pack):
    rows, results = rejections(tmp_path, pack, 户=[["户编号"], [341802199001011234]])
    assert (rows[0][2], rows[0][8], results) == ("A2", "table.long_number", [])


def test_rows_that_do_not_belong_together_are_all_named(tmp_path, pack):
    rows, results = rejections(
        tmp_path,
        pack,
        户=[
            ["户编号", "县市区"],
            ["H1", "宣州区"],
            ["H2", "宣州区"],
            ["H1", "宣州区"],
            [None, "宣州区"],
            ["H3", None, "多余"],
        ],
        家庭成员=[["户编号", "残疾等级"], ["H2", "九级"], ["H9", "1"], ["H1", "1"], ["H2", 1]],
    )
    found = Counter((row[0], row[2], row[8]) for row in rows)
    assert found == Counter(
        {
            ("户", "A2", "table.id_twice"): 1,
            ("户", "A4", "table.id_twice"): 1,
            ("户", "A5", "table.id_missing"): 1,
            ("户", "C6", "table.beyond_columns"): 1,
            ("家庭成员", "A3", "table.no_household"): 1,
            ("家庭成员", "A4", "table.id_twice"): 1,
            ("家庭成员", "B2", "table.wrong_cell"): 1,
            ("户", "A3", "table.set_aside"): 1,
            ("家庭成员", "A5", "table.set_aside"): 1,
        }
    )
    assert results == []


@pytest.mark.parametrize(
    ("sheets", "code", "near"),
    [
        ({"户": [["户编号", "脱贫护"]]}, "table.unknown_column", "脱贫户"),
        ({"户": [["户编号", "脱贫户", "lifted_from_poverty"]]}, "table.column_twice", "户!B1"),
        ({"户": [["脱贫户"]]}, "table.no_column", "户编号"),
        ({"户": [["户编号"]], "家庭成元": [["户编号"]]}, "table.unknown_sheet", "家庭成员"),
        ({"家庭成员": [["户编号"]]}, "table.no_sheet", "户"),
        ({"户": [["户编号", "纯收入"]]}, "table.no_year", "纯收入 2021"),
    ],
)
def test_headings_and_sheets_are_never_passed_over(tmp_path, pack, sheets, code, near):
    with pytest.raises(FactsError) as caught:
        read_tables(workbook(tmp_path / "in.xlsx", **sheets), pack.vocabulary)
    (found,) = caught.value.problems
    assert found.code == code
    assert near in found.show("zh")


def test_a_judgement_counts_only_with_by_whom_and_when(tmp_path, pack):
    out = tmp_path / "out.xlsx"
    head = ["户编号", "县市区", "存在返贫致贫风险", "存在返贫致贫风险·研判人"]
    decide_table(workbook(tmp_path / "in.xlsx", 户=[head, ["H1", "宣州区", "是", "组"]]), pack, DAY, out)
    notes = sheet(out, "提醒")[1:]
    assert [(row[2], row[8]) for row in notes] == [("C2", "table.judgement")]
    assert notes[0][6] == "在“存在返贫致贫风险·研判人”和“存在返贫致贫风险·研判日期”两列里填上。"
    assert len(sheet(out, "结果")) == 2


# ---- what cells mean


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("脱贫户", "是", True),
        ("脱贫户", False, False),
        ("脱贫户", "TRUE", True),
        ("返贫致贫风险", "因病、因学，disaster", ("illness", "schooling", "disaster")),
        ("返贫致贫风险", "无", ()),
        ("返贫致贫风险", None, None),
        ("社会救助类别", "无", "none"),
        ("危房等级", "D级", "D"),
        ("纳入日期", datetime.date(2021, 8, 30), "2021-08-30"),
        ("纳入日期", "2021/8/30", "2021-08-30"),
        ("纳入日期", "2021年8月30日", "2021-08-30"),
        ("网格", "000123", "000123"),
        ("网格", 123, "123"),
        ("家庭人口", "3", "3"),
    ],
)
def test_cells_are_read_as_people_mean_them(tmp_path, pack, column, cell, value):
    facts, problems = one(workbook(tmp_path / "in.xlsx", 户=[["户编号", column], ["H1", cell]]), pack)
    assert problems == ()
    fact = pack.vocabulary.form("household").find(column)
    found = facts.root.get(fact.id)
    assert (found if value is None or isinstance(value, (bool, tuple)) else str(found)) == value


@pytest.mark.parametrize("number", [23999.99, 0.1 + 0.2, 1e6, 12345678.9, 0.07])
def test_binary_fractions_are_read_as_shown(tmp_path, pack, number):
    facts, _ = one(workbook(tmp_path / "in.xlsx", 户=[["户编号", "纯收入 2021"], ["H1", number]]), pack)
    assert str(facts.root["finances"]["2021"]["net_income"]) == f"{number:.2f}".rstrip("0").rstrip(".")


@pytest.mark.parametrize(
    ("complete", "rows", "known"),
    [(None, 0, None), ("是", 0, 0), ("否", 0, None), (None, 2, 2), ("是", 2, 2), ("否", 2, None)],
)
def test_a_list_is_known_by_its_rows_or_by_being_called_complete(tmp_path, pack, complete, rows, known):
    path = workbook(
        tmp_path / "in.xlsx",
        户=[["户编号", "突发变故已列全"], ["H1", complete]],
        突发变故=[["户编号", "变故类别"], *[["H1", None]] * rows],
    )
    facts, _ = one(path, pack)
    found = facts.root.get("shocks")
    assert (None if found is None else len(found)) == known


# ---- files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_that_counties_use(tmp_path, pack, encoding):
    rows = [HEAD, [LONG, "宣州区", "1", "24,000.50", "是", "TRUE"]]
    path = folder(tmp_path / "csv", encoding, 户=rows, 家庭成员=[["户编号", "残疾等级"], [LONG, "一级"]])
    facts, problems = one(path, pack)
    assert problems == ()
    assert facts.id == LONG
    assert str(facts.root["finances"]["2021"]["net_income"]) == "24000.50"
    assert facts.root["members"][0]["disability_grade"] == "1"


def test_csv_that_a_spreadsheet_has_shortened(tmp_path, pack):
    out = tmp_path / "out.xlsx"
    path = folder(tmp_path / "csv", 户=[HEAD, ["3.41802E+17", "宣州区"]])
    assert decide_table(path, pack, DAY, out) == Exit.INVALID
    assert sheet(out, "被拒绝的行")[1][8] == "table.long_number"


def test_files_that_cannot_be_read(tmp_path, pack):
    (tmp_path / "a.xlsx").write_bytes(b"no workbook")
    (tmp_path / "户.csv").write_bytes(b"\xff\xff\xff")
    for name, code in (("a.xlsx", "file.no_workbook"), ("户.csv", "table.encoding"), ("c.xlsx", "file.not_found")):
        with pytest.raises(FactsError) as caught:
            read_tables(tmp_path / name, pack.vocabulary)
        assert caught.value.problems[0].code == code


# ---- mappings

MAPPING = """\
format: 1
sheets:
  户:
    from: 导出
    header: 2
    repeated: true
    columns:
      户主身份证号: household_id
      区: county
      纯收入（万元）: {fact: 纯收入 2021, unit: 万元}
      是否脱贫: {fact: lifted_from_poverty, values: {1: 是, 2: 否, 不详: ''}}
    ignore: [序号]
  家庭成员:
    from: 导出
    header: 2
    columns:
      户主身份证号: 户编号
      病情: {fact: health, values: {健康: 无, 长期慢性病: chronic}}
"""
EXPORT = [
    ["宣州区监测信息"],
    ["序号", "户主身份证号", "区", "纯收入（万元）", "是否脱贫", "病情"],
    [1, LONG, "宣州区", 2.39999, 1, "健康"],
    [2, LONG, "宣州区", 2.39999, 1, "长期慢性病、大病重病"],
]


def test_an_export_comes_in_by_its_mapping(tmp_path, pack):
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    mapping = read_mapping(tmp_path / "m.yaml", pack.vocabulary)
    facts, problems = one(workbook(tmp_path / "in.xlsx", 导出=EXPORT), pack, mapping)
    assert problems == ()
    assert str(facts.root["finances"]["2021"]["net_income"]) == "23999.9"
    assert facts.root["lifted_from_poverty"] is True
    assert [member["health"] for member in facts.root["members"]] == [(), ("chronic", "major_illness")]


def test_repeated_rows_must_agree(tmp_path, pack):
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    differing = [*EXPORT, [3, LONG, "宣州区", 9, 1, "健康"]]
    out = tmp_path / "out.xlsx"
    path = workbook(tmp_path / "in.xlsx", 导出=differing)
    assert decide_table(path, pack, DAY, out, mapping=tmp_path / "m.yaml") == Exit.INVALID
    assert len(sheet(out, "结果")) == 1


def test_mistakes_in_a_mapping_are_told_together(tmp_path, pack):
    text = MAPPING.replace("county", "conty").replace("unit: 万元", "unit: 斤").replace("2: 否", "2: 没有")
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(FactsError) as caught:
        read_mapping(tmp_path / "m.yaml", pack.vocabulary)
    assert [found.code for found in caught.value.problems] == [
        "table.unknown_column",
        "table.unit",
        "table.no_such_code",
    ]
    assert all(found.span for found in caught.value.problems)


def test_a_mapping_is_proposed_from_the_headings(tmp_path, pack):
    path = workbook(tmp_path / "in.xlsx", 导出=[*EXPORT[:1], [*EXPORT[1], "脱贫户"], [*EXPORT[2], "Y"]])
    text = suggest({name: read().rows for name, read in open_tables(path).items()}, pack.vocabulary, 2021)
    assert "header: 2" in text
    assert "'户主身份证号': '户编号'" in text
    assert "'纯收入（万元）': {fact: '纯收入 2021', unit: '万元'}" in text
    assert "'序号': '?'" in text
    assert "'脱贫户': {fact: '脱贫户', values: {'Y': '?'}}" in text


# ---- many households


def test_a_table_decides_as_each_household_alone(tmp_path, pack, monkeypatch):
    monkeypatch.setattr("policy_engine.app.cli.decide_table.IN_PROCESS", 100)
    households = [
        {
            "household_id": f"H{i}",
            "county": "宣州区" if i % 10 else "泾县",
            "household_size": 1 + i % 5,
            "finances": {"2021": {"net_income": 1000 * (i % 37)}},
            "lifted_from_poverty": bool(i % 2),
            "monitored": bool(i % 3),
        }
        for i in range(500)
    ]
    rows = [
        [
            h["household_id"],
            h["county"],
            h["household_size"],
            h["finances"]["2021"]["net_income"],
            *("否是"[h[k]] for k in KEYS),
        ]
        for h in households
    ]
    out = tmp_path / "out.xlsx"
    decide_table(
        workbook(tmp_path / "in.xlsx", 户=[HEAD, *rows]), pack, DAY, out, decisions=["in_range", "linkage_fund"]
    )
    heading, *written = sheet(out, "结果")
    single = [
        decide_facts(pack, read_facts(h, pack.vocabulary)[0], DAY, decisions=["in_range", "linkage_fund"])
        for h in households
    ]
    assert [row[0] for row in written] == [h["household_id"] for h in households]
    at = heading.index("在监测范围内")
    assert Counter(row[at] for row in written) == Counter(
        {True: "是", False: "否"}[d["in_range"].outcome] if d.answers else "" for d in single
    )
    again = tmp_path / "again.xlsx"
    decide_table(tmp_path / "in.xlsx", pack, DAY, again, decisions=["in_range", "linkage_fund"])
    assert out.read_bytes() == again.read_bytes()


KEYS = ("lifted_from_poverty", "monitored")


def test_a_date_is_needed(tmp_path, pack):
    path = workbook(tmp_path / "in.xlsx", 户=[["户编号"], ["H1"]])
    with pytest.raises(RequestError):
        decide_table(path, pack, None, tmp_path / "out.xlsx")
    dated = workbook(tmp_path / "d.xlsx", 户=[["户编号", "事实日期"], ["H1", DAY], ["H2", None]])
    assert decide_table(dated, pack, None, tmp_path / "out.xlsx") == Exit.INVALID
    assert [row[8] for row in sheet(tmp_path / "out.xlsx", "被拒绝的行")[1:]] == ["request.no_date"]


def test_the_command_line(tmp_path):
    from typer.testing import CliRunner

    from policy_engine.app.cli.main import app

    runner = CliRunner()
    template = tmp_path / "t.xlsx"
    assert runner.invoke(app, ["template", "--pack", "xuanzhou_2021", "--out", str(template)]).exit_code == 0
    other = str(tmp_path / "other.xlsx")
    refused = runner.invoke(app, ["template", "--pack", "xuanzhou_2021", "--out", other, "-d", "monitorin"])
    assert (refused.exit_code, "request.unknown_decision" in refused.stderr) == (2, True)
    path = str(workbook(tmp_path / "in.xlsx", 户=[HEAD, ["H1", "宣州区", 4, 24000, "否", "否"]]))
    asked = ["decide", path, "--pack", "xuanzhou_2021", "--on", "2021-09-01", "-d", "linkage_fund"]
    assert runner.invoke(app, [*asked, "--out", str(tmp_path / "r.xlsx")]).exit_code == 0
    assert Path(tmp_path / "r.xlsx").is_file()
    assert runner.invoke(app, asked).exit_code == 2
    facts = ["decide", "examples/xuanzhou/included.yaml", "--pack", "xuanzhou_2021", "--out", str(tmp_path / "x.xlsx")]
    assert runner.invoke(app, facts).exit_code == 2
    assert "'户编号': '户编号'" in runner.invoke(app, ["mapping", "suggest", path, "--pack", "xuanzhou_2021"]).stdout
