"""Nothing acknowledged is lost: processes killed while they append, and many that append at once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from ledger_writers import NOW
from policy_engine.record.ledger import open_ledger
from policy_engine.record.migrate import create_ledger
from policy_engine.record.verify import verify

KILLS = 200
TOGETHER = 4
WRITERS = 8
ENTRIES = 20_000
SECONDS = 60


PROGRAM = [sys.executable, str(Path(__file__).with_name("ledger_writers.py"))]


@pytest.fixture(scope="module")
def nursery():
    """A process that has imported all that writers need, and forks them."""
    with subprocess.Popen([*PROGRAM, "fork"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.stdin.close()


def ask(nursery, asked):
    nursery.stdin.write(json.dumps(asked) + "\n")
    nursery.stdin.flush()
    return int(nursery.stdout.readline())


def wait_for_lines(path, count):
    deadline = time.monotonic() + SECONDS
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def kill_while_writing(nursery, location, folder, runs, chance):
    """Processes that append, each killed at a moment of its own; answers with the keys that were acknowledged."""
    noted = {run: folder / str(run) for run in runs}
    writers = {run: ask(nursery, [location, run, str(file)]) for run, file in noted.items()}
    for run, file in noted.items():
        wait_for_lines(file, chance.randrange(1, 4))
        time.sleep(chance.uniform(0, 0.02))
        os.kill(writers[run], signal.SIGKILL)
    assert [ask(nursery, None) for _ in runs] == [-signal.SIGKILL] * len(runs)
    return [key for file in noted.values() for key in file.read_text().split("\n")[1:-1]]


def test_killed_at_random_moments_nothing_acknowledged_is_lost(location, nursery, tmp_path):
    chance = random.Random(20260301)
    create_ledger(location, NOW)
    acknowledged = set()
    for run in range(0, KILLS, TOGETHER):
        acknowledged.update(kill_while_writing(nursery, location, tmp_path, range(run, run + TOGETHER), chance))
    with open_ledger(location) as ledger:
        assert verify(ledger).problems == ()
        entries = [entry for entry in ledger.entries() if entry.kind == "event"]
    assert len(acknowledged) > KILLS / 2
    assert acknowledged <= {entry.key for entry in entries}
    found = Counter((entry.content()["batch"], entry.content()["of"]) for entry in entries)
    assert all(count == size for (_, size), count in found.items())


def test_eight_writers_at_once_make_one_chain(location):
    create_ledger(location, NOW)
    size = 20
    batches = ENTRIES // WRITERS // size
    asked = ["write", location]
    writers = [subprocess.Popen([*PROGRAM, *asked, str(run), str(batches), str(size)]) for run in range(WRITERS)]
    assert [writer.wait(10 * SECONDS) for writer in writers] == [0] * WRITERS
    with open_ledger(location) as ledger:
        found = verify(ledger)
        keys = {entry.key for entry in ledger.entries()}
    assert found.problems == ()
    assert (found.head.seq, len(keys)) == (1 + ENTRIES, 1 + ENTRIES)
