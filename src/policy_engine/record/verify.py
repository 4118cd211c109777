"""Does a ledger stand as it was written? Every hash anew, every link, and the end against a head signed earlier."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import text

from policy_engine.errors import LedgerError, Problem, problem, problem_of
from policy_engine.record.database import told
from policy_engine.record.entry import chain_hash
from policy_engine.record.ledger import Head, Ledger
from policy_engine.record.schema import FIRST

__all__ = ["Verification", "verify"]

MOST = 100
"""Entries with something wrong that one run names."""

_GUARDS = {
    "sqlite": """
        SELECT count(*) = 3 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'entries'
        AND name IN ('entries_in_order', 'entries_stay', 'entries_remain')""",
    "postgresql": """
        SELECT count(*) = 2 FROM pg_trigger WHERE tgrelid = 'entries'::regclass AND tgenabled IN ('O', 'A')
        AND tgname IN ('entries_in_order', 'entries_stay')""",
}
"""Are the triggers there that keep the table append-only?"""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: the end of the chain, how many entries stand behind the signed head, and all that is wrong."""

    head: Head
    after: int
    problems: tuple[Problem, ...]


def verify(ledger: Ledger, head: Head | None = None, *, exact: bool = False) -> Verification:
    """Check every entry, the links between them, the database's own guards and, if given, a head signed earlier.

    Entries behind that head are counted, not judged: a chain that an intruder went on with looks like any other. With
    `exact` there must be none.
    """
    walk = _Walk(str(ledger.place), head.seq if head is not None else 0)
    with ThreadPoolExecutor(1) as beside:
        guards = beside.submit(_guards, ledger)
        try:
            walk.along(ledger.rows())
        except LedgerError as error:
            walk.problems += error.problems
    if head is not None:
        walk.against(head)
    if exact and head is not None and walk.seq > head.seq:
        walk.report("ledger.longer", head.seq, found=walk.seq)
    after = max(0, walk.seq - head.seq) if head is not None else 0
    return Verification(Head(walk.first, walk.seq, walk.hash), after, (*walk.problems, *guards.result()))


@dataclass(slots=True)
class _Walk:
    """Along the chain, entry by entry."""

    where: str
    signed_seq: int
    first: str = FIRST
    seq: int = 0
    hash: str = FIRST
    moment: str = ""
    met: str = ""
    problems: list[Problem] = field(default_factory=list)

    def along(self, rows: Iterable[Any]) -> None:
        for seq, kind, subject, key, moment, body, body_hash, previous, hash_ in rows:
            if seq != self.seq + 1:
                self.report("ledger.gap", self.seq + 1, to=seq - 1)
            elif previous != self.hash:
                self.report("ledger.broken_link", seq)
            try:
                if sha256(body.encode()).hexdigest() != body_hash:
                    self.report("ledger.changed", seq, what="body")
                if chain_hash(previous, seq, kind, subject, key, moment, body_hash) != hash_:
                    self.report("ledger.changed", seq, what="hash")
                if moment < self.moment:
                    self.report("ledger.backwards", seq)
            except (AttributeError, TypeError):  # SQLite keeps what it is given, whatever the type of the column
                self.report("ledger.changed", seq, what="type")
            self.seq, self.hash, self.moment = seq, hash_, moment
            if seq == 1:
                self.first = hash_
            if seq == self.signed_seq:
                self.met = hash_

    def against(self, signed: Head) -> None:
        if self.first != signed.ledger:
            self.report("ledger.other", 1)
        if not self.met:
            self.report("ledger.cut", signed.seq, found=self.seq)
        elif self.met != signed.hash:
            self.report("ledger.rewritten", signed.seq)

    def report(self, code: str, seq: int, **details: str | int) -> None:
        if len(self.problems) < MOST:
            self.problems.append(problem_of(code, None, {"seq": seq, **details}, where=self.where))


def _guards(ledger: Ledger) -> list[Problem]:
    """Is the database itself whole, and does it still refuse changes?"""
    where = str(ledger.place)
    found: list[Problem] = []
    try:
        with told(ledger.place), ledger.engine.connect() as connection:
            dialect = connection.dialect.name
            if not connection.scalar(text(_GUARDS[dialect])):
                found.append(problem("ledger.unguarded", where=where))
            if dialect == "sqlite":
                damage = connection.scalars(text("PRAGMA integrity_check(3)")).all()
                found += [problem("ledger.damaged", where=where, why=why) for why in damage if why != "ok"]
    except LedgerError as error:
        found += error.problems
    return found
