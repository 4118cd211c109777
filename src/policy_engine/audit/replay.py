"""Old decisions re-performed: their own facts, pack and question, under today's engine; the same bytes, or what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from policy_engine.decision.answer import Decision
from policy_engine.decision.masking import MASK, mask_decision, mask_facts, mask_message, short_code
from policy_engine.documents.link import LANGUAGE
from policy_engine.errors import LedgerError, PolicyEngineError, Problem, RequestError, problem
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.record import pack_source
from policy_engine.record.decision_form import decision_form
from policy_engine.record.entry import Entered
from policy_engine.record.form import KIND, SUPPOSITION, DecisionRecord, read_record
from policy_engine.record.ledger import Ledger
from policy_engine.record.pack_source import PackSource

__all__ = ["Archive", "Difference", "Replay", "Restored", "differences", "masked", "replay"]

_WORDING = ("label", "title", "zh", "en", "settles", "tried")
"""Of a decision as JSON: what is for people, and may be worded or ranked better by a later version."""

_NOT_REPERFORMED = ("engine", "pack", "problems")
"""The version then; the pack, which is compared by its files; and what was said when the facts were read."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place in the decision as JSON, with what stood there then and what stands there now.

    `wording`: only words for people differ, or the order of what is missing.
    """

    path: str
    then: Any
    current: Any
    wording: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """A record with its pack and its facts, ready to be decided again."""

    record: DecisionRecord
    pack: Pack
    facts: Facts

    def decide(self) -> Decision:
        return self.record.request(self.pack).decide(self.pack, self.facts)


@dataclass(frozen=True, slots=True)
class Replay:
    """A decision re-performed. `problems` say why it could not be, or what else is to be known about it."""

    entry: Entered
    restored: Restored | None
    decision: Decision | None
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]

    @property
    def status(self) -> str:
        """`same` bytes; `wording` or `meaning` differs; or it `failed`: it could not be re-performed."""
        if self.decision is None or any(found.severity == "error" for found in self.problems):
            return "failed"
        if not self.differences:
            return "same"
        return "wording" if all(found.wording for found in self.differences) else "meaning"


class Archive:
    """The packs that a ledger keeps, each linked once from its files."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._packs: dict[str, Pack] = {}
        self._kept: dict[str, list[tuple[int, str]]] = {}

    def pack(self, files: str) -> Pack:
        """The pack whose files have this hash; raises `LedgerError`, or `PackError` where it cannot be used any more."""
        if files not in self._packs:
            entry = self.ledger.keyed(f"{pack_source.KIND}:{files}")
            source = PackSource.of(entry.content())
            if source.hash != files:
                where = str(self.ledger.place)
                raise LedgerError([problem("ledger.changed", where=where, seq=entry.seq, what="body")])
            self._packs[files] = source.link()
        return self._packs[files]

    def pack_by(self, id_: str, seq: int) -> Pack | None:
        """The pack of this id that the ledger kept last before an entry; None where it had kept none."""
        if id_ not in self._kept:
            kept = self.ledger.entries(pack_source.KIND, subject=id_)
            self._kept[id_] = [(entry.seq, entry.body_hash) for entry in kept]
        before = [files for number, files in self._kept[id_] if number < seq]
        return self.pack(before[-1]) if before else None

    def restore(self, entry: Entered) -> Restored:
        """A decision's record from its entry; raises `LedgerError` or `PackError` where that cannot be done."""
        if sha256(entry.body.encode()).hexdigest() != entry.body_hash:
            raise LedgerError([problem("ledger.changed", where=str(self.ledger.place), seq=entry.seq, what="body")])
        record = read_record(entry.content())
        pack = self.pack(record.pack_files)
        try:
            return Restored(record, pack, record.given_facts(pack))
        except (KeyError, ValueError, TypeError, ArithmeticError) as error:
            raise LedgerError([problem("record.unreadable", where=str(entry.seq), why=error)]) from None


def replay(archive: Archive, entry: Entered) -> Replay:
    """Decide again what an entry records, and compare; raises `RequestError` where it records no decision."""
    if entry.kind not in (KIND, SUPPOSITION):
        raise RequestError([problem("request.not_a_decision", seq=entry.seq, found=entry.kind)])
    try:
        restored = archive.restore(entry)
        decision = restored.decide()
    except PolicyEngineError as error:
        return Replay(entry, None, None, (), error.problems)
    then = restored.record.decision
    now = decision_form(decision)
    left_out = set(_NOT_REPERFORMED)
    found = differences(then.model_dump(mode="json", exclude=left_out), now.model_dump(mode="json", exclude=left_out))
    return Replay(entry, restored, decision, tuple(found), tuple(_notes(restored)))


def masked(found: Replay) -> Replay:
    """A re-performance as others may see it: what differs is told by its place, with nothing of the values."""
    entry = found.entry._replace(subject=short_code(found.entry.subject))
    if found.restored is None or found.restored.record.masking is None:
        entry = entry._replace(hash="", body_hash="")  # without salts, values could be guessed from these
    differing = tuple(replace(one, then=MASK, current=MASK) for one in found.differences)
    found = replace(found, entry=entry, differences=differing, problems=tuple(map(mask_message, found.problems)))
    if found.restored is None or found.decision is None:
        return found
    facts = mask_facts(found.restored.facts, found.restored.pack.vocabulary)
    restored, decision = replace(found.restored, facts=facts), mask_decision(found.decision)
    return replace(found, restored=restored, decision=decision)


def _notes(restored: Restored) -> Iterator[Problem]:
    """What is to be known about a re-performance beside its result."""
    then, pack = restored.record.decision, restored.pack
    if pack.hash != then.pack.hash:
        recorded, found = then.pack.hash, pack.hash
        yield problem("record.pack_differs", warning=True, pack=pack.id, found=found, recorded=recorded)
    if then.language != LANGUAGE:
        yield problem("record.other_language", warning=True, found=then.language, known=LANGUAGE)


def differences(then: Any, now: Any, path: str = "", *, wording: bool = False) -> Iterator[Difference]:
    """Where two JSON values differ, in order of their paths."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in sorted(then.keys() | now.keys()):
            below = f"{path}.{key}" if path else key
            yield from differences(then.get(key), now.get(key), below, wording=wording or key in _WORDING)
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        if path.endswith("missing"):
            yield from _ranking(then, now, path)
            then, now = sorted(then, key=_which), sorted(now, key=_which)
        for number, (one, other) in enumerate(zip(then, now, strict=True), 1):
            yield from differences(one, other, f"{path}[{number}]", wording=wording)
    elif then != now:
        yield Difference(path, then, now, wording)


def _ranking(then: list[Any], now: list[Any], path: str) -> Iterator[Difference]:
    before, after = ([_which(item) for item in items] for items in (then, now))
    if before != after and sorted(before) == sorted(after):
        yield Difference(f"{path}.order", [name for _, name in before], [name for _, name in after], wording=True)


def _which(missing: Any) -> tuple[str, str]:
    return missing["kind"], missing["path"]
