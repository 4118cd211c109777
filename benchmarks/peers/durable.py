"""The workload in durable-rules: figures worked out in Python, as its rules cannot; then rules by priority. Two-valued."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

from durable.engine import MessageNotHandledException
from durable.lang import assert_fact, m, pri, retract_fact, ruleset, when_all

_SERIAL = count()
FOUND: dict[int, dict[str, Any]] = {}


def _rules() -> None:
    """One rule set; each rule stands in it with its own name, and the first of a table that fires settles it."""
    first = {
        "category": [
            ((m.was_poor == True) & ((m.below_line == True) | (m.lacks == True)), 1),  # noqa: E712
            ((m.borderline == True) & ((m.below_line == True) | (m.hardship == True)), 2),  # noqa: E712
            ((m.hardship == True) & (m.below_line == True) & ((m.short_hardship == True) | (m.lacks == True)), 3),  # noqa: E712
        ],
        "colour": [
            ((m.major == True) & (m.rigid_heavy == True), 1),  # noqa: E712
            ((m.dis_acc == True) & (m.slump == True), 1),  # noqa: E712
            (m.need == True, 2),  # noqa: E712
        ],
        "exit": [
            ((m.was_poor == False) & (m.borderline == False), 1),  # noqa: E712
            ((m.below_line == True) | (m.lacks == True) | (m.crisis == True), 2),  # noqa: E712
            (m.settled == True, 3),  # noqa: E712
            ((m.dibao == True) | (m.severe == True) | (m.sick_large == True) | (m.deep == True), 4),  # noqa: E712
        ],
    }
    measures = [
        (m.below_line == True) & (m.dibao == False),  # noqa: E712
        (m.medical == False) | ((m.major == True) & (m.med_heavy == True)),  # noqa: E712
        (m.education == False) | (m.dropout == True) | (m.schooling > 5000),  # noqa: E712
        m.housing == False,  # noqa: E712
        m.water == False,  # noqa: E712
        (m.has_labour == True) & ((m.below_line == True) | (m.slump == True)),  # noqa: E712
        (m.severe == True) & ((m.disability > 3000) | (m.has_labour == False)),  # noqa: E712
        (m.dis_acc == True) | ((m.short_hardship == True) & ((m.food == False) | (m.clothing == False))),  # noqa: E712
    ]
    with ruleset("w"):
        for name, rules in first.items():
            for place, (condition, outcome) in enumerate(rules):
                when_all(pri(place + 1), condition)(_settle(name, outcome))
        for number, condition in enumerate(measures, 1):
            when_all(pri(9), condition)(_settle(f"m{number}", 1))


def _settle(name: str, outcome: int) -> Callable[[Any], None]:
    def settle(c: Any) -> None:
        FOUND[c.m.household_id].setdefault(name, outcome)

    return settle


_rules()


def outcome(row: dict[str, Any], people: list[dict[str, Any]]) -> dict[str, Any]:
    """The outcomes for one household, found by asserting it and retracting it again."""
    fact = row | figures(row, people) | {"household_id": next(_SERIAL)}
    found = FOUND[fact["household_id"]] = {}
    with suppress(MessageNotHandledException):  # no rule fires
        assert_fact("w", fact)
        retract_fact("w", fact)
    del FOUND[fact["household_id"]]
    otherwise = {"category": 0, "colour": 3, "exit": 5, **{f"m{number}": False for number in range(1, 9)}}
    return otherwise | found


def figures(row: dict[str, Any], people: list[dict[str, Any]]) -> dict[str, Any]:
    """What the rules cannot work out themselves."""
    income = sum(row[f"income_{number}"] for number in range(1, 7)) - row["cost"]
    rigid = sum(row[name] for name in ("illness", "disability", "schooling", "disaster", "accident"))
    line = {2020: 5500, 2021: 6000}.get(row["year"], 6500)
    each = income / len(people)
    has_labour = any(one["able"] and 16 <= one["age"] <= 60 for one in people)
    severe = any(one["grade"] in ("g1", "g2") for one in people)
    major = any(one["major_illness"] for one in people)
    found = {
        "below_line": each < line,
        "deep": each < 0.5 * line,
        "rigid_heavy": rigid > row["last_disposable"],
        "slump": income < 0.7 * row["last_income"],
        "lacks": not all(row[name] for name in ("education", "medical", "housing", "water", "food", "clothing")),
        "dis_acc": row["disaster"] > 0 or row["accident"] > 0,
        "med_heavy": row["illness"] > 0.3 * income,
        "dropout": any(6 <= one["age"] <= 15 and not one["school"] for one in people),
        "has_labour": has_labour,
        "severe": severe,
        "major": major,
    }
    hardship = found["rigid_heavy"] or found["slump"]
    return found | {
        "hardship": hardship,
        "need": found["lacks"] or (found["below_line"] and not row["dibao"]),
        "crisis": hardship and each < 1.5 * line,
        "sick_large": len(people) >= 5 and found["med_heavy"],
        "settled": income >= 1.2 * row["last_income"] and has_labour and not (severe or major),
    }
