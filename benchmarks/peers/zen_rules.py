"""The workload as a zen-engine graph: expressions, then a decision table for each outcome; two-valued."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import polars as pl
import zen

KEY = "w"
INCOME = " + ".join(f"income_{number}" for number in range(1, 7))
EXPRESSIONS = {
    "size": "len(members)",
    "has_labour": "some(members, #.able and #.age >= 16 and #.age <= 60)",
    "severe": "some(members, #.grade == 'g1' or #.grade == 'g2')",
    "major": "some(members, #.major_illness)",
    "dropout": "some(members, #.age >= 6 and #.age <= 15 and not(#.school))",
    "income": f"{INCOME} - cost",
    "rigid": "illness + disability + schooling + disaster + accident",
    "line": "year == 2020 ? 5500 : year == 2021 ? 6000 : 6500",
    "per_head": "$.income / $.size",
    "below_line": "$.per_head < $.line",
    "below_15": "$.per_head < 1.5 * $.line",
    "deep": "$.per_head < 0.5 * $.line",
    "rigid_heavy": "$.rigid > last_disposable",
    "slump": "$.income < 0.7 * last_income",
    "stable": "$.income >= 1.2 * last_income",
    "lacks": "not(education and medical and housing and water and food and clothing)",
    "dis_acc": "disaster > 0 or accident > 0",
    "med_heavy": "illness > 0.3 * $.income",
    "need": "$.lacks or ($.below_line and not(dibao))",
    "hardship": "$.rigid_heavy or $.slump",
    "vulnerable": "$.severe or $.major or not($.has_labour)",
    "crisis": "$.hardship and $.below_15",
    "settled": "$.stable and $.has_labour and not($.vulnerable)",
    "m1": "$.below_line and not(dibao)",
    "m2": "not(medical) or ($.major and $.med_heavy)",
    "m3": "not(education) or $.dropout or schooling > 5000",
    "m4": "not(housing)",
    "m5": "not(water)",
    "m6": "$.has_labour and ($.below_line or $.slump)",
    "m7": "$.severe and (disability > 3000 or not($.has_labour))",
    "m8": "$.dis_acc or (short_hardship and not(food and clothing))",
}
TABLES = {
    "category": (
        [
            ("was_poor and (below_line or lacks)", 1),
            ("borderline and (below_line or hardship)", 2),
            ("hardship and below_line and (short_hardship or lacks)", 3),
        ],
        0,
    ),
    "colour": ([("major and rigid_heavy", 1), ("dis_acc and slump", 1), ("need", 2)], 3),
    "exit": (
        [
            ("not(was_poor) and not(borderline)", 1),
            ("below_line or lacks or crisis", 2),
            ("settled", 3),
            ("dibao or severe or (size >= 5 and med_heavy) or deep", 4),
        ],
        5,
    ),
}


def _node(id_: str, kind: str, **content: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"id": id_, "name": id_, "type": kind, "position": {"x": 0, "y": 0}}
    return found | ({"content": content} if content else {})


def _table(name: str) -> dict[str, Any]:
    rules, otherwise = TABLES[name]
    rows = [
        {"_id": f"{name}{number}", "when": when, "then": str(then)}
        for number, (when, then) in enumerate([*rules, ("", otherwise)])
    ]
    columns = {"inputs": [{"id": "when", "name": "when"}], "outputs": [{"id": "then", "name": name, "field": name}]}
    return _node(name, "decisionTableNode", hitPolicy="first", rules=rows, passThrough=True, **columns)


def graph() -> dict[str, Any]:
    """The decision model: from the input through the expressions and the tables one after the other."""
    figures = [{"id": key, "key": key, "value": value} for key, value in EXPRESSIONS.items()]
    nodes = [
        _node("input", "inputNode"),
        _node("figures", "expressionNode", expressions=figures, passThrough=True),
        *map(_table, TABLES),
        _node("output", "outputNode"),
    ]
    edges = [
        {"id": f"e{number}", "sourceId": one["id"], "targetId": other["id"], "type": "edge"}
        for number, (one, other) in enumerate(pairwise(nodes))
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def engine() -> zen.ZenEngine:
    return zen.ZenEngine({"loader": {"type": "static", "content": {KEY: graph()}}})


def contexts(households: pl.DataFrame, members: pl.DataFrame) -> list[str]:
    """A JSON text for each household, with its members."""
    people: dict[int, list[dict[str, Any]]] = {}
    for row in members.iter_rows(named=True):
        people.setdefault(row.pop("household_id"), []).append(row)
    rows = households.iter_rows(named=True)
    return [json.dumps(row | {"members": people.get(row["household_id"], [])}) for row in rows]


def outcome(made: zen.ZenEngine, context: str, *, trace: bool) -> dict[str, Any]:
    found: dict[str, Any] = made.evaluate(KEY, context, {"trace": trace})["result"]
    return found
