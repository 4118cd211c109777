"""Refused inputs: each file under `bad/` says in comments which problems it gives, and on which lines.

`expect: code` stands at the end of the faulty line, `expect-next: code` above it, `expect-at 7: code` where no comment
can stand near it, and `expect-file: code` where the whole file is meant. Several codes are parted by commas.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from policy_engine.checking.cases import read_cases, run_case
from policy_engine.documents.read_facts import read_facts_file
from policy_engine.documents.read_pack import check_pack, load_pack
from policy_engine.documents.read_settings import load_settings
from policy_engine.errors import PolicyEngineError
from policy_engine.evaluation.context import Context, evaluate, type_of
from policy_engine.expression.lex import ExpressionText
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
from policy_engine.values import Record, Unit

BAD = Path(__file__).parent / "bad"
SOUND = BAD / "sound"
SOURCES = Path(__file__).parents[1] / "src"
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


def files(kind):
    return [pytest.param(path, id=path.stem) for path in sorted((BAD / kind).iterdir())]


def expected(path, name):
    """Every (file, line, code) that the comments of a file promise; line 0 is the whole file."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for how, at, codes in EXPECTED.findall(line):
            place = {"": number, "-next": number + 1, "-file": 0}.get(how, int(at or 0))
            found += [(name, place, code) for code in codes.split(", ")]
    return sorted(found)


def found(problems, root=""):
    """Every (file, line, code) of the problems; each must show itself in both languages."""
    for problem in problems:
        for language in ("zh", "en"):
            shown = problem.show(language)
            assert problem.code in shown.splitlines()[0]
            assert not re.search(r"\{\w+\}", problem.message(language) + problem.help(language)), shown
    places = [
        (problem.span.source.name, problem.span.place.line, problem.code)
        if problem.span
        else (problem.where, 0, problem.code)
        for problem in problems
    ]
    return sorted((name.removeprefix(f"{root}/"), line, code) for name, line, code in places)


def problems_of(read, *arguments):
    """What a reader that raises or returns its problems has found."""
    try:
        answer = read(*arguments)
    except PolicyEngineError as error:
        return error.problems
    return answer[1] if isinstance(answer, tuple) else ()


# ---- each file, exactly its problems


@pytest.mark.parametrize("path", files("expressions"))
def test_expression(path):
    text = path.read_text(encoding="utf-8").rstrip("\n")
    _, value, problems = evaluate(ExpressionText.of(text, path.name), NAMES)
    assert found(problems or value.problems) == expected(path, path.name)


@pytest.mark.parametrize("path", files("facts"))
def test_facts(path):
    assert found(problems_of(read_facts_file, path), BAD / "facts") == expected(path, path.name)


@pytest.mark.parametrize("path", files("packs"))
def test_pack(path, tmp_path):
    """`rules--x.yaml` is that file of a pack which has else only `sound/pack.yaml`; a folder is several such files."""
    parts = {file: str(file.relative_to(path)) for file in path.rglob("*.*")} if path.is_dir() else {path: part(path)}
    shutil.copy(SOUND / "pack.yaml", tmp_path)
    for file, name in parts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(file, tmp_path / name)
    pack, problems = check_pack(tmp_path)
    assert pack is None
    assert found(problems, tmp_path) == sorted(place for file, name in parts.items() for place in expected(file, name))


def part(path):
    kind = path.stem.partition("--")[0]
    return "rules/rules.yaml" if kind == "rules" else f"{kind}.yaml"


@pytest.fixture(scope="module")
def sound():
    return load_pack(SOUND)


@pytest.mark.parametrize("path", files("settings"))
def test_settings(path, sound):
    assert found(problems_of(load_settings, path, sound), BAD / "settings") == expected(path, path.name)


@pytest.mark.parametrize("path", files("cases"))
def test_case(path, sound, tmp_path):
    (tmp_path / "cases").mkdir()
    shutil.copy(path, tmp_path / "cases")
    cases, problems = read_cases(tmp_path)
    differences = [found for case in cases for found in run_case(sound, *case).differences]
    assert found((*problems, *differences), tmp_path / "cases") == expected(path, path.name)
