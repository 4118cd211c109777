"""Conformance cases: one JSON object a line, with `expression`, `inputs` and `expected` as typed values.

A typed value is `{"t": "number", "v": "7792"}`; `t` is boolean, number, string, date, days and time duration, years
and months duration, list or context. Numbers are compared exactly.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context as Digits
from decimal import Decimal
from typing import Any, cast

from policy_engine.evaluation.context import Context, evaluate
from policy_engine.expression import temporal
from policy_engine.values import Record, Unknown, is_unknown, show

__all__ = ["OUTCOMES", "CaseResult", "NotACase", "run_cases"]

OUTCOMES = ("exact", "rounded", "refused", "no value", "wrong")


class NotACase(ValueError):
    """A line is not a case; the message says which and why."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of a case: exact; refused when read (by `code`); no value; wrong (found beside expected).

    `rounded`: the value fills all 34 digits and agrees with every digit of a case that states fewer.

    `wants_value` is False where the case expects null.
    """

    id: str
    expression: str
    outcome: str
    wants_value: bool
    code: str = ""
    found: str = ""
    expected: str = ""
    contested: bool = False


def run_cases(lines: Iterator[str]) -> Iterator[CaseResult]:
    """Evaluate every case of a file; blank lines are passed over."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                case = json.loads(line)
                yield _run(case)
            except (ValueError, KeyError, TypeError) as error:
                raise NotACase(f"line {number}: {error!r}") from None


def _run(case: dict[str, Any]) -> CaseResult:
    wants_value = case["expected"]["t"] != "null"
    contested = bool(case.get("contested"))
    id_, expression = str(case["id"]), str(case["expression"])
    inputs = Record((name, _value(value)) for name, value in case["inputs"].items())
    _, value, problems = evaluate(expression, Context(inputs))
    if problems:
        return CaseResult(id_, expression, "refused", wants_value, problems[0].code, contested=contested)
    if is_unknown(value):
        code = value.problems[0].code if value.problems else "unknown"
        return CaseResult(id_, expression, "no value", wants_value, code, contested=contested)
    expected = _value(case["expected"])
    same = wants_value and type(expected) is type(value) and expected == value
    outcome = "exact" if same else "rounded" if _agrees(value, expected) else "wrong"
    return CaseResult(id_, expression, outcome, wants_value, "", show(value), show(expected), contested)


def _agrees(value: Any, expected: Any) -> bool:
    if not (isinstance(value, Decimal) and isinstance(expected, Decimal)):
        return False
    stated = len(expected.as_tuple().digits)
    return 15 <= stated < len(value.as_tuple().digits) == 34 and _round_to(value, stated) == expected


def _round_to(number: Decimal, digits: int) -> Decimal:
    """The number to so many significant digits, half to even."""
    return Digits(prec=digits).plus(number)


def _value(typed: dict[str, Any]) -> Any:
    kind, value = typed["t"], cast(Any, typed.get("v"))
    match kind:
        case "null":
            return Unknown()
        case "number":
            return Decimal(value)
        case "boolean" | "string":
            return value
        case "list":
            return tuple(map(_value, value))
        case "context":
            return Record((name, _value(item)) for name, item in value)
        case "date" | "days and time duration" | "years and months duration":
            return temporal.read(value)
    return Unknown()
