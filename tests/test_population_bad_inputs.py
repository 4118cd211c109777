"""Inputs that are wrong, through the commands: each is an error or a warning in its very place; none silent, none dropped."""

from __future__ import annotations

import polars as pl
import pytest
from typer.testing import CliRunner

from policy_engine.app.cli.main import app

ASK = ["--pack", "xuanzhou_2021", "--on", "2021-09-01", "-d", "monitoring", "-d", "in_range"]
COMMANDS = ("decide", "describe", "compare")
FIGURES = "finances.2021.income"


def run(command, folder, out):
    asked = ["population", command] if command != "compare" else ["compare"]
    further = {"decide": ["--out", str(out)], "compare": ["--set", "range_line=6500"], "describe": []}[command]
    return CliRunner().invoke(app, [*asked, str(folder), *ASK, *further])


def county(folder, form, households, **lists):
    folder.mkdir()
    for name, rows in {"households": households, **lists}.items():
        table = pl.DataFrame(rows, strict=False)
        table.write_parquet(folder / f"{name}.parquet") if form == "parquet" else table.write_csv(
            folder / f"{name}.csv", null_value=""
        )
    return folder


TWO = {"household_id": ["a", "b"]}
WRONG = {
    "an 18-digit code as a binary number": (
        {"household_id": [1.0, 341802199001011234.0]},
        {},
        "households!household_id:2",
        "table.long_number",
    ),
    "NaN": ({**TWO, FIGURES: [1.0, float("nan")]}, {}, f"households!{FIGURES}:2", "facts.not_finite"),
    "infinity": ({**TWO, FIGURES: [float("-inf"), 1.0]}, {}, f"households!{FIGURES}:1", "facts.not_finite"),
    "a household without members": (
        {**TWO, "members.complete": [True, True]},
        {"members": {"household_id": ["b"], "labour": ["weak"]}},
        "households!members:1",
        "facts.no_people",
    ),
    "a member without household": (
        TWO,
        {"members": {"household_id": ["a", "c"], "labour": ["weak", "weak"]}},
        "members!household_id:2",
        "table.no_household",
    ),
    "a household twice": ({"household_id": ["a", "a"]}, {}, "households!household_id:2", "table.id_twice"),
    "a negative number of people": ({**TWO, "household_size": [3, -1]}, {}, "households!household_size:2", "facts.bad_count"),
    "an unknown code": ({**TWO, "relief": ["dibao", "dibo"]}, {}, "households!relief:2", "facts.not_an_option"),
    "a missing column": ({"town": ["a", "b"]}, {}, "households", "table.no_column"),
    "a column too many": ({**TWO, "incom": [1, 2]}, {}, "households!incom", "table.unknown_column"),
    "an amount finer than a fen": ({**TWO, FIGURES: [1.0, 0.001]}, {}, f"households!{FIGURES}:2", "facts.bad_amount"),
}  # fmt: skip


@pytest.mark.parametrize(("command", "form"), [("decide", "parquet"), ("decide", "csv"), ("compare", "parquet")])
@pytest.mark.parametrize("case", WRONG)
def test_an_error_in_its_place(case, command, form, tmp_path):
    households, lists, place, code = WRONG[case]
    if form == "csv" and code == "table.long_number":
        form = "parquet"  # a text file has no binary numbers
    ran = run(command, county(tmp_path / "in", form, households, **lists), tmp_path / "out.parquet")
    assert ran.exit_code == 3, ran.output
    assert any(line.startswith(f"{place}: ") and f"[{code}]" in line for line in ran.output.splitlines()), ran.output
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_negative_amount_is_told_and_decided(command, tmp_path):
    spent = "finances.2021.rigid_spending.illness"
    folder = county(tmp_path / "in", "parquet", {**TWO, spent: [1.0, -2.5], FIGURES: [-3.0, 2.0]})
    ran = run(command, folder, tmp_path / "out.parquet")
    assert ran.exit_code in (0, 4), ran.output
    assert f"households!{spent}:2" in ran.output
    assert ran.output.count("plausible.negative") == 1
    if command == "decide":
        assert pl.read_parquet(tmp_path / "out.parquet").height == 2


def test_without_a_line_of_members_the_list_is_unknown(tmp_path):
    members = {"household_id": ["b"], "labour": ["weak"]}
    folder = county(tmp_path / "in", "parquet", {**TWO, "members.complete": [None, None]}, members=members)
    ran = run("decide", folder, tmp_path / "out.parquet")
    assert ran.exit_code == 4
    assert pl.read_parquet(tmp_path / "out.parquet")["household_id"].to_list() == ["a", "b"]


def test_in_a_later_block_rows_are_still_counted_from_the_first(tmp_path):
    households = {"household_id": [f"h{n}" for n in range(10)], "relief": ["dibao"] * 7 + ["dibo"] + ["dibao"] * 2}
    members = {
        "household_id": [f"h{n}" for n in range(10) for _ in range(2)],
        "labour": ["weak"] * 15 + ["wek"] + ["weak"] * 4,
    }
    folder = county(tmp_path / "in", "parquet", households, members=members)
    ran = CliRunner().invoke(
        app, ["population", "decide", str(folder), *ASK, "--block", "3", "--out", str(tmp_path / "out.parquet")]
    )
    assert ran.exit_code == 3
    assert "households!relief:8: " in ran.output
    assert "members!labour:16: " in ran.output


def test_in_a_column_of_lists_the_item_is_named(tmp_path):
    households = {**TWO, "members": [[{"labour": "weak"}], [{"labour": "weak"}, {"labour": "wek"}]]}
    ran = run("decide", county(tmp_path / "in", "parquet", households), tmp_path / "out.parquet")
    assert ran.exit_code == 3
    assert "members!labour:2[2]: " in ran.output


@pytest.mark.parametrize("cells", [["illness", None], [None]])
def test_a_gap_in_a_list_is_not_passed_over(cells, tmp_path):
    households = {**TWO, "risk_kinds": [["illness"], cells]}
    ran = run("decide", county(tmp_path / "in", "parquet", households), tmp_path / "out.parquet")
    assert ran.exit_code == 3
    assert "households!risk_kinds:2: " in ran.output


def test_rows_out_of_order_are_told_once_they_are_too_far_apart(tmp_path, monkeypatch):
    monkeypatch.setattr("policy_engine.population.files.BLOCK", 2)
    households = {"household_id": [f"h{n}" for n in range(10)]}
    members = {"household_id": [f"h{n}" for n in reversed(range(10))], "labour": ["weak"] * 10}
    folder = county(tmp_path / "in", "parquet", households, members=members)
    asked = ["population", "decide", str(folder), *ASK, "--out", str(tmp_path / "out.parquet")]
    ran = CliRunner().invoke(app, [*asked, "--block", "3"])
    assert ran.exit_code == 3
    assert "members!household_id:5: " in ran.output
    assert "population.not_sorted" in ran.output
    assert not (tmp_path / "out.parquet").exists()
    assert CliRunner().invoke(app, [*asked, "--block", "0"]).exit_code == 4


@pytest.mark.parametrize(
    ("households", "members", "problem"),
    [
        ([1, 3, 5, 2, 4, 6], [1, 2, 3, 4, 5, 6], None),
        ([1, 2, 3, 4, 5, 6], ["1", "2", "4", "5", "5", "6"], None),
        (["1", "2", "3", "4"], [1, 2, 2, 5], ("members!household_id:4: ", "table.no_household")),
        ([1, 2**63 + 2, 2], [1, 2, 2], None),
        ([1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 6, 6, 1], ("members!household_id:8: ", "population.not_sorted")),
        ([1, 2, 4, 5, 6, 7], [1, 2, 3, 4, 6, 7], ("members!household_id:3: ", "table.no_household")),
        ([1, 2, 3, 4, 5, 3], [1, 2, 3, 4, 5, 5], ("households!household_id:6: ", "table.id_twice")),
    ],
)
def test_codes_that_are_numbers_are_looked_up_like_others(households, members, problem, tmp_path, monkeypatch):
    monkeypatch.setattr("policy_engine.population.files.BLOCK", 3)
    rows = {"household_id": members, "labour": ["weak"] * len(members)}
    folder = county(tmp_path / "in", "parquet", {"household_id": households}, members=rows)
    asked = ["population", "decide", str(folder), *ASK]
    ran = CliRunner().invoke(app, [*asked, "--block", "3", "--out", str(tmp_path / "blocks.parquet")])
    assert ran.exit_code == (3 if problem else 4), ran.output
    if problem:
        assert any(line.startswith(problem[0]) and problem[1] in line for line in ran.output.splitlines()), ran.output
    else:
        CliRunner().invoke(app, [*asked, "--block", "0", "--out", str(tmp_path / "whole.parquet")])
        assert pl.read_parquet(tmp_path / "blocks.parquet").equals(pl.read_parquet(tmp_path / "whole.parquet"))
