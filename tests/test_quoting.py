"""The official text quoted: the cited words marked, and never silently where the text is not the one the pack knows."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators import booleans, make_pack
from policy_engine.checking.accounting import all_citations
from policy_engine.checking.normal import Normalised, digest, normal, sentence_hash, sentences
from policy_engine.checking.quoting import quote
from policy_engine.decision.decide import decide_facts
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import load_pack
from policy_engine.model.citation import Citation, Clause
from policy_engine.model.label import Label
from policy_engine.record.decision_form import decision_form, to_json
from policy_engine.report.html import page
from policy_engine.report.text import decision_text
from policy_engine.values import Record
from test_sources import PACKS, ROOT, SOURCES, rewrapped, text_of, unmarked, widths_swapped, with_texts

TEXT = """\
## [1] 帮扶
人均收入9000元以下的农户，给予常规帮扶。医疗支出过大的，由 12317 platform 受理，给予补助。

## [2] 宣传
乡镇做好宣传；村里配合。
"""
FIRST = "人均收入9000元以下的农户，给予常规帮扶。"


def with_text(text=TEXT):
    """A pack with the hashes of a text."""
    made = make_pack(
        {
            "line": {"is": "a", "cites": [{"clause": "1", "words": "人均收入9000元"}]},
            "grant": {"is": "b", "cites": [{"clause": "1", "words": "帮扶。医疗支出"}]},
            "all": {"is": "line and grant", "cites": ["1"]},
        },
        booleans("a", "b"),
    )
    parts = re.split(r"^## \[(\d)\] .*$", text, flags=re.MULTILINE)
    clauses = {
        number: Clause(number, Label("条"), digest(body), "", tuple(map(sentence_hash, sentences(body))))
        for number, body in zip(parts[1::2], parts[2::2], strict=True)
    }
    return dataclasses.replace(made, clauses=Record(clauses))


PACK = with_text()


def quoted(text, words="人均收入9000元", pack=PACK):
    found = quote(pack, text, [Citation("1", words)]).of[Citation("1", words)]
    return found.status, found.text, found.text[found.start : found.end]


def test_the_sentence_is_quoted_as_it_stands_with_its_words_marked():
    assert quoted(TEXT) == ("unchanged", FIRST, "人均收入9000元")
    assert quoted(widths_swapped(TEXT)) == (
        "unchanged",
        FIRST.replace("9000", "９０００"),
        "人均收入９０００元",
    )
    assert quoted(TEXT.replace("农户，", "农户 ，\n")) == ("unchanged", FIRST, "人均收入9000元")


def test_words_may_run_over_the_end_of_a_sentence():
    second = "医疗支出过大的，由 12317 platform 受理，给予补助。"
    assert quoted(TEXT, "帮扶。医疗支出") == (
        "unchanged",
        FIRST + second.replace(" 12317 platform ", "12317 platform"),
        "帮扶。医疗支出",
    )


def test_a_citation_without_words_quotes_the_clause():
    status, text, marked = quoted(TEXT, "")
    assert (status, marked) == ("unchanged", "")
    assert text.startswith(FIRST)
    assert text.endswith("给予补助。")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ("农户，给予", "农户，应当给予"),
            ("changed", "人均收入9000元以下的农户，应当给予常规帮扶。", "人均收入9000元"),
        ),
        (("9000元", "9500元"), ("vanished", "人均收入9500元以下的农户，给予常规帮扶。", "")),
        ((FIRST, ""), ("missing", "", "")),
        (("乡镇做好宣传；", ""), ("unchanged", FIRST, "人均收入9000元")),
        ((FIRST, "全部农户分三类。一类农户。二类农户。三类农户。"), ("missing", "", "")),
        ((FIRST, "一类农户。二类农户。人均收入9500元以下的农户。"), ("vanished", "人均收入9500元以下的农户。", "")),
        ((TEXT, "别的文件。"), ("missing", "", "")),
    ],
)
def test_a_text_that_has_changed_is_told(change, expected):
    text = TEXT.replace(*change)
    assert quoted(text) == expected
    assert not quote(PACK, text, all_citations(PACK)).match.unchanged


def test_a_clause_without_hashes_cannot_be_checked():
    bare = dataclasses.replace(PACK, clauses=Record({"1": Clause("1", Label("条"))}))
    assert quoted(TEXT, pack=bare) == ("unchecked", "", "")


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("ｶﾞe\u0301①㈱ 　\n“—각ㅏ"))))
def test_the_normal_form_knows_where_it_comes_from(text):
    found = Normalised.of(text)
    assert len(found.at) == len(found.form)
    assert found.form == normal(text)
    for number, character in enumerate(found.form):
        assert character in normal(found.original(number, number + 1))


@with_texts
@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("change", [str, unmarked, rewrapped, widths_swapped])
def test_everything_that_a_pack_cites_is_quoted(name, change):
    pack = load_pack(name)
    quotes = quote(pack, change(text_of(name)), all_citations(pack))
    assert quotes.match.unchanged
    for cite, found in quotes.of.items():
        assert found.status == "unchanged", cite
        assert normal(found.text[found.start : found.end]) == normal(cite.words)
        assert "\n" not in found.text


# ---- reports


def decided(text, **facts):
    facts, _ = read_facts({"county": "c", "as_of": "2021-09-01", **facts}, PACK.vocabulary)
    return decide_facts(PACK, facts), quote(PACK, text, all_citations(PACK))


def test_reports_quote_each_sentence_once():
    decision, quotes = decided(TEXT, a=True, b=True)
    text = decision_text(decision, "zh", quotes=quotes)
    assert "原文（与政策包所依据的文本核对一致）" in text
    assert text.count("【人均收入9000元】以下的农户，给予常规帮扶。\n") == 1
    assert "【帮扶。医疗支出】" in text
    assert "⚠" not in text
    assert "原文" not in decision_text(decision, "zh")
    shown = page([decision], "en", {PACK.id: quotes})
    assert "<mark>人均收入9000元</mark>" in shown
    assert "The official text" not in page([decision], "en")
    form = decision_form(decision, quotes).official_text
    assert form.unchanged
    assert [found.text[found.start : found.end] for found in form.quotes] == ["人均收入9000元", "帮扶。医疗支出", ""]
    assert json.loads(to_json(decision))["official_text"] is None
    assert to_json(decision, quotes) == to_json(decision, quotes)


def test_reports_quote_only_what_they_cite():
    decision, quotes = decided(TEXT, a=False, b=True)
    text = decision_text(dataclasses.replace(decision, answers=(decision["line"],)), "en", quotes=quotes)
    assert "【人均收入9000元】" in text
    assert "医疗支出" not in text


@pytest.mark.parametrize(
    ("change", "zh", "en", "status"),
    [
        (
            ("9000元", "9500元"),
            "引文“人均收入9000元”已不在此处: 人均收入9500元",
            "are gone: 人均收入9500元",
            "vanished",
        ),
        (
            ("农户，给予", "农户，应当给予"),
            "⚠ 这句话已有改动: 【人均收入9000元】",
            "this sentence has changed: 【",
            "changed",
        ),
        ((FIRST, ""), "⚠ 所给文本中找不到引文", "are not in the text given", "missing"),
    ],
)
def test_reports_warn_in_every_form(change, zh, en, status):
    decision, quotes = decided(TEXT.replace(*change), a=True, b=True)
    for language, says in (("zh", zh), ("en", en)):
        text = decision_text(decision, language, quotes=quotes)
        assert says in text
        assert {"zh": "注意：与政策包所依据的文本不一致：1 改动", "en": "Mind: "}[language] in text
    assert page([decision], "zh", {PACK.id: quotes}).count('class="badge bad"') >= 2
    form = decision_form(decision, quotes).official_text
    assert not form.unchanged
    assert form.quotes[0].status == status
    assert [(found.clause, found.status) for found in form.clauses] == [("1", "changed")]


def test_a_text_of_another_document_is_counted_not_listed():
    parts = "".join(f"## [{number}] 条\n第{number}条的全文。\n" for number in range(1, 10))
    decision, _ = decided(TEXT, a=True, b=True)
    quotes = quote(with_text(parts), "别的文件。", all_citations(PACK))
    assert "改动 1、缺失 8；" in decision_text(decision, "zh", quotes=quotes)
    assert "找不到引文" in decision_text(decision, "zh", quotes=quotes)


# ---- the command line


def run(*arguments, texts=""):
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "POLICY_ENGINE_TEXTS": str(texts)}
    command = [sys.executable, "-c", "from policy_engine.app.cli import main; main()", "--lang", "en", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False, encoding="utf-8", input=""
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


FACTS = "examples/xuanzhou/included.yaml"
ASK = ("--pack", "xuanzhou_2021", "-d", "monitoring")


@with_texts
def test_the_text_is_a_file_a_folder_or_configured(tmp_path):
    (tmp_path / "xuanzhou_2021.txt").write_text(unmarked(text_of("xuanzhou_2021")), encoding="utf-8")
    by_file = run("decide", FACTS, *ASK, "--text", str(SOURCES / "xuanzhou_2021.md"))
    by_folder = run("decide", FACTS, *ASK, "--text", str(tmp_path))
    configured = run("decide", FACTS, *ASK, texts=tmp_path)
    assert by_file.returncode == 0
    assert "【应纳尽纳】" in by_file.stdout
    assert by_file.stdout == by_folder.stdout == configured.stdout
    assert "【应纳尽纳】" in run("decide", FACTS, "--pack", "auto", texts=tmp_path).stdout
    assert "【应纳尽纳】" in run("ask", FACTS, "--out", str(tmp_path / "out.yaml"), *ASK, texts=tmp_path).stdout


def test_a_text_that_was_asked_for_and_is_not_there_is_told(tmp_path):
    plain = run("decide", FACTS, *ASK)
    assert run("decide", FACTS, *ASK, texts=tmp_path).stdout == plain.stdout
    for option in (str(tmp_path), str(tmp_path / "nowhere.md")):
        done = run("decide", FACTS, *ASK, "--text", option)
        assert (done.returncode, done.stdout) == (1, "")
        assert "file.not_found" in done.stderr
    assert run("decide", FACTS, *ASK, texts=tmp_path / "nowhere").returncode == 1
    (tmp_path / "text.md").write_text(TEXT, encoding="utf-8")
    (tmp_path / "table.csv").write_text("户编号\n", encoding="utf-8")
    assert run("decide", FACTS, "--pack", "auto", "--text", str(tmp_path / "text.md")).returncode == 2
    table = ("decide", str(tmp_path / "table.csv"), *ASK, "--out", str(tmp_path / "out.xlsx"))
    assert run(*table, "--text", str(tmp_path / "text.md")).returncode == 2
