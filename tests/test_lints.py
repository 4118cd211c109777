"""Each lint on a pack with that one fault, and silence on a sound pack."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_engine.app.new_pack import write_pack
from policy_engine.checking.lints import LINTS, lint
from policy_engine.decision.decide import decide_facts
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import check_pack

TABLE = """
extra:
  label: {{zh: 另一决定, en: Extra}}
  outcomes: {{a: {{zh: 甲, en: A}}, b: {{zh: 乙, en: B}}}}
  hit: {hit}
  rules:
    - {{id: one, when: {one}, then: a, cites: ["1"]}}
    - {{id: two, when: {two}, then: b, cites: ["1"]}}
{otherwise}
"""


def codes(folder):
    pack, problems = check_pack(folder)
    assert pack is not None, problems
    return [found.code for found in lint(pack) if found.code != "lint.short_window"]


@pytest.fixture
def folder(tmp_path):
    write_pack(tmp_path / "pinghe_2030")
    return tmp_path / "pinghe_2030"


def add_table(folder, hit, one, two, otherwise=""):
    text = TABLE.format(hit=hit, one=one, two=two, otherwise=otherwise)
    (folder / "rules" / "2.yaml").write_text(text, encoding="utf-8")


def test_a_sound_pack_is_silent(folder):
    assert codes(folder) == []
    assert len({check.__module__ for check in LINTS}) == len(LINTS)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            ("first", "low_income and not(low_income)", "monitored", "  otherwise: b"),
            ["lint.never_holds", "lint.unreachable"],
        ),
        (
            ("first", "low_income", "low_income and monitored", "  otherwise: a"),
            ["lint.hidden_rule", "lint.unreachable"],
        ),
        (("unique", "low_income", "monitored", "  otherwise: a"), ["lint.overlap"]),
        (("unique", "low_income", "not(low_income)"), []),
        (("unique", "low_income", "not(low_income) and monitored"), ["lint.gap"]),
        (("first", "household_size > 0 and household_size <= 0", "monitored", "  otherwise: a"), ["lint.never_holds"]),
    ],
)
def test_tables(folder, table, expected):
    add_table(folder, *table)
    assert codes(folder) == expected


@pytest.mark.parametrize(
    ("one", "two", "code", "witness"),
    [
        ("low_income", "monitored", "lint.overlap", "low_income: true, monitored: true"),
        (
            "below_line and low_income",
            "not(below_line)",
            "lint.gap",
            "low_income: false, household_size: 1, this_year.income: 8999.99",
        ),
        ("below_line", "low_income", "lint.overlap", "low_income: true, household_size: 1, this_year.income: 8999.99"),
        (
            "this_year.income > last_year.income",
            "this_year.income <= last_year.income and low_income",
            "lint.gap",
            "low_income: false, this_year.income: 0, last_year.income: 0",
        ),
        (
            'some m in members satisfies m.labour = "lost"',
            "monitored",
            "lint.overlap",
            'monitored: true, members: [{}], members[1].labour: "lost"',
        ),
    ],
)
def test_a_witness_is_a_household_for_which_it_happens(folder, one, two, code, witness):
    add_table(folder, "unique", one, two, "" if code == "lint.gap" else "  otherwise: a")
    pack, problems = check_pack(folder)
    assert pack is not None, problems
    found = next(item for item in lint(pack) if item.code == code)
    assert dict(found.details)["witness"] == witness
    given = dict(part.split(": ", 1) for part in witness.split(", "))
    facts, _ = read_facts({"as_of": "2030-06-01", "county": "某县", **nested(given)}, pack.vocabulary)
    answer = decide_facts(pack, facts, decisions=["extra"], ranked=False)["extra"]
    assert answer.status == code.removeprefix("lint.").replace("overlap", "conflict")


def nested(given):
    """Facts as a file has them, from paths."""
    facts = {}
    for path, value in given.items():
        read = {"true": True, "false": False}.get(value, value.strip('"'))
        name, _, entry = path.rpartition(".")
        if name in ("this_year", "last_year"):
            year = 2030 if name == "this_year" else 2029
            facts.setdefault("finances", {}).setdefault(year, {})[entry] = Decimal(value)
        elif name == "members[1]":
            facts["members"] = [{entry: read}]
        elif path != "members":
            facts[path] = Decimal(value) if value.isdecimal() else read
    return facts


def test_unused_parameters_and_short_windows(folder):
    with (folder / "parameters.yaml").open("a", encoding="utf-8") as file:
        file.write('\nspare: {label: {zh: 备用, en: Spare}, value: 2, cites: ["1"]}\n')
    assert codes(folder) == ["lint.unused"]
    pack, _ = check_pack(folder)
    assert [dict(f.details)["id"] for f in lint(pack) if f.code == "lint.short_window"] == ["help_line"]


@pytest.mark.parametrize(
    ("values", "window"),
    [
        ("{2030: 1, 2031: 1, 2032: 1}", None),
        ("{2030: 1, 2032: 1}", "2031-01-01 – 2031-12-31"),
        ("{2031: 1}", "2030-03-01 – 2030-12-31, 2032-01-01 – 2032-12-31"),
        ("{2130: 1}", "2030-03-01 – 2032-12-31"),
        ("{2020: 1}", "2030-03-01 – 2032-12-31"),
        ("{2029: 1, 2030: 1, 2031: 1, 2032: 1, 2033: 1}", None),
    ],
)
def test_every_time_in_force_without_a_value_is_named(folder, values, window):
    text = (folder / "parameters.yaml").read_text(encoding="utf-8")
    (folder / "parameters.yaml").write_text(text.replace("{2030: 9000}", values), encoding="utf-8")
    force = (
        (folder / "pack.yaml")
        .read_text(encoding="utf-8")
        .replace("  from: 2030-03-01", "  from: 2030-03-01\n  to: 2032-12-31")
    )
    (folder / "pack.yaml").write_text(force, encoding="utf-8")
    pack, _ = check_pack(folder)
    windows = [dict(found.details)["window"] for found in lint(pack) if found.code == "lint.short_window"]
    assert windows == ([window] if window else [])


def test_a_pack_in_force_for_good_needs_values_for_good(folder):
    pack, _ = check_pack(folder)
    assert [dict(f.details)["window"] for f in lint(pack) if f.code == "lint.short_window"] == ["2031-01-01 –"]
