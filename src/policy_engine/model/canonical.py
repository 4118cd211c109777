"""Canonical JSON (RFC 8785), and the canonical form of a linked pack with its hash: equal hashes mean equal answers."""

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

__all__ = ["canonical", "digest", "plain"]


def canonical(value: Any) -> bytes:
    """The canonical JSON (RFC 8785) of texts, whole numbers, booleans, null, lists and mappings.

    Whole numbers are exact up to 2^53; other numbers go as texts. TypeError on a binary float and on anything else.
    """
    import json  # with the next, a part of what loading a pack costs, and needed only for hashes

    if _sorted_by_characters(value):
        return json.dumps(
            value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
        ).encode()
    import rfc8785

    return rfc8785.dumps(value)


_LARGEST = 2**53 - 1


def _sorted_by_characters(value: Any) -> bool:
    """Do all keys sort by character as by UTF-16 unit, as the standard wants? TypeError on what is not exact."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is dict:
        plain_keys = [key.isascii() or max(key) < "\ue000" for key in value]
        return all(map(_sorted_by_characters, value.values())) and all(plain_keys)
    if kind is list or kind is tuple:
        return all(map(_sorted_by_characters, value))
    if kind is int and -_LARGEST <= value <= _LARGEST:
        return True
    raise TypeError(f"not exact in canonical JSON: {value!r}")


def digest(linked: Any) -> str:
    """SHA-256 of the canonical JSON of a linked pack or a part of one, in hexadecimal; spans are left out."""
    import hashlib  # half of what loading a pack costs, and needed only for records

    return hashlib.sha256(canonical(plain(linked, sparse=True))).hexdigest()


def plain(value: Any, *, sparse: bool = False) -> Any:
    """Any part of a pack as JSON; expressions as their text, numbers as texts.

    With `sparse`, what is as it is by default is left out: a later version, with more to say, finds the same hash for
    what says no more.
    """
    if isinstance(value, tree.Node):
        return unparse(value)
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if isinstance(value, Mapping):
        return [[key, plain(item, sparse=sparse)] for key, item in value.items()]
    if isinstance(value, frozenset):
        return sorted(plain(item, sparse=sparse) for item in value)
    if isinstance(value, (tuple, list)):
        return [plain(item, sparse=sparse) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: (getattr(value, f.name), f.default) for f in dataclasses.fields(value)}
        return {
            name: plain(item, sparse=sparse)
            for name, (item, default) in fields.items()
            if not isinstance(item, Span) and not (sparse and item == default)
        }
    if isinstance(value, (Decimal, datetime.date, datetime.timedelta)):
        return show(value)
    return str(value)
