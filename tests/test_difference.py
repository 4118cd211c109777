"""Two packs told apart: nothing where nothing differs, and every kind of change seen and told."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import subprocess
import sys
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators import booleans, make_pack, table
from policy_engine.checking.difference import difference
from policy_engine.checking.matching import by_days
from policy_engine.documents.read_pack import load_pack, shipped_packs
from policy_engine.expression.types import BOOLEAN, NUMBER, TEXT
from policy_engine.model.benefits import BenefitList
from policy_engine.model.citation import Citation, Clause, SentenceHash
from policy_engine.model.decision import Rounding
from policy_engine.model.label import Label
from policy_engine.model.pack import Area, Window
from policy_engine.model.parameter import DatedValue
from policy_engine.report.difference import difference_data, difference_html, difference_text
from policy_engine.values import Record

ROOT = Path(__file__).parents[1]
VOCABULARY = {
    **booleans("a", "b"),
    "k": {"label": "类", "type": "code", "options": {"x": "甲", "y": "乙"}},
    "g": {"label": "适用", "type": "boolean", "applies": "a", "otherwise": "b"},
    "h": {"label": "推得", "type": "boolean", "derived": "a and b"},
}
PARAMETERS = {
    "line": {"label": "线", "values": {"2021": 6000}, "unit": "CNY/person", "cites": ["1"]},
    "open": {"label": "未定", "not_stated": {"clause": "1"}},
}
READINGS = {
    "r": {
        "reads": {"clause": "1", "words": "字"},
        "question": "何义？",
        "options": {"narrow": {"is": "a and b", "label": "窄"}, "wide": {"is": "a or b", "label": "宽"}},
        "default": "narrow",
        "why": "从严",
    }
}
DECISIONS = {
    "t": table("first", [("a", "x"), ("b", "y"), ("r", "x")], "z"),
    "e": {"is": "a and b"},
}
PACK = make_pack(DECISIONS, VOCABULARY, PARAMETERS, READINGS)


def changed(value, *path, to):
    """A copy of nested data with something else at a place; None takes it away."""
    if not path:
        return to
    key, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    found = changed(value[key] if rest or not isinstance(value, dict) else value.get(key), *rest, to=to)
    if found is None:
        copy.pop(key)
    else:
        copy[key] = found
    return copy


def told(new, old=PACK):
    return [
        (change.section, change.what, change.part, change.kind, change.aspect)
        for change in difference(old, new).changes
    ]


def with_(part, *path, to):
    files = {"decisions": DECISIONS, "vocabulary": VOCABULARY, "parameters": PARAMETERS, "readings": READINGS}
    return make_pack(**files | {part: changed(files[part], *path, to=to)})


T = ("decisions", "rule", "t.r0")


@pytest.mark.parametrize("name", shipped_packs())
def test_a_pack_and_itself_do_not_differ(name):
    found = difference(load_pack(name), load_pack(name))
    assert found.same
    assert "Nothing differs." in difference_text(found, "en")
    assert "没有不同" in difference_text(found, "zh")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("parameters", "line", "values", "2021", 6500), [("parameters", "parameter", "line", "changed", "value")]),
        (
            ("parameters", "line", "values", {"2022": 6000}),
            [("parameters", "parameter", "line", "changed", "value")] * 2,
        ),
        (("parameters", "line", "unit", "CNY"), [("parameters", "parameter", "line", "changed", "type")]),
        (("parameters", "line", "kind", "assumption"), [("parameters", "parameter", "line", "changed", "kind")]),
        (("parameters", "line", "label", "界"), [("parameters", "parameter", "line", "changed", "label")]),
        (
            ("parameters", "line", "cites", [{"clause": "1", "words": "六千"}]),
            [("parameters", "parameter", "line", "changed", "cites")],
        ),
        (("parameters", "open", None), [("parameters", "parameter", "open", "removed", "")]),
        (
            ("parameters", "more", {"label": "新", "value": 1, "cites": ["1"]}),
            [("parameters", "parameter", "more", "added", "")],
        ),
        (("readings", "r", "default", "wide"), [("readings", "reading", "r", "changed", "default")]),
        (("readings", "r", "why", "从宽"), [("readings", "reading", "r", "changed", "why")]),
        (
            ("readings", "r", "reads", {"clause": "1", "words": "词"}),
            [("readings", "reading", "r", "changed", "reads")],
        ),
        (
            ("readings", "r", "options", "narrow", {"is": "b and a", "label": "窄"}),
            [("readings", "option", "r.narrow", "changed", "expression")],
        ),
        (
            ("readings", "r", "options", "mid", "a"),
            [("readings", "option", "r.mid", "added", "")],
        ),
        (
            ("readings", "r", "options", "judged", "judgement"),
            [("readings", "option", "r.judged", "added", ""), ("vocabulary", "fact", "household.r", "added", "")],
        ),
        (("decisions", "t", "rules", 0, "when", "a and b"), [(*T, "changed", "when")]),
        (("decisions", "t", "rules", 0, "then", "y"), [(*T, "changed", "then")]),
        (("decisions", "t", "rules", 0, "force", "may"), [(*T, "changed", "force")]),
        (("decisions", "t", "rules", 0, "cites", [{"clause": "1", "words": "一"}]), [(*T, "changed", "cites")]),
        (("decisions", "t", "rules", 0, None), [(*T, "removed", "")]),
        (
            ("decisions", "t", "rules", 0, "id", "new"),
            [(*T, "removed", ""), ("decisions", "rule", "t.new", "added", "")],
        ),
        (("decisions", "t", "otherwise", "then", "y"), None),
        (
            ("decisions", "t", "otherwise", "force", "may"),
            [("decisions", "decision", "t", "changed", "otherwise_force")],
        ),
        (("decisions", "t", "otherwise", None), None),
        (("decisions", "t", "outcomes", "x", "甲"), [("decisions", "outcome", "t.x", "changed", "label")]),
        (("decisions", "t", "label", "表"), [("decisions", "decision", "t", "changed", "label")]),
        (("decisions", "e", "is", "a or b"), [("decisions", "decision", "e", "changed", "logic")]),
        (("decisions", "e", "force", "may"), [("decisions", "decision", "e", "changed", "force")]),
        (("decisions", "e", table("any", [("a", "x")], "y")), [("decisions", "decision", "e", "changed", "logic")]),
        (
            ("decisions", "e", None),
            [("document", "document", "answers", "changed", "answers"), ("decisions", "decision", "e", "removed", "")],
        ),
        (("vocabulary", "k", "options", "y", "丙"), [("vocabulary", "code", "household.k.y", "changed", "label")]),
        (("vocabulary", "k", "options", "z", "丙"), [("vocabulary", "code", "household.k.z", "added", "")]),
        (("vocabulary", "k", "type", "list of code"), [("vocabulary", "fact", "household.k", "changed", "type")]),
        (("vocabulary", "h", "derived", "a or b"), [("vocabulary", "fact", "household.h", "changed", "derived_by")]),
        (("vocabulary", "g", "applies", "b"), [("vocabulary", "fact", "household.g", "changed", "applies_when")]),
        (("vocabulary", "k", "ask", "？"), [("vocabulary", "fact", "household.k", "changed", "question")]),
        (("vocabulary", "h", None), [("vocabulary", "fact", "household.h", "removed", "")]),
    ],
    ids=str,
)
def test_each_change_is_told(change, expected):
    part, *path, to = change
    if expected is None:  # taking the last use of an outcome away takes the outcome with it
        assert path[:2] == ["t", "otherwise"]
        rules = changed(DECISIONS["t"], *path[1:], to=to)
        rules["outcomes"] = {"x": "x", "y": "y"}
        aspects = told(make_pack(DECISIONS | {"t": rules}, VOCABULARY, PARAMETERS, READINGS))
        assert aspects == [
            ("decisions", "decision", "t", "changed", "otherwise"),
            ("decisions", "outcome", "t.z", "removed", ""),
        ]
        return
    new = with_(part, *path, to=to)
    assert told(new) == expected
    back = [
        (*where, {"added": "removed", "removed": "added"}.get(kind, kind), aspect) for *where, kind, aspect in expected
    ]
    assert sorted(told(PACK, new)) == sorted(back)


def test_an_assumption_stands_beside_the_clause_of_its_reading():
    parameters = PARAMETERS | {"margin": {"label": "幅度", "kind": "assumption", "value": 1}}
    readings = changed(READINGS, "r", "options", "wide", to={"is": "margin > 0", "label": "宽"})
    old = make_pack(DECISIONS, VOCABULARY, parameters, readings)
    new = make_pack(DECISIONS, VOCABULARY, changed(parameters, "margin", "value", to=2), readings)
    assert [(change.part, change.clauses) for change in difference(old, new).changes] == [("margin", ("1",))]


def test_what_says_the_same_is_the_same():
    assert told(with_("decisions", "e", "is", to="(a  and (b))")) == []
    assert told(with_("decisions", "t", "rules", 0, "cites", to=[{"clause": "1"}])) == []


@pytest.mark.parametrize("hit", ["first", "any", "collect"])
def test_the_order_of_rules_is_told_where_it_matters(hit):
    rules = [("a", "x"), ("b", "y")]
    packs = [make_pack({"t": table(hit, rules)}, VOCABULARY)]
    turned = table(hit, rules)
    turned["rules"].reverse()
    packs.append(make_pack({"t": turned}, VOCABULARY))
    found = difference(*packs)
    if hit == "first":
        assert [(change.aspect, change.before, change.after) for change in found.changes] == [
            ("order", ("r0", "r1"), ("r1", "r0"))
        ]
    else:
        assert found.same
        assert "order" in difference_text(found, "en")


# ---- every part of the model is looked at

UNSEEN = {
    "span": "places",
    "id": "parts are matched by it",
    "requires": "follows from the logic",
    "exclusive": "follows from the conditions",
    "exhaustive": "follows from the conditions",
    "outcomes": "told one by one",
    "derived": "told as typed",
    "applies": "told as typed",
    "otherwise_text": "told as typed",
}
OTHER = {
    "about": Label("别的"),
    "label": Label("别的"),
    "title": Label("别的"),
    "question": Label("别的"),
    "why": Label("别的"),
    "note": Label("别的"),
    "cites": (Citation("1", "别的"),),
    "reads": Citation("1", "别的"),
    "otherwise_cites": (Citation("1", "别的"),),
    "rounding": Rounding("half up", 2, (Citation("1"),)),
    "benefits": BenefitList(Label("单"), "received", "received_on", "kind", "amount", (Citation("1"),)),
    "values": (DatedValue(Decimal(7)),),
    "sentences": (SentenceHash(1, "0" * 16),),
    "places": (("county", ("别县",)),),
    "rows": ("X-1",),
    "answers": ("e",),
    "issued": datetime.date(2020, 1, 1),
    "from_": datetime.date(2020, 1, 1),
    "to": datetime.date(2029, 1, 1),
    "format": 2,
    "language": 2,
    "hit": "any",
    "force": "strive",
    "otherwise_force": "strive",
    "otherwise": "x",
    "then": "y",
    "default": "wide",
    "set_aside": "publicity",
}


def other(name, value):
    """Another value for a field."""
    if name == "about" and isinstance(value, str):
        return "village"
    if name in OTHER:
        return OTHER[name]
    if name == "type":
        return next(type_ for type_ in (BOOLEAN, NUMBER, TEXT) if type_ != value)
    if isinstance(value, bool):
        return not value
    if name in ("when", "expression", "logic", "derived_by", "applies_when", "otherwise_is"):
        return TABLE.rules[1].when
    return "别的"


def fields(part, *but):
    return [(part, field.name) for field in dataclasses.fields(part) if field.name not in (*UNSEEN, *but)]


ORDERED = ("actors", "procedures", "duties", "reactions")


def test_procedures_and_duties_are_told_apart_part_by_part():
    old, new = (load_pack(name) for name in ("xuanzhou_2021", "xuanzhou_2021"))
    inclusion = new.procedure("inclusion")
    steps = {id_: step for id_, step in inclusion.steps.items() if id_ != "group_review"}
    steps["publicity"] = dataclasses.replace(inclusion.step("publicity"), lasts=None)
    duties = {id_: duty for id_, duty in new.duties.items() if id_ != "canvass"}
    changed = dataclasses.replace(inclusion, steps=Record(steps))
    new = dataclasses.replace(
        new, procedures=new.procedures.with_(inclusion=changed), duties=Record(duties), actors=Record()
    )
    found = {change.part: change for change in difference(old, new).changes}
    assert found["inclusion.group_review"].kind == "removed"
    assert found["inclusion.publicity"].aspect == "definition"
    assert "publicity_days" in found["inclusion.publicity"].before
    assert found["canvass"].clauses == ("3.1",)
    assert found["actor.household"].kind == "removed"
    assert "公示" in difference_text(difference(old, new), "zh")
    assert difference(old, old).same


TABLE = PACK.decision("t").table
FACT = next(fact for fact in PACK.vocabulary.form("household") if fact.id == "h")


def put(part, new):
    """The pack with one part in place of another."""
    if part is PACK:
        return new
    if isinstance(part, Window):
        return dataclasses.replace(PACK, in_force=new)
    if isinstance(part, Area):
        return dataclasses.replace(PACK, area=new)
    if isinstance(part, Clause):
        return dataclasses.replace(PACK, clauses=Record({"1": new}))
    if part is FACT:
        forms = [
            dataclasses.replace(form, facts=tuple(new if fact is FACT else fact for fact in form.facts))
            for form in PACK.vocabulary.forms
        ]
        return dataclasses.replace(PACK, vocabulary=dataclasses.replace(PACK.vocabulary, forms=tuple(forms)))
    for name in ("parameters", "readings", "decisions"):
        if part in getattr(PACK, name).values():
            return dataclasses.replace(PACK, **{name: getattr(PACK, name).with_(**{part.id: new})})
    if part is TABLE:
        return put(PACK.decision("t"), dataclasses.replace(PACK.decision("t"), logic=new))
    if part in TABLE.rules:
        rules = tuple(new if rule is part else rule for rule in TABLE.rules)
        return put(TABLE, dataclasses.replace(TABLE, rules=rules))
    reading = PACK.reading("r")
    options = tuple(new if option is part else option for option in reading.options)
    return put(reading, dataclasses.replace(reading, options=options))


@pytest.mark.parametrize(
    ("part", "name"),
    [
        *fields(PACK, "in_force", "area", "clauses", "vocabulary", "parameters", "readings", "decisions", *ORDERED),
        (PACK, "id"),
        *fields(PACK.in_force),
        *fields(PACK.area),
        *fields(PACK.clause("1")),
        *fields(PACK.parameter("line")),
        *fields(PACK.reading("r"), "options"),
        *fields(PACK.reading("r").options[0]),
        *fields(PACK.decision("e"), "type"),
        *fields(TABLE, "rules"),
        *fields(TABLE.rules[0]),
        *fields(FACT, "otherwise"),
    ],
    ids=lambda part: part if isinstance(part, str) else type(part).__name__,
)
def test_no_part_of_a_pack_is_passed_over(part, name):
    """A new field of the model fails here until the comparison knows it."""
    new = put(part, dataclasses.replace(part, **{name: other(name, getattr(part, name))}))
    found = difference(PACK, new)
    aspect = {"sha256": "hashes", "sentences": "hashes", "values": "value"}.get(name, name)
    assert {change.aspect for change in found.changes} == {aspect}
    for language in ("zh", "en"):
        assert difference_text(found, language).count("\n") > 3
    json.dumps(difference_data(found))


# ---- clauses


def clause(number, text, about="甲", *sentences):
    return Clause(number, Label(about), text * 8, "", tuple(SentenceHash(1, sentence * 16) for sentence in sentences))


def with_clauses(*clauses):
    return dataclasses.replace(PACK, clauses=Record({found.number: found for found in clauses}))


def test_clauses_are_told_apart_by_their_text():
    kept = clause("1", "11111111", "甲", "1")
    old = with_clauses(kept, clause("2", "22222222", "乙", "2", "3"), clause("3", "33333333", "丙", "4"))
    new = with_clauses(
        kept,
        clause("2", "99999999", "新", "9"),
        clause("3", "22222222", "乙", "2", "3"),
        clause("4", "33333334", "丙", "4", "5"),
    )
    assert [
        (c.part, c.kind, c.aspect, c.before, c.after) for c in difference(old, new).changes if c.kind == "changed"
    ] == [("3", "changed", "number", "2", "3")]
    assert [(c.part, c.kind) for c in difference(old, new).changes if c.kind != "changed"] == [
        ("3", "removed"),
        ("2", "added"),
        ("4", "added"),
    ]
    changed_text = with_clauses(kept, clause("2", "22222223", "乙", "2", "7"), clause("3", "33333333", "丙", "4"))
    assert [(c.part, c.aspect, c.before, c.after) for c in difference(old, changed_text).changes] == [
        ("2", "text", 1, 1)
    ]


def test_citations_of_a_renumbered_clause_are_the_same_citations():
    cites = {**DECISIONS, "e": {"is": "a and b", "cites": ["1"]}}
    old = make_pack(cites, VOCABULARY, PARAMETERS, READINGS)
    old = dataclasses.replace(old, clauses=Record({"1": clause("1", "11111111", "甲", "1")}))
    moved = dataclasses.replace(old.decision("e"), cites=(Citation("2"),))
    new = dataclasses.replace(old, clauses=Record({"2": clause("2", "11111111", "甲", "1")}))
    new = dataclasses.replace(new, decisions=new.decisions.with_(e=moved))
    found = [(c.section, c.aspect) for c in difference(old, new).changes if c.part in ("2", "e")]
    assert found == [("clauses", "number")]


# ---- figures by day

DAYS = st.dates(datetime.date(2020, 1, 1), datetime.date(2020, 1, 12))


@st.composite
def dated_values(draw):
    """Values whose windows do not overlap; the first and the last may be open."""
    days = sorted(draw(st.lists(DAYS, min_size=0, max_size=6, unique=True)))
    windows = [list(pair) for pair in zip(days[::2], days[1::2], strict=False)]
    if windows and draw(st.booleans()):
        windows[0][0] = None
    if windows and draw(st.booleans()):
        windows[-1][1] = None
    return tuple(DatedValue(Decimal(draw(st.integers(1, 2))), *window) for window in windows)


@given(dated_values(), dated_values())
def test_values_are_compared_day_by_day(old, new):
    on = lambda values, day: next((value.value for value in values if value.holds_on(day)), None)  # noqa: E731
    stretches = list(by_days(old, new))
    for number in range(-2, 16):
        day = datetime.date(2020, 1, 1) + datetime.timedelta(number)
        here = [
            (before, after)
            for (from_, to), before, after in stretches
            if (from_ is None or from_ <= day) and (to is None or day <= to)
        ]
        pair = on(old, day), on(new, day)
        assert here == ([pair] if pair[0] != pair[1] else [])


# ---- how it is told


def test_the_json_form_is_stable():
    found = difference_data(difference(PACK, with_("parameters", "line", "values", to={"2021": 6500, "2022": 6800})))
    assert found["changes"] == [
        {
            "section": "parameters",
            "what": "parameter",
            "part": "line",
            "label": {"zh": "线", "en": ""},
            "kind": "changed",
            "aspect": "value",
            "from": "2021-01-01",
            "to": "2021-12-31",
            "before": "6000",
            "after": "6500",
            "type": "number (CNY/person)",
            "clauses": ["1"],
        },
        {
            "section": "parameters",
            "what": "parameter",
            "part": "line",
            "label": {"zh": "线", "en": ""},
            "kind": "changed",
            "aspect": "value",
            "from": "2022-01-01",
            "to": "2022-12-31",
            "before": None,
            "after": "6800",
            "type": "number (CNY/person)",
            "clauses": ["1"],
        },
    ]
    assert list(found) == ["form", "old", "new", "same", "changes"]


def test_it_is_told_in_the_words_of_policy():
    found = difference(PACK, with_("parameters", "line", "values", to={"2021": 6500, "2022": 6800}))
    assert difference_text(found, "zh").splitlines()[3:7] == [
        "参数",
        "  ~ 线  [line]                                                    1",
        "      数值 2021年: 6000 元/人 → 6500 元/人",
        "      数值 2022年: 文件未给出 → 6800 元/人",
    ]
    condition = difference(PACK, with_("decisions", "t", "rules", 0, "when", to="a and b"))
    assert difference_text(condition, "en").splitlines()[3:] == [
        "Decisions and rules",
        "  ~ rule t: x  [t.r0]                                             1",
        "      condition:",
        "        − a",
        "        + a and b",
        "",
        "Decisions and rules 1",
    ]


class Balanced(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, _attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def run(*arguments, seed="0"):
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", "from policy_engine.app.cli import main; main()", "--lang", "en", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, encoding="utf-8")
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_two_documents_give_the_same_bytes_in_another_process(form):
    one, other_ = (run("pack", "diff", "minhang_2020", "zhejiang_2020", "--format", form, seed=seed) for seed in "12")
    assert one.returncode == 0
    assert one.stdout == other_.stdout
    assert len(one.stdout) > 10_000


@pytest.mark.parametrize("command", [("diff", "qingtian_2022", "xuanzhou_2021"), ("clauses", "zhejiang_2020")])
def test_pages_are_whole_and_ask_for_nothing(command):
    page = run("pack", *command, "--format", "html").stdout
    reader = Balanced()
    reader.feed(page)
    assert reader.open == []
    assert "http" not in page
    assert "src=" not in page


def test_labels_are_escaped():
    new = with_("decisions", "t", "label", to="<b>&")
    assert "<b>" not in difference_html(difference(PACK, new), "zh")


def test_packs_that_cannot_be_compared_are_told(tmp_path):
    assert run("pack", "diff", "xuanzhou_2021", "nowhere").returncode == 2
    (tmp_path / "pack.yaml").write_text("pack: x\n", encoding="utf-8")
    assert run("pack", "diff", "xuanzhou_2021", str(tmp_path)).returncode == 3
