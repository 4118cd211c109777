"""What the ledger costs: appends against raw sqlite3 writing the same rows to the same table, and verification.

python benchmarks/ledger.py

Both sides are durable before they go on (WAL, synchronous FULL). Raw sqlite3 has the table and its indexes, but no triggers, no
chain, and no look whether a key is there already; its rows are made beforehand. Turns alternate; medians of one run.
"""

from __future__ import annotations

import datetime
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from policy_engine.record.entry import Entry
from policy_engine.record.ledger import Ledger, open_ledger
from policy_engine.record.migrate import create_ledger
from policy_engine.record.verify import verify

NOW = datetime.datetime(2026, 3, 1, 8, tzinfo=datetime.UTC)
TURNS = 7
SINGLE = 300
BATCH = 10_000
VERIFIED = 400_000
PROCESSES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

TABLE = """
CREATE TABLE entries (seq INTEGER PRIMARY KEY, kind VARCHAR(40) NOT NULL, subject TEXT NOT NULL, key TEXT NOT NULL UNIQUE,
 recorded_at VARCHAR(27) NOT NULL, body TEXT NOT NULL, body_hash VARCHAR(64) NOT NULL, previous VARCHAR(64) NOT NULL,
 hash VARCHAR(64) NOT NULL);
CREATE INDEX entries_by_subject ON entries (subject, seq);
"""
INSERT = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def entries(turn: int, count: int) -> list[Entry]:
    """Events of some 300 characters."""
    return [
        Entry.of(
            "event", {"turn": turn, "number": number, "of": count, "text": "入户走访" * 20}, subject=f"H-{number % 500}"
        )
        for number in range(count)
    ]


def raw(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -65536")
    connection.executescript(TABLE)
    return connection


def rows(given: list[Entry], first: int) -> list[tuple[object, ...]]:
    moment, no_hash = "2026-03-01T08:00:00.000000Z", "0" * 64
    return [
        (first + at, one.kind, one.subject, one.key, moment, one.body, one.body_hash, no_hash, no_hash)
        for at, one in enumerate(given)
    ]


def insert_raw(connection: sqlite3.Connection, given: list[tuple[object, ...]], *, together: bool) -> None:
    for some in [given] if together else [[row] for row in given]:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(INSERT, some)
        connection.execute("COMMIT")


def insert_ledger(ledger: Ledger, given: list[Entry], *, together: bool) -> None:
    for some in [given] if together else [[entry] for entry in given]:
        ledger.append(some, NOW)


def seconds(work: Callable[..., object], *arguments: object, **named: object) -> float:
    start = time.perf_counter()
    work(*arguments, **named)
    return time.perf_counter() - start


def main() -> None:
    times: dict[str, list[float]] = {
        "raw single": [],
        "single": [],
        "raw batch": [],
        "batch": [],
        "verify": [],
        "verify, shared": [],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        create_ledger(folder / "ledger.db", NOW)
        connection, at = raw(folder), 1
        with open_ledger(folder / "ledger.db", "write") as ledger:
            for turn in range(TURNS):
                for kind, count in (("single", SINGLE), ("batch", BATCH)):
                    together = kind == "batch"
                    given = entries(2 * turn + together, count)
                    made = rows(given, at)
                    at += count
                    times[f"raw {kind}"].append(seconds(insert_raw, connection, made, together=together) / count)
                    times[kind].append(seconds(insert_ledger, ledger, given, together=together) / count)
            for turn in range(at // BATCH, VERIFIED // BATCH):
                ledger.append(entries(2 * TURNS + turn, BATCH), NOW)
            at = ledger.last()
            for _ in range(3):
                times["verify"].append(seconds(verify, ledger) / at)
                times["verify, shared"].append(seconds(verify, ledger, processes=PROCESSES) / at)
        connection.close()
    report({name: 1 / statistics.median(found) for name, found in times.items()})


def report(rates: dict[str, float]) -> None:
    for kind in ("single", "batch"):
        share = rates[kind] / rates[f"raw {kind}"]
        print(
            f"append, {kind:<7} {rates[kind]:9,.0f}/s   raw sqlite3 {rates[f'raw {kind}']:9,.0f}/s   share {share:.2f}"
        )
    print(
        f"verify {VERIFIED:,} {rates['verify']:9,.0f}/s in one process, {rates['verify, shared']:,.0f}/s in {PROCESSES}"
    )


if __name__ == "__main__":
    main()
