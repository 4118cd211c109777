"""Refused inputs: each file under `bad/` says in comments which problems it gives, and on which lines.

`expect: code` stands at the end of the faulty line, `expect-next: code` above it, `expect-at 7: code` where no comment
can stand near it, and `expect-file: code` where the whole file is meant; several codes are parted by commas.
"""

from __future__ import annotations

import datetime
import json
import re
import shutil
from pathlib import Path

import pytest

from generators import booleans, make_pack, table
from policy_engine.checking.cases import read_cases, run_case
from policy_engine.checking.procedure_cases import read_procedure_cases, run_procedure_case
from policy_engine.decision.history import fold
from policy_engine.decision.request import Request
from policy_engine.documents import yaml
from policy_engine.documents.read_case import read_case_file
from policy_engine.documents.read_facts import read_facts, read_facts_file, read_facts_text
from policy_engine.documents.read_pack import check_pack, load_pack
from policy_engine.documents.read_scenario import load_scenarios
from policy_engine.documents.read_settings import load_settings
from policy_engine.errors import FactsError, PolicyEngineError, catalogue
from policy_engine.evaluation.context import Context, evaluate, type_of
from policy_engine.expression.lex import ExpressionText
from policy_engine.expression.notation import SIGNS, WORDS
from policy_engine.expression.types import (
    BOOLEAN,
    DATE,
    NUMBER,
    TEXT,
    CodeType,
    ListType,
    NumberType,
    Option,
    RecordType,
)
from policy_engine.population.agreement import disagreements
from policy_engine.population.rows import population_of
from policy_engine.record.form import entry_of, read_record, record_of
from policy_engine.report.html import page
from policy_engine.source import Source, Span
from policy_engine.values import Record, Unit

BAD = Path(__file__).parent / "bad"
SOUND = BAD / "sound"
SOURCES = Path(__file__).parents[1] / "src" / "policy_engine"
EXPECTED = re.compile(r"(?:#|//) expect(-next|-file|-at (\d+))?: ([\w.]+(?:, [\w.]+)*)")

KIND = CodeType("kind", (Option("illness", "因病"), Option("disaster", "因灾")))
MEMBER = (("relation", TEXT), ("age", NUMBER), ("flag", BOOLEAN), ("health", ListType(KIND)))
UNEVEN = (Record({"a": True}), Record({}))
NAMES = Context(
    Record({"name_given": "2021-02-30", "uneven": UNEVEN}),
    {
        "flag": BOOLEAN,
        "name": TEXT,
        "name_given": TEXT,
        "born": DATE,
        "kind": KIND,
        "people": NumberType(Unit.parse("person")),
        "income": NumberType(Unit.parse("CNY")),
        "income_per_head": NumberType(Unit.parse("CNY/person")),
        "members": ListType(RecordType("member", MEMBER)),
        "uneven": type_of(UNEVEN),
    },
)
"""What the names in `expressions/` stand for."""

NOT_IN_FILES = {
    "case.not_a_case": "a file of conformance cases, which only the command line reads",
    "case.exists": "the command line, which never writes over a file (test_case_files.py)",
    "case.pack_needed": "the command line, where a new case file names no pack (test_case_files.py)",
    "case.facts_of_another": "the command line, where facts are added to a case (test_mistakes.py)",
    "facts.known_before": "facts that are ingested or recorded, with the day they were known (test_mistakes.py)",
    "case.which": "the command line, where a file holds several cases (test_case_files.py)",
    "value.no_such_duration": "duration() takes only a literal, which is read when the expression is checked",
    "yaml.unreadable": "the pure parser stumbling in a way of its own; then the compiled one has the word",
    "scenario.bad_value": "a figure that a fact cannot be shows when it is worked out: `test_scenarios`",
    "yaml.too_large": "64 million characters: made in the test below",
    "facts.strange": "Python data alone holds such values (test_decisions.py)",
}
"""Codes of the rooms below that no file here gives, and why."""
ROOMS = ("expression", "type", "value", "yaml", "form", "pack", "link", "facts", "settings", "scenario", "case")


def files(kind):
    return [pytest.param(path, id=path.stem) for path in sorted((BAD / kind).iterdir())]


def expected(path, name):
    """Every (file, line, code) that the comments of a file promise; line 0 is the whole file."""
    promised = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for how, at, codes in EXPECTED.findall(line):
            place = {"": number, "-next": number + 1, "-file": 0}.get(how, int(at or 0))
            promised += [(name, place, code) for code in codes.split(", ")]
    return sorted(promised)


def found(problems, root=""):
    """Every (file, line, code) of the problems; each must show itself in both languages."""
    places = []
    for problem in problems:
        for language in ("zh", "en"):
            assert f"[{problem.code}]" in problem.show(language).splitlines()[0]
            assert not re.search(r"\{\w+\}", problem.message(language) + problem.help(language))
        name, line = (problem.span.source.name, problem.span.place.line) if problem.span else (problem.where, 0)
        places.append((name.removeprefix(f"{root}/"), line, problem.code))
    return sorted(places)


def problems_of(read, *arguments):
    """What a reader that raises or returns its problems has found."""
    try:
        answer = read(*arguments)
    except PolicyEngineError as error:
        return error.problems
    return answer[1] if isinstance(answer, tuple) else ()


def problems_of_expression(text, name="<expression>"):
    _, value, problems = evaluate(ExpressionText.of(text, name), NAMES)
    return problems or getattr(value, "problems", ())


# ---- each file, exactly its problems


@pytest.mark.parametrize("path", files("expressions"))
def test_expression(path):
    text = path.read_text(encoding="utf-8").rstrip("\n")
    assert found(problems_of_expression(text, path.name)) == expected(path, path.name)


@pytest.mark.parametrize("path", files("facts"))
def test_facts(path):
    assert found(problems_of(read_facts_file, path), BAD / "facts") == expected(path, path.name)


@pytest.mark.parametrize("path", files("packs"))
def test_pack(path, tmp_path):
    """`rules--x.yaml` is that file of a pack which has else only `sound/pack.yaml`; a folder is several such files."""
    parts = (
        {file: str(file.relative_to(path)) for file in path.rglob("*.y*ml")} if path.is_dir() else {path: part(path)}
    )
    shutil.copy(SOUND / "pack.yaml", tmp_path)
    for file, name in parts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, tmp_path / name)
    pack, problems = check_pack(tmp_path)
    assert pack is None
    assert found(problems, tmp_path) == sorted(place for file, name in parts.items() for place in expected(file, name))


def test_files_that_are_no_part_of_a_pack_are_let_be(tmp_path):
    shutil.copy(SOUND / "pack.yaml", tmp_path)
    for name in ("NOTES.md", "LICENSE", "rules/.1.yaml.swp", "cases/.DS_Store", ".idea/x.yaml", "__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert check_pack(tmp_path)[1] == ()
    for name in ("cases/kinds.json", "rules/NOTES.md", "cases/kinds.YAML"):
        (tmp_path / name).touch()
    assert [found.code for found in check_pack(tmp_path)[1]] == ["pack.unknown_file"] * 3


def part(path):
    kind = path.stem.partition("--")[0]
    return "rules/rules.yaml" if kind == "rules" else f"{kind}.yaml"


@pytest.fixture(scope="module")
def sound():
    return load_pack(SOUND)


@pytest.mark.parametrize("path", files("settings"))
def test_settings(path, sound):
    assert found(problems_of(load_settings, path, sound), BAD / "settings") == expected(path, path.name)


@pytest.mark.parametrize("path", files("scenarios"))
def test_scenarios(path, sound):
    assert found(problems_of(load_scenarios, path, sound), BAD / "scenarios") == expected(path, path.name)


@pytest.mark.parametrize("path", files("cases"))
def test_case(path, sound, tmp_path):
    (tmp_path / "cases").mkdir()
    shutil.copy(path, tmp_path / "cases")
    cases, problems = read_cases(tmp_path)
    differences = [problem for case in cases for problem in run_case(sound, *case).differences]
    assert found((*problems, *differences), tmp_path / "cases") == expected(path, path.name)


@pytest.mark.parametrize("path", files("procedure_cases"))
def test_procedure_case(path, sound, tmp_path):
    folder = tmp_path / "cases" / "procedures"
    folder.mkdir(parents=True)
    shutil.copy(path, folder)
    cases, problems = read_procedure_cases(tmp_path)
    differences = [problem for case in cases for problem in run_procedure_case(sound, *case).differences]
    assert found((*problems, *differences), folder) == expected(path, path.name)


@pytest.mark.parametrize("path", files("case_files"))
def test_case_file(path, sound):
    """What keeps a file from being read; else what is told beside it, and every event that is refused."""
    try:
        _, file = read_case_file(path, lambda _: sound)
    except FactsError as error:
        problems = error.problems
    else:
        refused = fold(sound, file.subject, file.events).refused
        problems = (*file.warnings, *(problem for _, problems in refused for problem in problems))
    assert found(problems, BAD / "case_files") == expected(path, path.name)


def test_ten_mistakes_are_told_in_one_run():
    folder = BAD / "ten_mistakes"
    _, problems = check_pack(folder)
    promised = [place for file in folder.rglob("*.yaml") for place in expected(file, str(file.relative_to(folder)))]
    assert len(promised) == 10
    assert found(problems, folder) == sorted(promised)


def test_what_stands_around_the_parts_is_sound(tmp_path):
    shutil.copy(SOUND / "pack.yaml", tmp_path)
    assert check_pack(tmp_path)[1] == ()
    assert check_pack(SOUND)[1] == ()


# ---- the codes


def codes():
    return {code for code in catalogue() if "." in code}


def test_every_code_of_these_rooms_is_met():
    told = {code for file in BAD.rglob("*.*") if file.is_file() for _, _, code in expected(file, "")}
    wanted = {code for code in codes() if code.partition(".")[0] in ROOMS}
    assert told <= codes()
    assert wanted - told == set(NOT_IN_FILES)


def test_codes_are_told_and_explained():
    """Every code is used somewhere in the sources, and every one used there has its sentences."""
    rooms = "|".join(sorted({code.partition(".")[0] for code in codes()}))
    texts = [file.read_text(encoding="utf-8") for file in SOURCES.rglob("*.py")]
    used = {code for text in texts for code in re.findall(rf'"((?:{rooms})\.(?!yaml")[a-z0-9_]+)"', text)}
    assert used == codes()


# ---- the caret


@pytest.mark.parametrize(
    ("text", "marked", "carets"),
    [
        ("家庭人口 > 无此名", "无此名", "           ^^^^^^"),
        ("人均 ＜ 5", "＜", "     ^^"),
        ("a > 无", "a", "^"),
        ("is:\t名称", "名称", "    ^^^^"),
        ("cafe\u0301 = 名", "名", "       ^^"),
        ("ｱｲｳ = x", "x", "      ^"),
        ("家庭人口", "", "^"),
    ],
)
def test_caret_under_chinese(text, marked, carets):
    source = Source("x", f"# 上一行\n{text}\n下一行")
    start = source.text.index(text) + text.index(marked)
    line, under = Span(source, start, start + len(marked)).excerpt().split("\n")
    assert (line, under) == (text.replace("\t", " "), carets)


def test_caret_in_a_file():
    [problem] = problems_of(read_facts_text, "县市区: 宣州区\n家庭人囗: 3\n", "户.yaml")
    head, *below = problem.show("zh").splitlines()
    assert head.startswith("户.yaml:2:1: ")
    assert below[:2] == ["    家庭人囗: 3", "    ^^^^^^^^"]


# ---- how other languages write it


@pytest.mark.parametrize("found", [*SIGNS, *WORDS])
def test_what_is_written_otherwise_is_told_how(found):
    [told] = problems_of_expression(f"flag {found} flag")
    assert told.code == "expression.written_otherwise"
    assert told.span.text == found


@pytest.mark.parametrize(("text", "meant"), [("50%", "0.5"), ("12.5％", "0.125"), ("１２．５", "12.5")])
def test_figures_are_told_how(text, meant):
    [told] = problems_of_expression(f"people > {text}")
    assert dict(told.details)["meant"] == meant


# ---- hostile text: refused, or read; never anything else


HOSTILE_FACTS = {
    "brackets": "[" * 200_000,
    "braces": "{a: " * 200_000,
    "dashes": "- " * 100_000,
    "aliases": "a: &a [x, x]\n"
    + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)),
    "characters": "\0\a\x7f\ud800\ufffe\x85\u2028",
    "one key": "? " + "k" * 100_000 + "\n: 1\n",
    "surrogate": "county: \ud800\n",
    "bytes marks": "\ufeff\ufeffcounty: x\n",
    "returns": "county: x\rtown: y\r\nfoo: z\n\r",
    "digits": f"household_size: {'9' * 100_000}\n",
}


@pytest.mark.parametrize("text", HOSTILE_FACTS.values(), ids=HOSTILE_FACTS)
def test_hostile_facts(text):
    found(problems_of(read_facts_text, text, "x"))


HOSTILE_EXPRESSIONS = {
    "too long": "1" * 100_000,
    "digits": "9" * 20_000,
    "sum": "+".join("1" * 5_000),
    "comparisons": "=".join("1" * 5_000),
    "minus": "-" * 19_000 + "1",
    "brackets": "(" * 9_000,
    "braces": "{a: " * 4_000,
    "filters": "[1]" * 6_000,
    "entries": "1" + ".a" * 9_000,
    "words": "a " * 9_000 + "(",
    "comments": "/*" * 9_000,
    "characters": "\0 \a \ud800 \u200f",
    "escapes": '"' + "\\u0000" * 3_000 + '"',
    "conditions": "if " * 6_000,
}


@pytest.mark.parametrize("text", HOSTILE_EXPRESSIONS.values(), ids=HOSTILE_EXPRESSIONS)
def test_hostile_expressions(text):
    found(problems_of_expression(text))


def nested(levels, last):
    for level in range(levels - 1):
        last = f"({'no or' if level % 2 else 'yes and'} {last})"
    return last


def within(calls, act):
    """What is found so many calls down, as a host with a stack of its own would find it."""
    return within(calls - 1, act) if calls else act()


DEEPEST = {
    "few decisions of many levels": [nested(50, "{}"), nested(50, "{}")],
    "many decisions of few levels": [nested(4 if number < 10 else 3, "{}") for number in range(30)],
    "tables": [table("first", [('yes and {} = "y"', "y")], "n") for _ in range(29)],
    "quantifiers": ["some m in members satisfies {}" for _ in range(30)],
}
"""Each under the limits of a chain, and near them."""


@pytest.mark.parametrize("name", DEEPEST)
def test_at_the_limits_of_depth_all_is_read_and_decided_under_a_deep_stack(name):
    def made():
        decisions = {}
        for number, body in enumerate(DEEPEST[name]):
            below = f"d{number - 1}" if number else "last" if isinstance(body, str) else "code"
            text = json.dumps(body if isinstance(body, dict) else {"is": body}).replace("{}", below)
            decisions[f"d{number}"] = json.loads(text)
        code = {"type": "code", "options": {"y": "y", "n": "n"}}
        return make_pack(
            dict(reversed(decisions.items())), {**booleans("yes", "no", "last"), "code": {"label": "码", **code}}
        )

    pack = within(200, made)
    known = {"household_id": "H", "yes": True, "no": False, "members": [{}]}
    facts, _ = read_facts(known, pack.vocabulary)
    request = Request(datetime.date(2022, 1, 1), (f"d{len(DEEPEST[name]) - 1}",))
    decision = within(200, lambda: request.decide(pack, facts))
    assert decision.answers[0].status == "undetermined"
    assert [found.path for found in decision.answers[0].missing] == ["code" if name == "tables" else "last"]
    entry = within(200, lambda: entry_of(record_of(decision, facts, request, "0" * 64, None), decision))
    assert within(200, lambda: read_record(json.loads(entry.body))).decision.answers[0].status == "undetermined"
    assert within(200, lambda: page([decision]))
    population = population_of([facts], pack.vocabulary)
    assert within(200, lambda: list(disagreements(pack, population, request.on))) == []


@pytest.mark.parametrize(
    ("count", "levels", "code"), [(200, 1, "link.chain_too_long"), (20, 10, "link.chain_too_deep")]
)
def test_a_wide_circle_is_told_and_not_gone_around(count, levels, code):
    ring = {f"d{number}": {"is": nested(levels, f"d{(number + 1) % count}")} for number in range(count)}
    with pytest.raises(AssertionError, match=code):
        within(200, lambda: make_pack(ring, booleans("yes", "no")))


def test_a_text_may_be_too_large():
    text = " " * (yaml.MAX_LENGTH + 1)
    assert [problem.code for problem in problems_of(read_facts_text, text, "x")] == ["yaml.too_large"]
