"""Where a file cannot be written, every command says it in the same way: the file as it was named, with its code."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from policy_engine.app.cli.main import app

FACTS = {
    "household_id": "h",
    "county": "宣州区",
    "household_size": 2,
    "finances": {"2021": {"net_income": 9000}},
    "as_of": "2021-09-01",
}
ASK = ("--pack", "xuanzhou_2021", "--on", "2021-09-01")
COMPARE = ("compare", "IN", *ASK, "--set", "range_line=6500", "-d", "in_range")


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (("population", "decide", "IN", *ASK, "-d", "in_range", "--out"), "a.csv"),
        (("population", "decide", "IN", *ASK, "-d", "in_range", "--out"), "a.parquet"),
        (("population", "decide", "IN", *ASK, "-d", "in_range", "--out"), "a.xlsx"),
        (("population", "make", "--pack", "xuanzhou_2021", "--households", "2", "--out"), "county"),
        ((*COMPARE, "--html"), "a.html"),
        ((*COMPARE, "--svg"), "a.svg"),
        (("template", "--pack", "xuanzhou_2021", "--out"), "a.xlsx"),
        (("procedure", "show", "xuanzhou_2021", "removal", "--svg"), "a.svg"),
        (("letter", "IN", *ASK, "-d", "monitoring", "--out"), "a.txt"),
        (("pack", "new"), "made_up"),
    ],
    ids=lambda part: part if isinstance(part, str) else part[0],
)
def test_a_file_that_cannot_be_written(tmp_path, command, name):
    given = tmp_path / "in.json"
    given.write_text(json.dumps(FACTS, ensure_ascii=False), encoding="utf-8")
    (tmp_path / "file").touch()
    out = tmp_path / "file" / name  # a file is no folder, whoever runs this
    ran = CliRunner().invoke(app, [*(str(given) if part == "IN" else part for part in command), str(out)])
    assert ran.exit_code == 1, ran.output
    assert ran.stderr.startswith(f"{out}: ")
    assert "[file.unwritable]" in ran.stderr
    assert "Errno" not in ran.stderr
    assert ".part-" not in ran.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "in.json"]


def test_nothing_is_left_where_the_households_are_wrong(tmp_path):
    (tmp_path / "in.json").write_text(json.dumps({**FACTS, "household_size": "x"}), encoding="utf-8")
    command = ("population", "decide", tmp_path / "in.json", *ASK, "--out", tmp_path / "a.csv")
    assert CliRunner().invoke(app, [*map(str, command)]).exit_code == 3
    assert [path.name for path in tmp_path.iterdir()] == ["in.json"]
