"""An entry of a ledger, and the hash that chains it to the one before it. Anyone can recompute both with a few lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from pydantic_core import to_json

from policy_engine.model.canonical import canonical

__all__ = ["OWNED_KINDS", "Entered", "Entry", "Receipt", "chain_hash"]

OWNED_KINDS = frozenset(
    "acknowledgement alert day decision fulfilled ledger pack scenario submission supposition withdrawal".split()
)
"""Kinds of the entries that the engine writes and reads back itself; anyone may add entries of any other kind."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be recorded: its kind, whom it is about, its canonical JSON.

    `key` says which act it is: an entry with a key that the ledger has is not appended again. `apart` are parts of the content
    that may differ where the same act is recorded again. Made by `Entry.of`.
    """

    kind: str
    subject: str
    key: str
    body: str
    body_hash: str
    apart: tuple[str, ...] = ()

    @staticmethod
    def of(
        kind: str,
        content: Mapping[str, Any],
        *,
        subject: str = "",
        key: str = "",
        apart: Mapping[str, Any] | None = None,
    ) -> Entry:
        """From content as JSON data (no float: TypeError). Without a key, the content itself is the act.

        `apart` is recorded beside the content and is no part of what is the same.
        """
        act = canonical(content)
        body = canonical({**content, **apart}) if apart else act
        hash_ = sha256(body).hexdigest()
        return Entry(
            kind, subject, key or f"{kind}:{sha256(act).hexdigest()}", body.decode(), hash_, tuple(apart or ())
        )

    def says(self, body: str) -> bool:
        """Does this body of an entry say the same, but for what is apart?"""
        if body == self.body:
            return True
        try:
            return self._act(body) == self._act(self.body)
        except (ValueError, AttributeError):  # something else stands there, or nothing that can be read
            return False

    def _act(self, body: str) -> dict[str, Any]:
        return {name: item for name, item in json.loads(body).items() if name not in self.apart}


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
    """SHA-256 of the canonical JSON list of these: an entry's hash. `texts`: kind, subject, key, recorded_at, body_hash.

    TypeError where one of the texts is none: a database may hand out bytes that spell the same.
    """
    "".join(texts)
    return sha256(to_json((previous, seq, *texts))).hexdigest()
