"""Samples: what is counted is the sum of the weights, beside the rows; a weight that is none is an error in its row."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import polars as pl
import pytest
from typer.testing import CliRunner

from policy_engine.app.cli.main import app

ASK = ["--pack", "xuanzhou_2021", "--on", "2021-09-01", "-d", "in_range"]


def run(*arguments):
    ran = CliRunner().invoke(app, [*map(str, arguments)])
    return ran.exit_code, ran.output


def run_in_english(*arguments):
    """As a process: the language is chosen when the program starts."""
    ran = subprocess.run(
        [sys.executable, "-c", "from policy_engine.app.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
    )
    return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture
def county(tmp_path):
    """In range for certain: a and c; not: b; open: d. Their weights are 2.5, 10, 0, 7.25."""
    table = pl.DataFrame(
        {
            "household_id": ["a", "b", "c", "d"],
            "town": ["甲", "甲", "乙", "乙"],
            "county": ["宣州区"] * 4,
            "household_size": [1, 1, 1, 1],
            "finances.2021.net_income": [100.0, 90000.0, 200.0, None],
            "stands_for": [2.5, 10.0, 0.0, 7.25],
        }
    )
    path = tmp_path / "households.parquet"

    def written(**columns):
        table.with_columns(pl.Series(name, cells, strict=False) for name, cells in columns.items()).write_parquet(path)
        return path

    return written


def test_describe_beside_the_rows(county):
    code, told = run_in_english(
        "population", "describe", county(), *ASK, "--by", "town", "--weights", "stands_for", "--block", 3
    )
    assert code == 0, told
    assert "in scope 4" in told
    assert "determined 3 (12.5), undetermined 1 (7.25)" in told
    assert "yes: 2–3 (2.5–9.75; 12.7%–49.4%)" in told
    assert "no: 1–2 (10–17.25; 50.6%–87.3%)" in told
    assert "甲: yes 1 (2.5), no 1 (10)" in told
    assert "乙: yes 1–2 (0–7.25), no 0–1 (0–7.25)" in told


def test_compare_counts_weights_and_rows(county):
    asked = ["compare", county(), *ASK, "--set", "range_line=100000", "--weights", "stands_for"]
    code, told = run(*asked, "--format", "json")
    assert code == 0, told
    found = json.loads(told)
    assert (found["asked"], found["rows"]) == ("19.75", 4)
    (shift,) = found["scenarios"][0]["decisions"]
    assert (shift["changed"], shift["changed_rows"]) == ("10", 1)
    assert "19.75 households (weighted; 4 in the sample)" in run_in_english(*asked)[1]


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ([1.0, 2.0, -0.5, 1.0], "population.bad_weight"),
        ([1.0, 2.0, None, 1.0], "population.no_weight"),
        ([1.0, 2.0, float("nan"), 1.0], "facts.not_finite"),
        ([1.0, 2.0, float("inf"), 1.0], "facts.not_finite"),
        (["1", "2.5", "many", "1"], "facts.not_a_number"),
        ([True, True, True, True], "facts.not_a_number"),
    ],
)
@pytest.mark.parametrize("command", [["population", "describe"], ["compare"]])
def test_a_weight_that_is_none(command, weights, code, county):
    further = ["--set", "range_line=100000"] if command == ["compare"] else ["--block", "2"]
    exit_code, told = run(*command, county(stands_for=weights), *ASK, *further, "--weights", "stands_for")
    assert exit_code == 3
    assert "households!stands_for:3: " in told
    assert f"[{code}]" in told


def test_no_such_column(county):
    exit_code, told = run("population", "describe", county(), *ASK, "--weights", "weight")
    assert exit_code == 3
    assert "population.no_weights" in told


def test_without_the_option_a_column_of_weights_is_one_too_many(county):
    exit_code, told = run("population", "describe", county(), *ASK)
    assert exit_code == 3
    assert "households!stands_for" in told
