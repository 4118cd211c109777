"""`pack clauses`: what became of each clause, in every form."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from generators import booleans, make_pack, table
from policy_engine.app.new_pack import write_pack
from policy_engine.checking.accounting import account
from policy_engine.documents.read_pack import load_pack, shipped_packs
from policy_engine.report.clauses import clauses_data, clauses_html, clauses_text


def run(*arguments):
    command = [sys.executable, "-c", "from policy_engine.app.cli import main; main()", "--lang", "en", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


def test_a_clause_names_what_rests_on_it_and_what_that_asks():
    pack = make_pack(
        {"t": table("first", [("a and some m in members satisfies m.in_school", "x")], "y")},
        {**booleans("a", "b")},
        {"p": {"label": "线", "value": 1, "cites": ["1"]}},
        {
            "r": {
                "reads": {"clause": "1", "words": "字"},
                "question": "何义？",
                "options": {"one": "b", "judged": "judgement"},
                "default": "one",
                "why": "w",
            }
        },
    )
    (found,) = account(pack)
    assert found.used_by == (
        ("parameter", "p"),
        ("reading", "r"),
        ("decision", "t"),
        ("rule", "t.r0"),
        ("rule", "t.otherwise"),
    )
    assert found.facts == (("household", "r"), ("household", "b"), ("household", "a"), ("member", "in_school"))
    text = clauses_text(pack, [found], "zh")
    assert "规则         t：x  [t.r0]" in text
    assert "所需事实     农户：字、b、a\n" in text
    assert "所需事实     家庭成员：在校" in text
    assert "共 1 条，已编入 1 条" in text


@pytest.mark.parametrize("name", shipped_packs())
def test_every_clause_of_the_packs_stands_in_every_form(name):
    pack = load_pack(name)
    found = account(pack)
    data = clauses_data(pack, found)
    assert [row["clause"] for row in data["clauses"]] == list(pack.clauses)
    for row in data["clauses"]:
        assert bool(row["rests"]) != bool(row["set_aside"])
        assert all(part["label"]["zh"] and part["label"]["en"] for part in row["rests"])
    page = clauses_html(pack, found, "en")
    assert page.count("<tr>") == len(pack.clauses)
    for language in ("zh", "en"):
        lines = clauses_text(pack, found, language).splitlines()
        assert sum(not line.startswith(" ") for line in lines) == len(pack.clauses) + 2


def test_a_clause_without_a_trace_ends_with_its_code(tmp_path):
    folder = tmp_path / "pinghe_2030"
    write_pack(folder)
    with (folder / "pack.yaml").open("a", encoding="utf-8") as file:
        file.write('  "2": {about: {zh: 补助, en: Grants}}\n')
    for form in ("text", "html", "json"):
        done = run("pack", "clauses", str(folder), "--format", form)
        assert done.returncode == 3
        assert "clause.unaccounted" in done.stderr
    assert json.loads(done.stdout)["clauses"][1]["rests"] == []
    assert "1 unaccounted for" in run("pack", "clauses", str(folder)).stdout
