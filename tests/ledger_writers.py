"""Processes that append to a ledger: until they are killed, or a given number of entries."""

from __future__ import annotations

import datetime
import os
from itertools import count

from policy_engine.record.entry import Entry
from policy_engine.record.ledger import open_ledger

NOW = datetime.datetime(2026, 3, 1, 8, tzinfo=datetime.UTC)


def batch(run: int, number: int, size: int) -> list[Entry]:
    """A batch says in each of its entries how many there are, so that half of one shows."""
    return [
        Entry.of(
            "event",
            {"batch": f"{run}-{number}", "of": size, "text": "入户" * 40},
            subject=f"H-{place}",
            key=f"{run}-{number}-{place}",
        )
        for place in range(size)
    ]


def write_until_killed(location: str, run: int, acknowledged: str) -> None:
    """Append batches of one to five entries; note the keys of each one that was acknowledged, and only then."""
    out = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with open_ledger(location, "write") as ledger:
        os.write(out, b"ready\n")
        for number in count():
            entries = batch(run, number, 1 + number % 5)
            ledger.append(entries, NOW)
            os.write(out, "".join(f"{entry.key}\n" for entry in entries).encode())


def write(location: str, run: int, batches: int, size: int) -> None:
    """Append so many batches."""
    with open_ledger(location, "write") as ledger:
        for number in range(batches):
            ledger.append(batch(run, number, size), NOW)
