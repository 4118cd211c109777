"""Entries as JSON for others to read: whole, or without personal values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from policy_engine.decision.masking import MASK, short_code
from policy_engine.record.commitment import masked_record
from policy_engine.record.entry import Entered

__all__ = ["entry_json", "masked_entry_json", "masked_outcome"]

_OPEN_KINDS = ("ledger", "pack")
"""Kinds of entries that say nothing of people."""

_KEPT = frozenset("form kind pack pack_files decision item procedure step result duty state on".split())
"""Of other entries: what stands at the top of their content and holds ids, codes and dates."""


def entry_json(entry: Entered) -> dict[str, Any]:
    """All columns of an entry, with its content."""
    shown = {name: value for name, value in entry._asdict().items() if name != "body"}
    return {**shown, "body": entry.content()}


def masked_entry_json(entry: Entered, disclose: Iterable[str] = ()) -> dict[str, Any]:
    """An entry as others may see it: a decision as its masked copy, of anything else ids, codes and dates.

    Without the columns from which personal values could be guessed: the key, and hashes over what is not salted. Raises
    `LedgerError` where a place to disclose is not hidden, or the entry has no salts.
    """
    if entry.kind in _OPEN_KINDS:
        return entry_json(entry)
    content, places = entry.content(), tuple(disclose)
    salted = bool(content.get("masking"))
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "subject": short_code(entry.subject),
        "recorded_at": entry.recorded_at,
        **({"hash": entry.hash} if salted else {}),
        "body": masked_record(content, places).model_dump(mode="json")
        if salted or places
        else _masked_content(content),
    }


def masked_outcome(outcome: Any) -> Any:
    """An outcome in JSON as others may see it: codes, yes and no. Figures, days and texts may be those of facts."""
    if isinstance(outcome, list):
        return [masked_outcome(item) for item in outcome]
    code = isinstance(outcome, str) and outcome.isascii() and outcome.isidentifier()
    return outcome if code or outcome is None or isinstance(outcome, bool) else MASK


def _masked_content(content: dict[str, Any]) -> dict[str, Any]:
    return {name: _part(name, item) for name, item in content.items()}


def _part(name: str, item: Any) -> Any:
    if name == "outcome":
        return masked_outcome(item)
    return item if name in _KEPT and not isinstance(item, (dict, list)) else _masked(item)


def _masked(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _masked(item) for name, item in data.items()}
    if isinstance(data, list):
        return [_masked(item) for item in data]
    return data if data is None or data == "" else MASK
