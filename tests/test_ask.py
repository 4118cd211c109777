"""`ask`: what a person answers stands in the facts file at once, wherever and however the file writes it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from policy_engine.app.cli import ask as asking
from policy_engine.app.facts_file import load_data, save_data, with_answer
from policy_engine.documents.read_facts import read_facts_file
from policy_engine.documents.read_pack import load_pack
from test_cli import EXAMPLES, LINE, run

VOCABULARY = load_pack("xuanzhou_2021").vocabulary
UNDETERMINED = (EXAMPLES / "undetermined.yaml").read_text(encoding="utf-8")
YEARS = """\
finances:
  2020: {net_income: 22800, disposable_income: 25100}
  2021: {disposable_income: 23100}
"""
assert YEARS in UNDETERMINED


def ask(path, *answers, also=()):
    stdin = "".join(f"{answer}\n" for answer in answers)
    return run("ask", "--pack", "xuanzhou_2021", "-d", "monitoring", *also, str(path), stdin=stdin)


def figures(path):
    """The figures by year of the one household in a file, as the engine reads them."""
    (facts,), _ = read_facts_file(path, VOCABULARY)
    return facts.root["finances"]


@pytest.mark.parametrize(
    ("years", "before"),
    [
        ("", None),
        ("finances: {}\n", None),
        ("finances:\n", None),
        ("finances:\n  2020: {net_income: 22800}\n", 22800),
        ("finances:\n  2020: {net_income: 22800}\n  2021:\n", 22800),
        ('finances:\n  "2020": {net_income: 22800}\n', 22800),
        ('finances:\n  2020: {net_income: 22800}\n  "2021": {disposable_income: 23100}\n', 22800),
        ("年度收支:\n  2020: {纯收入: 22800}\n  2021: {可支配收入: 23100}\n", 22800),
        ("年度收支: {2020: {net_income: 22800}}\n", 22800),
        ("finances: {value: {2020: {net_income: 22800}}, by: village}\n", 22800),
        ("finances: {value: null}\n", None),
        ("finances:\n  2020: &one {net_income: 22800}\n  2021: {value: {disposable_income: 1}, by: x}\n", 22800),
        ("finances:\n  2020: &one {disposable_income: 5}\n  2021: *one\n", None),
    ],
)
def test_a_figure_of_a_year_is_written_under_its_year(tmp_path, years, before):
    file = tmp_path / "household.yaml"
    file.write_text(UNDETERMINED.replace(YEARS, years), encoding="utf-8")
    save_data(with_answer(load_data(file), "finances.2021.net_income", 20400, VOCABULARY), file)
    found = figures(file)
    assert found["2021"]["net_income"] == 20400
    assert found.get("2020", {}).get("net_income") == before
    assert "# 只差一个事实的一户" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "years", ["", "finances:\n  2020: {net_income: 22800}\n", "年度收支:\n  2021: {可支配收入: 23100}\n"]
)
def test_the_first_figure_of_a_year_is_taken(tmp_path, years):
    file = tmp_path / "household.yaml"
    file.write_text(UNDETERMINED.replace(YEARS, years), encoding="utf-8")
    done = ask(file, "20400", "q")
    assert done.returncode == 0, done.stdout + done.stderr
    assert figures(file)["2021"]["net_income"] == 20400


def test_a_label_in_the_file_stays_the_only_name_of_its_fact(tmp_path):
    file = tmp_path / "household.yaml"
    file.write_text(UNDETERMINED.replace(YEARS, "年度收支: {2021: {纯收入: , 可支配收入: 1}}\n"), encoding="utf-8")
    assert ask(file, "20400").returncode == 0
    assert "年度收支: {2021: {纯收入: 20400, 可支配收入: 1}}\n" in file.read_text(encoding="utf-8")


def test_a_json_file_stays_json(tmp_path):
    (facts,), _ = read_facts_file(EXAMPLES / "undetermined.yaml", VOCABULARY)
    people = [
        {name: list(x) if isinstance(x, tuple) else x for name, x in one.items()} for one in facts.root["members"]
    ]
    content = {
        "as_of": "2021-09-01",
        "county": "宣州区",
        "household_size": 4,
        "finances": {"2020": {"net_income": 22800}, "2021": {"disposable_income": 23100.50}},
        "lifted_from_poverty": False,
        "at_risk": {"value": True, "by": "示例镇研判组", "observed_on": "2021-08-20"},
        "severe_hardship": None,
        "members": people,
        "household_id": "0012",
    }
    file = tmp_path / "household.json"
    file.write_text(json.dumps(content, ensure_ascii=False, indent=4), encoding="utf-8")
    done = ask(file, "20400.10")
    assert done.returncode == 0, done.stdout + done.stderr
    written = file.read_text(encoding="utf-8")
    content["finances"]["2021"]["net_income"] = 20400.1
    assert json.loads(written) == content
    assert "20400.10" in written
    assert figures(file)["2021"]["net_income"] == Decimal("20400.10")


def test_every_answer_is_on_the_disk_before_the_next_question(tmp_path, monkeypatch):
    file = tmp_path / "household.yaml"
    text = UNDETERMINED.replace("lifted_from_poverty: false\n", "")
    file.write_text(text, encoding="utf-8")
    seen = []

    def line(prompt):
        seen.append((prompt, figures(file)["2021"].get("net_income")))
        if len(seen) == 1:
            return "20400"
        raise KeyboardInterrupt

    monkeypatch.setattr(asking, "_line", line)
    with pytest.raises(KeyboardInterrupt):
        asking.command("xuanzhou_2021", file, decision=["monitoring", "kinds"], by="panel")
    assert [value for _, value in seen] == [None, 20400], seen
    assert [path.name for path in tmp_path.iterdir()] == ["household.yaml"]


def test_an_answer_that_cannot_be_leaves_no_trace(tmp_path):
    file = tmp_path / "household.yaml"
    file.write_text(UNDETERMINED.replace(YEARS, ""), encoding="utf-8")
    done = ask(file, "20400.123", "q")
    assert done.returncode == 4
    assert "facts.bad_amount" in done.stderr
    assert "\nfinances" not in file.read_text(encoding="utf-8")


def test_a_file_of_several_households_is_left_alone(tmp_path):
    file = tmp_path / "two.json"
    file.write_text('[{"household_id": "a"}, {"household_id": "b"}]', encoding="utf-8")
    done = ask(file, "2021-09-01", "y")
    assert done.returncode == 3
    assert "form.wrong_kind" in done.stderr
    assert file.read_text(encoding="utf-8") == '[{"household_id": "a"}, {"household_id": "b"}]'


def test_where_nothing_can_be_written_the_first_question_is_not_asked(tmp_path):
    done = ask(EXAMPLES / "undetermined.yaml", "20400", also=("--out", str(tmp_path / "nowhere" / "x.yaml")))
    assert done.returncode == 1
    assert "file.unwritable" in done.stderr
    assert "net income" not in done.stderr


def test_members_are_reached_by_number_and_lines_stay_whole(tmp_path):
    file = tmp_path / "household.yaml"
    file.write_text(UNDETERMINED, encoding="utf-8")
    data = with_answer(load_data(file), "members[2].labour", "none", VOCABULARY)
    assert data["members"][1]["labour"] == "none"
    assert load_data(file)["members"][1]["labour"] == "weak"


def test_ask_stops_when_the_answer_is_settled(tmp_path):
    facts = tmp_path / "asked.yaml"
    facts.write_text(LINE + "as_of: 2021-09-01\nlifted_from_poverty: true\n", encoding="utf-8")
    done = run("ask", str(facts), "--pack", "xuanzhou_2021", "-d", "monitoring", "--by", "panel", stdin="y\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "To be included" in done.stdout
    written = facts.read_text(encoding="utf-8")
    assert "by: panel" in written
    again = run("decide", str(facts), "--pack", "xuanzhou_2021", "-d", "monitoring")
    assert again.returncode == 0


def test_ask_takes_not_known_for_an_answer():
    done = run("ask", "--pack", "xuanzhou_2021", "--on", "2021-09-01", "-d", "monitoring", stdin="宣州区\n" + "\n" * 30)
    assert done.returncode == 4
    assert "county: 宣州区" in done.stdout
