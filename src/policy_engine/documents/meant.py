"""What was probably meant by a text of the wrong kind: the help of `form.wrong_kind` shows how to write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal

from policy_engine.expression import temporal
from policy_engine.values import format_number

__all__ = ["meant"]

_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?) ?(%|元|千元?|万元?|亿元?)?", re.ASCII)
_FACTORS = {"%": "0.01", "千": "1000", "万": "10000", "亿": "100000000"}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})", re.ASCII)
_LENGTH = re.compile(r"(\d{1,5}) ?(个?工作日|天|日|个?月|年|days?|months?|years?)?", re.ASCII)
_UNITS = {"天": "D", "日": "D", "d": "D", "月": "M", "个": "M", "m": "M", "年": "Y", "y": "Y"}


def meant(text: str, wanted: str) -> str:
    """How to write this text as what is wanted (`number (CNY)`, `days duration (P7D)`); empty where that is not plain."""
    found = next((read for kind, read in _KINDS.items() if wanted.startswith(kind)), None)
    return found(unicodedata.normalize("NFKC", text).strip(), wanted) if found else ""


def _number(text: str, wanted: str) -> str:
    found = _NUMBER.fullmatch(text)
    if found is None or len(text) > 25:  # more digits would be rounded
        return ""
    number = Decimal(found[1].replace(",", "")) * Decimal(_FACTORS.get((found[2] or "")[:1], "1"))
    whole = number == number.to_integral_value()
    return format_number(number) if whole or not wanted.startswith("whole") else ""


def _date(text: str, _: str) -> str:
    found = _DATE.fullmatch(text)
    if found is None:
        return ""
    year, month, day = (part for part in found.groups() if part is not None)
    written = f"{year}-{int(month):02}-{int(day):02}"
    return written if temporal.read_date(written) else ""


def _length(text: str, wanted: str) -> str:
    found, of_days = _LENGTH.fullmatch(text), wanted.startswith("days")
    if found is None or (found[2] or "").endswith("工作日"):
        return ""
    unit = _UNITS[found[2][0]] if found[2] else "D" if of_days else "M"
    return f"P{int(found[1])}{unit}" if (unit == "D") is of_days else ""


def _truth(text: str, _: str) -> str:
    return {"是": "true", "yes": "true", "true": "true", "否": "false", "no": "false", "false": "false"}.get(
        text.lower(), ""
    )


_KINDS: Mapping[str, Callable[[str, str], str]] = {
    "number": _number,
    "whole number": _number,
    "date": _date,
    "days duration": _length,
    "months duration": _length,
    "true or false": _truth,
    "boolean": _truth,
}
