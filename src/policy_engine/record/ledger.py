"""An append-only, hash-chained ledger of decisions and of whatever else happened, in SQLite or PostgreSQL.

An append returns when its entries are on the disk, all of them or none. Any number of processes may append at once: the
database hands the end of the chain from one to the next. The database refuses changes and deletions; `verify` finds those
that were made behind its back (`docs/threat-model.md`).
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

from sqlalchemy import Connection, Engine, Row, Select, func, inspect, select, text

from policy_engine.errors import LedgerError, problem
from policy_engine.record.database import Mode, Place, connect, cursor, marks, place_of, take_turn, told
from policy_engine.record.entry import Entered, Entry, Receipt, chain_hash
from policy_engine.record.schema import ENTRIES, FIRST, REVISIONS

__all__ = ["Head", "Ledger", "find_ledger", "open_ledger", "utc"]

_KEYS_AT_ONCE = 500
_ROWS_AT_ONCE = 1000
_LARGEST = 2**63 - 1
"""The largest number that a database can give an entry."""


class Head(NamedTuple):
    """The end of a chain: which one (the hash of its first entry), its length, the hash of its last entry."""

    ledger: str
    seq: int
    hash: str


def open_ledger(location: str | os.PathLike[str], mode: Mode = "read") -> Ledger:
    """The ledger in a SQLite file (a path) or in PostgreSQL (a URL), to read or to write.

    Raises `LedgerError` where there is none, or where it is older or newer than this version of the package writes.
    """
    ledger = find_ledger(location, mode)
    try:
        ledger.check_revision()
    except LedgerError:
        ledger.close()
        raise
    return ledger


def find_ledger(location: str | os.PathLike[str], mode: Mode) -> Ledger:
    """The ledger at this place, whatever its version; raises `LedgerError` where there is no such file."""
    place = place_of(location)
    if place.file is not None and not place.file.is_file():
        raise LedgerError([problem("ledger.not_found", where=str(place), path=place)])
    return Ledger(connect(place, mode), place)


_STANDING = """
SELECT NULL, seq, hash, recorded_at FROM (SELECT * FROM entries ORDER BY seq DESC LIMIT 1) AS last
UNION ALL SELECT key, seq, hash, body_hash FROM entries WHERE key IN"""
"""The end of the chain, and of some keys those that the ledger has."""


class Ledger:
    """An open ledger. Threads may share it; processes open their own."""

    def __init__(self, engine: Engine, place: Place) -> None:
        self.engine = engine
        self.place = place

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.engine.dispose()

    def check_revision(self, *, older: bool = False) -> None:
        """Raise `LedgerError` where this is no ledger, or one of a newer (or, unless `older`, of an older) version."""
        found = self._revision()
        if found == REVISIONS[-1] or (older and found in REVISIONS):
            return
        code = "ledger.not_a_ledger" if not found else "ledger.older" if found in REVISIONS else "ledger.newer"
        where = str(self.place)
        raise LedgerError([problem(code, where=where, found=found, known=REVISIONS[-1], path=where)])

    def _revision(self) -> str:
        """The migration that the database stands at; empty where it holds no ledger."""
        with told(self.place), self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return ""
            return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")

    # ---- writing

    def append(
        self, entries: Iterable[Entry], recorded_at: datetime.datetime, *, seen: Mapping[str, int] | None = None
    ) -> tuple[Receipt, ...]:
        """Append all entries or none; returns when they are on the disk, with the place of each.

        An entry whose key the ledger has is left as it is; `LedgerError` where it says something else under that key.
        `recorded_at` is the clock's time, with its zone. `seen` has, for each subject whose entries these follow from, the
        number of the last one that was read: `LedgerError` (`ledger.overtaken`) where there is a later one.
        """
        wanted = list(entries)
        with told(self.place), self.engine.begin() as connection:
            take_turn(connection)
            self._check_seen(connection, seen or {})
            return self.append_within(connection, wanted, recorded_at)

    def append_within(
        self, connection: Connection, entries: list[Entry], recorded_at: datetime.datetime
    ) -> tuple[Receipt, ...]:
        """Append in a transaction that the caller has begun (`take_turn`) and will commit."""
        (seq, previous, earliest), known = self._standing(connection, [entry.key for entry in entries])
        moment = max(earliest, utc(recorded_at))
        rows: list[tuple[object, ...]] = []
        bodies: dict[str, str] = {}
        receipts: list[Receipt] = []
        for entry in entries:
            found = known.get(entry.key)
            if found is not None:
                receipts.append(self._repeated(connection, entry, found, bodies.get(entry.key)))
                continue
            seq += 1
            hash_ = chain_hash(previous, seq, entry.kind, entry.subject, entry.key, moment, entry.body_hash)
            rows.append(
                (seq, entry.kind, entry.subject, entry.key, moment, entry.body, entry.body_hash, previous, hash_)
            )
            receipts.append(Receipt(seq, hash_, new=True))
            known[entry.key] = seq, hash_, entry.body_hash
            bodies[entry.key] = entry.body
            previous = hash_
        if rows:
            with cursor(connection) as own:
                own.executemany(f"INSERT INTO entries VALUES {marks(connection, len(Entered._fields))}", rows)  # noqa: S608 - marks alone
        return tuple(receipts)

    def _check_seen(self, connection: Connection, seen: Mapping[str, int]) -> None:
        last = select(ENTRIES.c.seq).order_by(ENTRIES.c.seq.desc()).limit(1) if seen else None
        for subject, seq in seen.items():
            assert last is not None
            found = connection.scalar(last.where(ENTRIES.c.subject == subject)) or 0
            if found > seq:
                raise LedgerError([problem("ledger.overtaken", where=str(self.place), subject=subject, seq=found)])

    def _standing(
        self, connection: Connection, keys: list[str]
    ) -> tuple[tuple[int, str, str], dict[str | None, tuple[int, str, str]]]:
        """The end of the chain (number, hash, moment), and those of these keys that stand in it (number, hash, content)."""
        found: dict[str | None, tuple[int, str, str]] = {}
        with cursor(connection) as own:
            for at in range(0, len(keys), _KEYS_AT_ONCE):
                some = tuple(keys[at : at + _KEYS_AT_ONCE])
                own.execute(f"{_STANDING} {marks(connection, len(some))}", some)
                found.update((key, (seq, hash_, last)) for key, seq, hash_, last in own.fetchall())
        return found.pop(None, (0, FIRST, "")), found

    def _repeated(
        self, connection: Connection, entry: Entry, standing: tuple[int, str, str], body: str | None
    ) -> Receipt:
        """The place of an act that is recorded already; `body` where that is in this very append."""
        seq, hash_, body_hash = standing
        same = body_hash == entry.body_hash
        if not same and entry.apart:
            body = body or connection.scalar(select(ENTRIES.c.body).where(ENTRIES.c.seq == seq))
            same = body is not None and entry.says(body)
        if not same:
            raise LedgerError([problem("ledger.key_taken", where=str(self.place), key=entry.key, seq=seq)])
        return Receipt(seq, hash_, new=False)

    # ---- reading

    def entries(self, *kinds: str, subject: str | None = None, last: int | None = None) -> Iterator[Entered]:
        """Entries in order, read as they are asked for; of these kinds (or any), about one subject, up to one number."""
        wanted = select(ENTRIES).order_by(ENTRIES.c.seq)
        if kinds:
            wanted = wanted.where(ENTRIES.c.kind.in_(kinds))
        if subject is not None:
            wanted = wanted.where(ENTRIES.c.subject == subject)
        if last is not None:
            wanted = wanted.where(ENTRIES.c.seq <= last)
        return map(Entered._make, self._rows(wanted))

    def rows(self, start: int, end: int | None) -> Iterator[tuple[Any, ...]]:
        """Entries in order, bare (the columns of `Entered`): from one number up to, and without, another."""
        with told(self.place), self.engine.connect() as connection, cursor(connection) as own:
            one = marks(connection, 1)
            upto, given = (f"AND seq < {one}", (start, end)) if end is not None else ("", (start,))
            own.execute(f"SELECT * FROM entries WHERE seq >= {one} {upto} ORDER BY seq", given)  # noqa: S608 - marks alone
            while some := own.fetchmany(_ROWS_AT_ONCE):
                yield from some

    def every(self, count: int) -> Iterator[int]:
        """The number of the first entry, of the first that is at least so many behind it, and so on."""
        wanted = select(ENTRIES.c.seq).order_by(ENTRIES.c.seq).limit(1)
        with told(self.place), self.engine.connect() as connection:
            found = connection.scalar(wanted)
            while found is not None:
                yield found
                behind = found + count
                found = connection.scalar(wanted.where(ENTRIES.c.seq >= behind)) if behind <= _LARGEST else None

    def before(self, seq: int) -> Entered | None:
        """The last entry before this number."""
        wanted = select(ENTRIES).where(ENTRIES.c.seq < seq).order_by(ENTRIES.c.seq.desc()).limit(1)
        with told(self.place), self.engine.connect() as connection:
            found = connection.execute(wanted).one_or_none()
        return None if found is None else Entered._make(found)

    def last(self, subject: str | None = None) -> int:
        """The number of the last entry, or of the last about a subject; 0 where there is none."""
        wanted = select(func.max(ENTRIES.c.seq))
        if subject is not None:
            wanted = wanted.where(ENTRIES.c.subject == subject)
        with told(self.place), self.engine.connect() as connection:
            return connection.scalar(wanted) or 0

    def _rows(self, wanted: Select[Any]) -> Iterator[Row[Any]]:
        with told(self.place), self.engine.connect() as connection:
            yield from connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(wanted)

    def entry(self, seq: int) -> Entered:
        """The entry of this number; raises `LedgerError`."""
        return self._one(select(ENTRIES).where(ENTRIES.c.seq == seq), str(seq))

    def keyed(self, key: str) -> Entered:
        """The entry of this key; raises `LedgerError`."""
        return self._one(select(ENTRIES).where(ENTRIES.c.key == key), key)

    def _one(self, wanted: Select[Any], name: str) -> Entered:
        with told(self.place), self.engine.connect() as connection:
            found = connection.execute(wanted).one_or_none()
        if found is None:
            raise LedgerError([problem("ledger.no_entry", where=str(self.place), found=name)])
        return Entered._make(found)

    def head(self) -> Head:
        """The end of the chain now."""
        with told(self.place), self.engine.connect() as connection:
            (seq, hash_, _), _ = self._standing(connection, [""])
        return Head(self.entry(1).hash, seq, hash_)


def utc(moment: datetime.datetime) -> str:
    """`2026-05-01T08:30:00.000000Z`: sorts as text."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
