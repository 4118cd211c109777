"""The JSON Schemas of the file kinds: every shipped file fits its own, and a misspelt key fits none."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from policy_engine.documents.read_pack import load_pack
from policy_engine.documents.reader import number_of
from policy_engine.documents.schema import FILE_KINDS, schema_of
from policy_engine.documents.yaml import ListNode, MapNode, read
from policy_engine.model.core import CORE

ROOT = Path(__file__).parents[1]
FILES = {
    "pack": ("*/pack.yaml",),
    "parameters": ("*/parameters.yaml",),
    "readings": ("*/readings.yaml",),
    "rules": ("*/rules/*.yaml",),
    "vocabulary": ("*/vocabulary.yaml",),
    "procedures": ("*/procedures.yaml",),
    "duties": ("*/duties.yaml",),
    "reactions": ("*/reactions.yaml",),
    "case": ("*/cases/*.yaml",),
    "procedure_case": ("*/cases/procedures/*.yaml",),
}
CASE_FILE = [
    {"case_file": 1, "pack": "case", "subject": "household", "id": "h-1"},
    {"event": "facts", "happened_on": "2030-04-01", "facts": {"can_write": True}, "adds": {"visits": []}},
    {"event": "open", "case": "a", "procedure": "inclusion", "happened_on": "2030-04-01", "follows": "b"},
    {"event": "step", "case": "a", "step": "review", "result": "agreed", "by": "town", "happened_on": "2030-04-02"},
    {"event": "strike", "case": "a", "corrects": 3, "why": "误记", "happened_on": "2030-04-02"},
    {"event": "ruling", "case": "a", "substance": True, "by": "town", "why": "x", "happened_on": "2030-04-02"},
]
"""One document of each kind that a case file may hold."""


def plain(node):
    """A node of a file as JSON has it: dates are texts."""
    if isinstance(node, MapNode):
        return {key: plain(value) for key, (_, value) in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    if node.is_null:
        return None
    if node.plain and node.text in ("true", "false"):
        return node.text == "true"
    number = number_of(node)
    return node.text if number is None else int(number) if number == number.to_integral_value() else float(number)


def documents(path):
    found, problems = read(path.read_text(encoding="utf-8"), str(path))
    assert problems == ()
    return [plain(document) for document in found]


def checker(kind, vocabulary=CORE):
    schema = schema_of(kind, vocabulary)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("kind", FILES)
def test_every_shipped_file_fits(kind):
    check = checker(kind)
    paths = [path for pattern in FILES[kind] for path in sorted((ROOT / "policies").glob(pattern))]
    assert paths
    for path in paths:
        for document in documents(path):
            assert [error.message for error in check.iter_errors(document)] == [], path


@pytest.mark.parametrize("kind", FILES)
def test_a_misspelt_key_does_not_fit(kind):
    """In every mapping whose keys the form names, one more is refused: shown at the top, or in each entry."""
    check = checker(kind)
    path = next((ROOT / "policies").glob(FILES[kind][0]))
    document = documents(path)[0]
    for target in document.values() if "additionalProperties" in check.schema and kind != "vocabulary" else ():
        target["lable"] = "x"
    if kind == "vocabulary":
        next(iter(next(iter(document.values())).values()))["lable"] = "x"
    if "$ref" in check.schema:
        document["lable"] = "x"
    assert not check.is_valid(document)


def test_a_scenario_file():
    document = {
        "scenario": "higher line",
        "parameters": {"range_line": 6500},
        "readings": {"inside_range": "line_excluded"},
        "change": [{"when": "low_income", "set": {"has_problems": "true"}}],
    }
    assert checker("scenario").is_valid(document)
    assert not checker("scenario").is_valid({**document, "lable": "x"})


def test_every_kind_is_looked_at():
    assert set(FILES) | {"case_file", "scenario", "settings", "facts"} == set(FILE_KINDS)


@pytest.mark.parametrize("document", CASE_FILE, ids=lambda found: found.get("event", "header"))
def test_documents_of_a_case_file(document):
    check = checker("case_file")
    assert check.is_valid(document)
    assert not check.is_valid({**document, "hapened_on": "2030-04-01"})
    required = next(key for key in ("case_file", "happened_on") if key in document)
    assert not check.is_valid({key: value for key, value in document.items() if key != required})


def test_an_event_is_one_of_the_known():
    check = checker("case_file")
    opened = CASE_FILE[2]
    assert check.is_valid(opened)
    assert not check.is_valid({**opened, "event": "opened"})
    assert not check.is_valid({**opened, "event": "strike"})


def test_facts_have_the_names_of_the_pack():
    vocabulary = load_pack("xuanzhou_2021").vocabulary
    [own, *_] = {fact.id for fact in vocabulary.form("household")} - {fact.id for fact in CORE.form("household")}
    assert checker("facts", vocabulary).is_valid({own: None, "as_of": "2021-09-01", "household_size": 3})
    assert not checker("facts").is_valid({own: None})


def test_settings_fit():
    check = checker("settings")
    assert check.is_valid({"format": 1, "parameters": {"line": {"source": "x", "values": {"2030": 9000}}}})
    assert not check.is_valid({"format": 1, "paramters": {}})
