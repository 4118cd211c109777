"""Databases that can hold a ledger: a SQLite file, or PostgreSQL; and what goes wrong with them, in plain words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

from policy_engine.errors import LedgerError, problem

__all__ = ["Mode", "Place", "connect", "place_of", "told"]

Mode: TypeAlias = Literal["read", "write", "create"]

WAIT = 60
"""Seconds to wait for other writers."""

_CODES = {
    "SQLITE_BUSY": "ledger.locked",
    "SQLITE_LOCKED": "ledger.locked",
    "SQLITE_READONLY": "ledger.read_only",
    "SQLITE_FULL": "ledger.full",
    "SQLITE_CANTOPEN": "ledger.cannot_open",
    "SQLITE_NOTADB": "ledger.not_a_ledger",
    "SQLITE_CORRUPT": "ledger.damaged",
    "SQLITE_PERM": "ledger.cannot_open",
    "SQLITE_IOERR": "ledger.disk",
    "55P03": "ledger.locked",
    "25006": "ledger.read_only",
    "42501": "ledger.read_only",
    "53100": "ledger.full",
    "58030": "ledger.disk",
    "42P01": "ledger.not_a_ledger",
    "3D000": "ledger.cannot_open",
    "28000": "ledger.cannot_open",
    "28P01": "ledger.cannot_open",
}
"""Of SQLite by the name of the result, of PostgreSQL by SQLSTATE."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ledger is: a SQLite file, or a PostgreSQL database. Prints without the password."""

    file: Path | None
    url: URL | None = None

    def __str__(self) -> str:
        return str(self.file) if self.url is None else self.url.render_as_string(hide_password=True)


def place_of(location: str | os.PathLike[str]) -> Place:
    """A path, `sqlite:///path`, or `postgresql://user@host/database`; raises `LedgerError` on anything else."""
    text = os.fspath(location)
    if "://" not in text:
        return Place(Path(text))
    try:
        url = make_url(text)
    except ArgumentError:
        raise LedgerError([problem("ledger.bad_url", found=text.partition("://")[0] + "://…")]) from None
    if url.drivername == "sqlite" and url.database:
        return Place(Path(url.database))
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return Place(None, url.set(drivername="postgresql+psycopg"))
    raise LedgerError([problem("ledger.bad_url", found=url.drivername + "://…")])


def connect(place: Place, mode: Mode) -> Engine:
    """An engine whose transactions take the ledger for writing at once (`write`, `create`), or only read."""
    if place.file is not None:
        return _sqlite(place.file, mode)
    assert place.url is not None
    options = f"-c lock_timeout={WAIT}s -c synchronous_commit=on"
    if mode == "read":
        options += " -c default_transaction_read_only=on"
    return create_engine(
        place.url,
        isolation_level="REPEATABLE READ" if mode == "read" else "READ COMMITTED",
        connect_args={"connect_timeout": 10, "options": options},
    )


def _sqlite(file: Path, mode: Mode) -> Engine:
    pool = NullPool if mode == "create" else QueuePool
    engine = create_engine("sqlite://", creator=partial(_open, file, mode), poolclass=pool)
    begin = "BEGIN" if mode == "read" else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _open(file: Path, mode: Mode) -> sqlite3.Connection:
    """Readers write nothing: where the folder cannot be written to, the file is taken to stand still."""
    still = mode == "read" and not os.access(file.parent, os.W_OK) and not Path(f"{file}-wal").exists()
    how = {"read": "ro", "write": "rw", "create": "rwc"}[mode] + ("&immutable=1" if still else "")
    name = f"file:{quote(str(file.absolute()))}?mode={how}"
    connection = sqlite3.connect(name, uri=True, timeout=WAIT, isolation_level=None, check_same_thread=False)
    if mode != "read":
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    return connection


@contextmanager
def told(place: Place) -> Iterator[None]:
    """What a database reports, as a `LedgerError` with what it means here."""
    try:
        yield
    except DBAPIError as error:
        raise _error(error.orig, place) from None
    except sqlite3.Error as error:
        raise _error(error, place) from None


def _error(error: BaseException | None, place: Place) -> LedgerError:
    name = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""
    code = next((code for known, code in _CODES.items() if name.startswith(known)), "")
    if not code:
        refused = "could not connect" in str(error) or "connection" in str(error).lower()
        code = "ledger.cannot_open" if refused else "ledger.refused"
    why = " ".join(str(error).split())[:300]
    return LedgerError([problem(code, where=str(place), why=why)])
