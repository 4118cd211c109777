"""Does a ledger stand as it was written? Every hash anew, every link, and the end against a head signed earlier."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import zip_longest
from multiprocessing import get_context
from typing import Any

from sqlalchemy import text

from policy_engine.errors import LedgerError, Problem, problem, problem_of
from policy_engine.record.database import Place, connect, told
from policy_engine.record.entry import chain_hash
from policy_engine.record.ledger import Head, Ledger
from policy_engine.record.schema import FIRST

__all__ = ["Verification", "verify"]

MOST = 100
"""Entries with something wrong that one run names."""

_STRETCH = 20_000
"""Entries that are checked in one go; processes take turns with them."""

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


def verify(
    ledger: Ledger,
    head: Head | None = None,
    *,
    exact: bool = False,
    processes: int = 1,
    progress: Callable[[int, int], object] | None = None,
) -> Verification:
    """Check every entry, the links between them, the database's own guards and, if given, a head signed earlier.

    Entries behind that head are counted, not judged: a chain that an intruder went on with looks like any other. With
    `exact` there must be none. `processes` share the work on long ledgers; `progress` is told how many entries of how many.
    """
    signed = head.seq if head is not None else 0
    walks: list[_Walk] = []
    stray: tuple[Problem, ...] = ()
    with ThreadPoolExecutor(1) as beside:
        guards = beside.submit(_guards, ledger)
        try:
            walks.extend(_walks(ledger, signed, processes, progress))  # up to where an entry cannot be read
        except LedgerError as error:
            stray = error.problems
    found = [one for walk in walks for one in walk.problems]
    end = Head(walks[0].first, walks[-1].seq, str(walks[-1].hash)) if walks else Head(FIRST, 0, FIRST)
    after = 0
    if head is not None:
        found += _against(head, end, "".join(walk.met for walk in walks))
        after = max(0, end.seq - head.seq)
        if exact and after:
            found.append(_problem("ledger.longer", head.seq, found=end.seq))
    problems = [replace(one, where=str(ledger.place)) for one in found[:MOST]]
    return Verification(end, after, (*problems, *stray, *guards.result()))


def _against(signed: Head, end: Head, met: str) -> Iterator[Problem]:
    """The chain as it is against a head signed earlier; `met` is the hash that stands where the head was."""
    if end.ledger != signed.ledger:
        yield _problem("ledger.other", 1)
    if not met:
        yield _problem("ledger.cut", signed.seq, found=end.seq)
    elif met != signed.hash:
        yield _problem("ledger.rewritten", signed.seq)


def _problem(code: str, seq: int, **details: str | int) -> Problem:
    return problem_of(code, None, {"seq": seq, **details})


def _walks(
    ledger: Ledger, signed: int, processes: int, progress: Callable[[int, int], object] | None
) -> Iterator[_Walk]:
    """Along the whole chain, a stretch at a time: each begins with what the entry before it says of itself.

    Other processes take stretches from the front, this one from the back.
    """
    starts = list(ledger.every(_STRETCH))
    stretches = list(zip_longest(starts, starts[1:]))
    last = ledger.last() if progress is not None else 0
    walks: list[Future[_Walk]] = [Future() for _ in stretches]

    def tell() -> None:
        if progress is not None:
            progress(last * sum(walk.done() for walk in walks) // len(walks), last)

    with ExitStack() as stack:
        if (others := min(processes, len(stretches)) - 1) > 0:
            pool = ProcessPoolExecutor(others, get_context("spawn"))
            stack.callback(pool.shutdown, cancel_futures=True)
            walks = [pool.submit(_walk_apart, ledger.place, signed, stretch) for stretch in stretches]
        for at in range(len(walks) - 1, -1, -1):
            if not walks[at].cancel():
                break
            walks[at] = _walk_here(ledger, signed, stretches[at])
            tell()
        for walk in walks:
            yield walk.result()
            tell()


def _walk_here(ledger: Ledger, signed: int, stretch: tuple[int, int | None]) -> Future[_Walk]:
    """Done already; what went wrong is told where the result is asked for."""
    done: Future[_Walk] = Future()
    try:
        done.set_result(_walk(ledger, signed, stretch))
    except LedgerError as error:
        done.set_exception(error)
    return done


def _walk_apart(place: Place, signed: int, stretch: tuple[int, int | None]) -> _Walk:
    """In a process of its own."""
    with Ledger(connect(place, "read"), place) as ledger:
        return _walk(ledger, signed, stretch)


def _walk(ledger: Ledger, signed: int, stretch: tuple[int, int | None]) -> _Walk:
    before = ledger.before(stretch[0])
    walk = _Walk(signed) if before is None else _Walk(signed, before.seq, before.hash, before.recorded_at)
    walk.along(ledger.rows(*stretch))
    return walk


@dataclass(slots=True)
class _Walk:
    """Along a stretch of the chain, entry by entry."""

    signed: int
    seq: int = 0
    hash: str = FIRST
    moment: str = ""
    first: str = FIRST
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
                self.first = str(hash_)
            if seq == self.signed:
                self.met = str(hash_)

    def report(self, code: str, seq: int, **details: str | int) -> None:
        if len(self.problems) < MOST:
            self.problems.append(_problem(code, seq, **details))


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
