"""`policy-engine population`, run as a process."""

from __future__ import annotations

import os
import subprocess
import sys

import polars as pl
import pytest

ASK = ["--pack", "xuanzhou_2021", "--on", "2021-09-01"]


def run(*arguments, lang="en"):
    ran = subprocess.run(
        [sys.executable, "-c", "from policy_engine.app.cli import main; main()", "population", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8" if lang == "en" else "zh_CN.UTF-8", "PYTHONUTF8": "1"},
    )
    assert "Traceback" not in ran.stdout + ran.stderr
    return ran


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    ran = run("make", *ASK, "--households", 400, "--seed", 5, "--out", folder)
    assert ran.returncode == 0, ran.stderr
    return folder


def test_the_same_seed_makes_the_same_county(county, tmp_path):
    run("make", *ASK, "--households", 400, "--seed", 5, "--out", tmp_path)
    names = sorted(path.name for path in county.iterdir())
    assert names == sorted(path.name for path in tmp_path.iterdir())
    assert all(pl.read_parquet(county / name).equals(pl.read_parquet(tmp_path / name)) for name in names)


def test_blocks_and_the_whole_give_the_same(county, tmp_path):
    asked = [*ASK, "-d", "monitoring", "-d", "kinds", "--missing"]
    for name, size in (("blocks", 90), ("whole", 0)):
        ran = run("decide", county, *asked, "--block", size, "--out", tmp_path / f"{name}.parquet")
        assert ran.returncode == 4, ran.stderr
    blocks, whole = (pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("blocks", "whole"))
    assert blocks.equals(whole)
    assert whole.height == 400
    open_ = whole.filter(pl.col("monitoring.status") == "undetermined")
    assert open_.height > 0
    assert open_["monitoring"].null_count() == open_.height
    assert (open_["monitoring.missing"].list.len() > 0).all()


def test_csv_in_and_out(county, tmp_path):
    folder = tmp_path / "csv"
    folder.mkdir()
    for path in county.iterdir():
        table = pl.read_parquet(path)
        lists = [name for name, dtype in table.schema.items() if isinstance(dtype, pl.List)]
        none = [
            pl.when(pl.col(name).list.len() == 0)
            .then(pl.lit("无"))
            .otherwise(pl.col(name).cast(pl.List(pl.String)).list.join("、"))
            .alias(name)
            for name in lists
        ]
        table.with_columns(none).write_csv(folder / f"{path.stem}.csv")
    for given, out in ((county, "a.csv"), (folder, "b.csv")):
        assert run("decide", given, *ASK, "--out", tmp_path / out).returncode == 4
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_describe_counts_every_household(county):
    ran = run("describe", county, *ASK, "-d", "monitoring", "--by", "town")
    assert ran.returncode == 0, ran.stderr
    assert "in scope 400" in ran.stdout
    assert "missing (households" in ran.stdout
    assert "适用 400" in run("describe", county, *ASK, "-d", "monitoring", lang="zh").stdout


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda table: table.with_columns(pl.lit(1.0).alias("incom")), "table.unknown_column"),
        (lambda table: pl.concat([table, table.head(1)]), "table.id_twice"),
        (lambda table: table.drop("household_id"), "table.no_column"),
        (lambda table: table.head(200), "table.no_household"),
        (lambda table: table.with_columns(pl.lit("no such").alias("relief")), "facts.not_an_option"),
    ],
)
def test_a_county_that_cannot_be_used(county, tmp_path, change, code):
    for path in county.iterdir():
        table = pl.read_parquet(path)
        (change(table) if path.stem == "households" else table).write_parquet(tmp_path / path.name)
    ran = run("decide", tmp_path, *ASK, "--out", tmp_path / "out.parquet", "--block", 150)
    assert ran.returncode == 3
    assert code in ran.stderr


def test_without_a_date_or_a_place_for_the_result(county, tmp_path):
    assert "request.no_date" in run("decide", county, "--pack", "xuanzhou_2021", "--out", tmp_path / "o.csv").stderr
    assert "population.bad_out" in run("decide", county, *ASK, "--out", tmp_path / "o.ods").stderr
    assert "population.no_file" in run("describe", tmp_path, *ASK).stderr


def test_outcomes_alone_are_those_of_the_whole(county, tmp_path):
    for name, more in (("whole", []), ("only", ["--only", "outcomes"])):
        ran = run("decide", county, *ASK, *more, "--out", tmp_path / f"{name}.parquet")
        assert ran.returncode == 4, ran.stderr
    whole, only = (pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("whole", "only"))
    assert set(only.columns) == {name for name in whole.columns if "." not in name}
    texts = only.with_columns(pl.col(pl.Enum).cast(pl.String))
    assert texts.equals(whole.select(texts.columns))
    assert 0 < only["monitoring"].null_count() < only.height
    ran = run("decide", county, *ASK, "--only", "outcomes", "--missing", "--out", tmp_path / "both.parquet")
    assert ran.returncode != 0
    assert "do not go together" in ran.stderr


def test_a_made_up_county_is_compared(county):
    command = [sys.executable, "-c", "from policy_engine.app.cli import main; main()", "compare", str(county), *ASK]
    env = {**os.environ, "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    ran = subprocess.run([*command, "--set", "range_line=6500"], capture_output=True, text=True, check=False, env=env)
    assert ran.returncode == 0, ran.stderr
    assert "2021-09-01, 400 households" in ran.stdout
    assert "stand otherwise" in ran.stdout


HEAD = "household_id,county,household_size,lifted_from_poverty,finances.2021.net_income,severe_hardship"
DECIDED_NONE = "A1,宣州区,4,false,99999,false"
OPEN = "A2,宣州区,4,,20000,"


def csv_county(folder, *rows, encoding="utf-8"):
    (folder / "households.csv").write_text("\n".join([HEAD, *rows, ""]), encoding=encoding)
    return folder


def test_no_decision_of_that_name(county):
    for ask in (["describe", county], ["decide", county, "--out", "never.csv"]):
        ran = run(*ask, *ASK, "-d", "monitorin")
        assert ran.returncode == 2
        assert "request.unknown_decision" in ran.stderr
        assert "monitoring" in ran.stderr
    assert "request.other_subject" in run("describe", county, *ASK, "-d", "regional_shocks").stderr


def test_a_csv_file_called_parquet(tmp_path):
    given = csv_county(tmp_path, OPEN) / "households.csv"
    for size in (0, 100):
        ran = run("describe", given.rename(tmp_path / "x.parquet"), *ASK, "--block", size)
        assert ran.returncode == 1
        assert "x.parquet" in ran.stderr
        assert "[file.unreadable]" in ran.stderr
        given = tmp_path / "x.parquet"


def test_a_county_is_not_overwritten(county):
    before = {path.name: path.read_bytes() for path in county.iterdir()}
    ran = run("make", *ASK, "--households", 3, "--out", county)
    assert ran.returncode == 1
    assert "file.exists" in ran.stderr
    assert {path.name: path.read_bytes() for path in county.iterdir()} == before


@pytest.mark.parametrize("share", ["3", "-1", "few"])
def test_the_share_of_unknown_cells_is_a_share(tmp_path, share):
    ran = run("make", *ASK, "--households", 3, "--missing", share, "--out", tmp_path / "new")
    assert ran.returncode == 2
    assert not (tmp_path / "new").exists()


def test_csv_as_chinese_spreadsheets_write_it(tmp_path):
    told = []
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        (tmp_path / encoding).mkdir()
        given = csv_county(tmp_path / encoding, DECIDED_NONE, OPEN, encoding=encoding)
        ran = run("describe", given, *ASK, "-d", "monitoring")
        assert ran.returncode == 0, ran.stderr
        told.append(ran.stdout)
    assert "in scope 2" in told[0]
    assert len(set(told)) == 1


def test_none_is_not_unknown_in_csv(county, tmp_path):
    for out in ("a.parquet", "a.csv"):
        assert run("decide", county, *ASK, "-d", "kinds", "--out", tmp_path / out).returncode == 4
    kept = pl.read_parquet(tmp_path / "a.parquet")["kinds"]
    written = pl.read_csv(tmp_path / "a.csv", infer_schema=False)["kinds"]
    assert kept.dtype == pl.List(pl.String)
    assert 0 < kept.null_count() < (kept.list.len() == 0).sum()
    assert ((written == "无") == (kept.list.len() == 0)).all()
    assert (written.is_null() == kept.is_null()).all()


def test_the_figures_are_parted_by_facts_that_exist(tmp_path):
    given = csv_county(tmp_path, DECIDED_NONE, OPEN)
    ran = run("describe", given, *ASK, "-d", "monitoring", "--by", "twon")
    assert ran.returncode == 2
    assert "[facts.unknown_fact]" in ran.stderr
    assert "town" in ran.stderr
    ran = run("describe", given, *ASK, "-d", "in_range", "--by", "town")
    assert "    ?: no 1, yes 1" in ran.stdout or "    ?: yes 1, no 1" in ran.stdout
    for known in ("secure.food", "finances.2019.income"):
        assert "    ?: " in run("describe", given, *ASK, "-d", "in_range", "--by", known).stdout
    ran = run("describe", given, *ASK, "-d", "in_range", "--by", "县市区")
    assert "    宣州区: " in ran.stdout, ran.stderr
    ran = run("describe", given, *ASK, "--weights", "household_sise")
    assert "[population.no_weights]" in ran.stderr
    assert "household_size" in ran.stderr


def test_figures_in_chinese(tmp_path):
    told = run("describe", csv_county(tmp_path, DECIDED_NONE, OPEN), *ASK, "-d", "in_range", lang="zh").stdout
    assert "已确定 2" in told
    assert "  是: 1" in told
    assert "determined" not in told
    assert "true" not in told


def test_a_county_of_nobody(tmp_path):
    assert "households  0" in run("describe", csv_county(tmp_path), *ASK, "-d", "in_range").stdout


def test_a_household_twice_in_a_facts_file(tmp_path):
    text = "household_id: {}\ncounty: 宣州区\nhousehold_size: 2\nfinances: {{2021: {{net_income: 9000}}}}\n"
    (tmp_path / "in.yaml").write_text("---\n".join(text.format(id_) for id_ in "ABA"), encoding="utf-8")
    ran = run("decide", tmp_path / "in.yaml", *ASK, "-d", "in_range", "--out", tmp_path / "out.csv")
    assert ran.returncode == 3, ran.stderr
    assert pl.read_csv(tmp_path / "out.csv")["household_id"].to_list() == ["B"]
    rejected = pl.read_csv(tmp_path / "out.rejected.csv")
    assert rejected["行"].to_list() == [1, 3]
    assert rejected["代码"].to_list() == ["table.id_twice"] * 2
    ran = run("describe", tmp_path / "in.yaml", *ASK, "-d", "in_range")
    assert ran.returncode == 3
    assert ran.stderr.count("table.id_twice") == 2
