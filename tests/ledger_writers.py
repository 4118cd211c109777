"""Processes that append to a ledger: until they are killed, or a given number of entries.

As a program: `write LOCATION RUN BATCHES SIZE`; or `fork`, which starts a writer for each line of its input, so that a kill
costs milliseconds and not the start of an interpreter.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
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


def fork() -> None:
    """For each line `[location, run, file]` a writer, whose number is answered; for `null` how the next one ended."""
    for line in sys.stdin:
        asked = json.loads(line)
        if asked is None:
            answer = os.waitstatus_to_exitcode(os.wait()[1])
        else:
            answer = os.fork()
            if answer == 0:
                write_until_killed(*asked)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "fork":
        fork()
    else:
        write(sys.argv[2], *map(int, sys.argv[3:]))
