"""Databases that can hold a ledger: a SQLite file, or PostgreSQL; and what goes wrong with them, in plain words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import QueuePool

from policy_engine.errors import LedgerError, problem

__all__ = ["Mode", "Place", "connect", "cursor", "marks", "place_of", "take_turn", "told"]

Mode: TypeAlias = Literal["read", "write", "create"]

WAIT = 60
"""Seconds to wait for other writers."""

_LOCK = 0x706F6C696379
"""Number of the advisory lock that writers to PostgreSQL take: `policy` in ASCII."""

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
    except (ArgumentError, ValueError):
        raise LedgerError([problem("ledger.bad_url", found=text.partition("://")[0] + "://…")]) from None
    if url.drivername == "sqlite" and url.database:
        return Place(Path(url.database))
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return Place(None, url.set(drivername="postgresql+psycopg"))
    raise LedgerError([problem("ledger.bad_url", found=url.drivername + "://…")])


def connect(place: Place, mode: Mode) -> Engine:
    """An engine for this place. Whoever writes calls `take_turn` first in its transaction.

    As many threads as like may share it: each has a connection of its own, and waits for the database alone. What is
    written never stands in SQLAlchemy's logs and errors.
    """
    if place.file is not None:
        return create_engine(
            "sqlite://",
            creator=partial(_open, place.file, mode),
            poolclass=QueuePool,
            max_overflow=-1,
            hide_parameters=True,
        )
    assert place.url is not None
    options = f"-c lock_timeout={WAIT}s -c synchronous_commit=on"
    if mode == "read":
        options += " -c default_transaction_read_only=on"
    return create_engine(
        place.url,
        max_overflow=-1,
        hide_parameters=True,
        isolation_level="REPEATABLE READ" if mode == "read" else "READ COMMITTED",
        connect_args={"connect_timeout": 10, "options": options},
    )


def _open(file: Path, mode: Mode) -> sqlite3.Connection:
    """Readers write nothing: where the folder cannot be written to, the file is taken to stand still."""
    still = mode == "read" and not _writable(file.parent) and not Path(f"{file}-wal").exists()
    how = {"read": "ro", "write": "rw", "create": "rwc"}[mode] + ("&immutable=1" if still else "")
    name = f"file:{quote(str(file.absolute()))}?mode={how}"
    connection = sqlite3.connect(name, uri=True, timeout=WAIT, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -65536")  # KiB: the index of keys is written to all over
    if mode == "create":
        connection.execute("PRAGMA journal_mode = WAL")
    return connection


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def take_turn(connection: Connection) -> None:
    """Begin to write: wait until no other transaction writes to the ledger."""
    with cursor(connection) as own:
        if connection.dialect.name == "sqlite":
            own.execute("BEGIN IMMEDIATE")
        else:
            own.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")


def cursor(connection: Connection) -> closing[Any]:
    """A cursor of the driver itself: an append is four short statements, and SQLAlchemy doubles what they cost."""
    return closing(connection.connection.cursor())


def marks(connection: Connection, count: int) -> str:
    """So many parameters in brackets, as the driver wants them."""
    return f"({', '.join(['?' if connection.dialect.name == 'sqlite' else '%s'] * count)})"


@contextmanager
def told(place: Place) -> Iterator[None]:
    """What a database reports, as a `LedgerError` with what it means here."""
    try:
        yield
    except DBAPIError as error:
        raise _error(error.orig, place) from None
    except _driver_error(place) as error:
        raise _error(error, place) from None
    except UnicodeDecodeError as error:  # a text in the file, or in SQLite's own message about it
        raise LedgerError([problem("ledger.damaged", where=str(place), why=error)]) from None


def _driver_error(place: Place) -> type[Exception]:
    if place.url is None:
        return sqlite3.Error
    found: type[Exception] = place.url.get_dialect().import_dbapi().Error
    return found


def _error(error: BaseException | None, place: Place) -> LedgerError:
    name = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""
    code = next((code for known, code in _CODES.items() if name.startswith(known)), "")
    if not code:
        refused = "could not connect" in str(error) or "connection" in str(error).lower()
        code = "ledger.cannot_open" if refused else "ledger.refused"
    message = getattr(getattr(error, "diag", None), "message_primary", None) or str(error)  # its details show the row
    why = " ".join(message.split())[:300]
    return LedgerError([problem(code, where=str(place), why=why)])
