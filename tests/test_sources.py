"""A pack against the official text: the four texts, and what was done to them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from policy_engine import load_pack
from policy_engine.checking.accounting import account, citations, unaccounted
from policy_engine.checking.normal import normal
from policy_engine.checking.official_text import match_text

ROOT = Path(__file__).parents[1]
SOURCES = ROOT.parent / "shared" / "sources"
PACKS = sorted(path.name for path in (ROOT / "policies").iterdir() if (path / "pack.yaml").exists())

if not SOURCES.exists() and os.environ.get("CI"):
    raise FileNotFoundError(SOURCES)
with_texts = pytest.mark.skipif(not SOURCES.exists(), reason="the official texts are not beside this checkout")


def text_of(name):
    return (SOURCES / f"{name}.md").read_text(encoding="utf-8")


def unmarked(text):
    text = re.sub(r"\A---.*?\n---\n", "", text, flags=re.DOTALL)
    return re.sub(r"\[[0-9A-Z.]+\] ", "", text)


def rewrapped(text):
    flat = re.sub(r"\n+", "", re.sub(r"^#+ ", "", unmarked(text), flags=re.MULTILINE))
    return "\n".join(flat[start : start + 37] for start in range(0, len(flat), 37))


def widths_swapped(text):
    return rewrapped(text).translate(str.maketrans("，；：（）？！0123456789", "，;:()?!０１２３４５６７８９"))


@pytest.mark.parametrize("name", PACKS)
def test_every_clause_is_accounted_for(name):
    pack = load_pack(name)
    assert unaccounted(pack) == ()
    assert all(found.encoded or found.clause.set_aside for found in account(pack))
    assert all(clause.sha256 and clause.sentences for clause in pack.clauses.values())


@with_texts
@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("change", [str, unmarked, rewrapped, widths_swapped])
def test_the_text_is_found_unchanged_however_it_is_set(name, change):
    match = match_text(load_pack(name), change(text_of(name)))
    assert [clause for clause in match.clauses if clause.status != "unchanged"] == []
    assert match.added == ()


@with_texts
@pytest.mark.parametrize("name", PACKS)
def test_cited_words_stand_in_their_clause_and_are_no_passage(name):
    parts = re.split(r"^#+ \[([^\]]+)\] .*$", text_of(name), flags=re.MULTILINE)
    texts = {parts[i]: normal(parts[i + 1]) for i in range(1, len(parts), 2)}
    for clause, words in citations(load_pack(name)).items():
        assert [word for word in words if normal(word) not in texts[clause]] == [], clause
        assert all(len(word) <= 40 for word in words)


@with_texts
def test_changes_are_told_apart():
    text, pack = text_of("xuanzhou_2021"), load_pack("xuanzhou_2021")
    status = lambda changed: {c.number: c for c in match_text(pack, changed).clauses if c.status != "unchanged"}  # noqa: E731

    figure = status(text.replace("6000元", "6500元"))
    assert figure.keys() == {"2.2"}
    assert figure["2.2"].status == "changed"
    assert any("6500元" in stretch for stretch in figure["2.2"].new)
    assert "2021年家庭人均纯收入6000元" in figure["2.2"].vanished

    removed = status(re.sub(r"### \[3.3\].*?(?=### \[3.4\])", "", text, flags=re.DOTALL))
    assert [(number, clause.status) for number, clause in removed.items()] == [("3.3", "missing")]

    clause = re.search(r"### \[2.2\].*?(?=### \[2.3\])", text, flags=re.DOTALL).group(0)
    moved = status(text.replace(clause, "").replace("### [5.1]", clause + "### [5.1]"))
    assert [(number, clause.status) for number, clause in moved.items()] == [("2.2", "moved")]

    added = match_text(pack, text + "\n本意见由区乡村振兴局负责解释。\n")
    assert added.added == ("本意见由区乡村振兴局负责解释.",)
    inside = status(text.replace("及时掌握媒体", "每季度复核一次。及时掌握媒体"))
    assert inside["3.1"].new == ("每季度复核一次.",)
