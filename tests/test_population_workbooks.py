"""A workbook through `population decide`: the same rows as `decide FILE.xlsx` reads, in columns; rejected ones listed."""

from __future__ import annotations

import csv

import polars as pl
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from policy_engine.app.cli.main import app

ASK = ["--pack", "xuanzhou_2021", "--on", "2021-09-01"]
HOUSEHOLDS = [
    ["户编号", "家庭人口", "纯收入 2021", "监测对象"],
    ["h1", 4, 20000, "否"],
    ["h2", 2, "约两万", ""],
    ["h3", 3, 90000, ""],
]
MEMBERS = [["户编号", "劳动能力"], ["h1", "弱劳动力或半劳动力"], ["h9", "无劳动力"], ["h3", "普通劳动力"]]


@pytest.fixture(params=["xlsx", "csv"])
def given(request, tmp_path):
    sheets = {"户": HOUSEHOLDS, "家庭成员": MEMBERS}
    if request.param == "csv":
        folder = tmp_path / "in"
        folder.mkdir()
        for name, rows in sheets.items():
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
        return folder
    book = xlsxwriter.Workbook(str(tmp_path / "in.xlsx"))
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    book.close()
    return tmp_path / "in.xlsx"


def run(*arguments):
    return CliRunner().invoke(app, ["population", *map(str, arguments)])


def sheet(path, name):
    head, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_a_workbook_in_and_out(given, tmp_path):
    ran = run("decide", given, *ASK, "--out", tmp_path / "out.xlsx", "-d", "in_range", "-d", "monitoring", "--missing")
    assert ran.exit_code == 3, ran.output
    rows = {row["户编号"]: row for row in sheet(tmp_path / "out.xlsx", "结果")}
    assert list(rows) == ["h1", "h3"]
    (of_range,) = [name for name in rows["h1"] if name.endswith("·状态")][:1]
    assert rows["h1"][of_range] == "已决定"
    assert [rows[id_][of_range.removesuffix("·状态")] for id_ in ("h1", "h3")] == ["是", "否"]
    rejected = {(row["户编号"], row["代码"]): row["单元格"] for row in sheet(tmp_path / "out.xlsx", "被拒绝的行")}
    assert rejected == {("h2", "table.wrong_cell"): "C3", ("h9", "table.no_household"): "A3"}
    about = dict(CalamineWorkbook.from_path(str(tmp_path / "out.xlsx")).get_sheet_by_name("说明").to_python())
    assert about["被拒绝的行"] == "2"


def test_rejected_rows_stand_beside_other_answers(given, tmp_path):
    ran = run("decide", given, *ASK, "--out", tmp_path / "out.parquet")
    assert ran.exit_code == 3, ran.output
    assert pl.read_parquet(tmp_path / "out.parquet")["household_id"].to_list() == ["h1", "h3"]
    assert pl.read_csv(tmp_path / "out.rejected.csv")["户编号"].to_list() == ["h9", "h2"]
    assert "out.rejected.csv" in ran.output


def test_figures_are_not_made_of_a_part(given):
    ran = run("describe", given, *ASK)
    assert ran.exit_code == 3
    assert "table.wrong_cell" in ran.output
    assert "table.no_household" in ran.output


def test_evidence_for_a_whole_workbook_is_refused(given, tmp_path):
    ran = run("decide", given, *ASK, "--judged-by", "研判组", "--judged-on", "2021-08-20", "--out", tmp_path / "o.csv")
    assert ran.exit_code == 2
    assert "population.judged_in_rows" in ran.output


def test_tables_as_a_workbook_say_what_parquet_says(tmp_path):
    assert run("make", *ASK, "--households", 60, "--seed", 2, "--out", tmp_path / "county").exit_code == 0
    for name in ("o.xlsx", "o.parquet"):
        assert run("decide", tmp_path / "county", *ASK, "--out", tmp_path / name).exit_code == 4
    rows, table = sheet(tmp_path / "o.xlsx", "结果"), pl.read_parquet(tmp_path / "o.parquet")
    assert [row["户编号"] for row in rows] == table["household_id"].to_list()
    assert {row["适用范围"] for row in rows} <= {"适用", "不适用", "是否适用未知"}
    undetermined = [name for name in rows[0] if name.endswith("·状态")]
    many = sum(row[name] == "未决" for row in rows for name in undetermined)
    assert many == sum((table[name] == "undetermined").sum() for name in table.columns if name.endswith(".status"))
    assert many > 0
