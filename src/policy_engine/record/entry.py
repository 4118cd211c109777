"""An entry of a ledger, and the hash that chains it to the one before it. Anyone can recompute both with a few lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from json.encoder import encode_basestring as _text
from typing import Any, NamedTuple

from policy_engine.model.canonical import canonical

__all__ = ["Entered", "Entry", "Receipt", "chain_hash"]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be recorded: its kind, whom it is about, its canonical JSON.

    `key` says which act it is: an entry with a key that the ledger has is not appended again. Made by `Entry.of`.
    """

    kind: str
    subject: str
    key: str
    body: str
    body_hash: str

    @staticmethod
    def of(kind: str, content: Mapping[str, Any], *, subject: str = "", key: str = "") -> Entry:
        """From content as JSON data (no float: TypeError). Without a key, the content itself is the act."""
        body = canonical(content)
        body_hash = sha256(body).hexdigest()
        return Entry(kind, subject, key or f"{kind}:{body_hash}", body.decode(), body_hash)


class Entered(NamedTuple):
    """An entry as it stands in a ledger; `recorded_at` is UTC and never earlier than that of the entry before."""

    seq: int
    kind: str
    subject: str
    key: str
    recorded_at: str
    body: str
    body_hash: str
    previous: str
    hash: str

    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Receipt(NamedTuple):
    """Where an entry stands; `new` is False where it stood there already."""

    seq: int
    hash: str
    new: bool


def chain_hash(previous: str, seq: int, *texts: str) -> str:
    """SHA-256 of the canonical JSON list of these: an entry's hash. `texts`: kind, subject, key, recorded_at, body_hash."""
    kind, subject, key, moment, body = texts
    rest = f"{_text(kind)},{_text(subject)},{_text(key)},{_text(moment)},{_text(body)}"
    return sha256(f"[{_text(previous)},{seq},{rest}]".encode()).hexdigest()
