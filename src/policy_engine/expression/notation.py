"""How other languages and plain Chinese write what is written otherwise here: found, and what to write instead."""

from __future__ import annotations

import re

__all__ = ["SIGN", "SIGNS", "WORDS"]

SIGNS = {
    "==": "=",
    "===": "=",
    "≤": "<=",
    "≦": "<=",
    "=<": "<=",
    "≥": ">=",
    "≧": ">=",
    "=>": ">=",
    "≠": "!=",
    "<>": "!=",
    "！=": "!=",
    "！＝": "!=",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not(…)",
    "！": "not(…)",
    "×": "*",
    "÷": "/",
    "−": "-",
    "^": "a * a",
    "%": "modulo(a, b)",
    "％": "modulo(a, b)",
}
"""Signs that are none here, wherever they stand outside a text."""

SIGN = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
"""A pattern for them, the longest first."""

WORDS = {
    "AND": "and",
    "且": "and",
    "并且": "and",
    "而且": "and",
    "OR": "or",
    "或": "or",
    "或者": "or",
    "NOT": "not(…)",
    "not": "not(…)",
    "非": "not(…)",
    "不是": "!=",
    "等于": "=",
    "不等于": "!=",
    "大于": ">",
    "小于": "<",
    "大于等于": ">=",
    "不小于": ">=",
    "不低于": ">=",
    "小于等于": "<=",
    "不大于": "<=",
    "不高于": "<=",
    "不超过": "<=",
    "True": "true",
    "TRUE": "true",
    "是": "true / =",
    "False": "false",
    "FALSE": "false",
    "否": "false",
    "如果": "if",
    "那么": "then",
    "否则": "else",
    "..": "[a..b]",
}
"""Words, and `..` without its brackets, that are refused where they cannot stand, or name nothing."""
