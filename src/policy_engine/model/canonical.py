"""The canonical form of a linked pack, and its hash (RFC 8785, SHA-256): equal hashes mean equal answers."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from policy_engine.expression import tree
from policy_engine.expression.unparse import unparse
from policy_engine.source import Span
from policy_engine.values import show

__all__ = ["digest", "plain"]


def digest(linked: Any) -> str:
    """SHA-256 of the canonical JSON of a linked pack or a part of one, in hexadecimal; spans are left out."""
    import hashlib  # with the next, half of what loading a pack costs, and needed only for records

    import rfc8785

    return hashlib.sha256(rfc8785.dumps(plain(linked))).hexdigest()


def plain(value: Any) -> Any:
    """Any part of a pack as JSON; expressions as their text, numbers as texts.

    What is as it is by default is left out: a later version, with more to say, finds the same hash for what says no more.
    """
    if isinstance(value, tree.Node):
        return unparse(value)
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if isinstance(value, Mapping):
        return [[key, plain(item)] for key, item in value.items()]
    if isinstance(value, frozenset):
        return sorted(map(plain, value))
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: (getattr(value, f.name), f.default) for f in dataclasses.fields(value)}
        return {
            name: plain(item)
            for name, (item, default) in fields.items()
            if not isinstance(item, Span) and item != default
        }
    if isinstance(value, (Decimal, datetime.date, datetime.timedelta)):
        return show(value)
    return str(value)
