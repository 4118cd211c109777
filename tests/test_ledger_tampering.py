"""A thousand changes made behind the database's back, by someone who knows how it works: all are found."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter

import pytest

from ledger_writers import NOW, batch
from policy_engine.record.entry import Entered, chain_hash
from policy_engine.record.ledger import open_ledger
from policy_engine.record.migrate import create_ledger
from policy_engine.record.schema import FIRST
from policy_engine.record.seal import new_key, open_head, sign_head
from policy_engine.record.verify import verify

TAMPERINGS = 1000
FLIPS = 300
SEED = 6


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A ledger with some entries, and its head as signed and exported."""
    file = tmp_path_factory.mktemp("original") / "l.db"
    create_ledger(file, NOW)
    private, public = new_key()
    with open_ledger(file, "write") as ledger:
        for number in range(10):
            ledger.append(batch(1, number, 4), NOW)
        exported = sign_head(ledger.head(), private, NOW).model_dump_json()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return file, open_head(exported, public)


# ---- what an intruder does to the rows; each answers with other rows than it was given


def byte(rows, chance):
    at, column = chance.randrange(len(rows)), chance.randrange(1, len(Entered._fields))
    row = list(rows[at])
    place = chance.randrange(len(row[column]) + 1) if column == 2 else chance.randrange(len(row[column]) or 1)
    row[column] = row[column][:place] + chr(ord(row[column][place : place + 1] or "a") ^ 1) + row[column][place + 1 :]
    return [*rows[:at], tuple(row), *rows[at + 1 :]]


def number(rows, chance):
    at = chance.randrange(len(rows))
    taken = {row[0] for row in rows}
    other = chance.choice([seq for seq in range(1, 60) if seq not in taken])
    return [*rows[:at], (other, *rows[at][1:]), *rows[at + 1 :]]


def removed(rows, chance):
    at = chance.randrange(len(rows))
    return rows[:at] + rows[at + 1 :]


def removed_and_closed(rows, chance):
    """The rows behind move up, and the chain is computed anew."""
    return chained(removed(rows, chance))


def added(rows, chance):
    at = chance.randrange(len(rows) + 1)
    new = (0, "event", "H-9", "forged", rows[min(at, len(rows) - 1)][4], "{}", "", "", "")
    return chained([*rows[:at], new, *rows[at:]])


def swapped(rows, chance):
    one, other = chance.sample(range(len(rows)), 2)
    rows = list(rows)
    rows[one], rows[other] = (rows[one][0], *rows[other][1:]), (rows[other][0], *rows[one][1:])
    return rows


def reordered(rows, chance):
    """Two rows change places, and the chain is computed anew."""
    return chained(swapped(rows, chance))


def cut(rows, chance):
    return rows[: chance.randrange(len(rows))]


def rewritten(rows, chance):
    """One body is another, and the chain is computed anew."""
    at = chance.randrange(len(rows))
    return chained([*rows[:at], (*rows[at][:5], '{"forged":true}', *rows[at][6:]), *rows[at + 1 :]])


def chained(rows):
    """With numbers, links and hashes as if they had been written so."""
    from hashlib import sha256

    previous, found = FIRST, []
    for seq, (_, kind, subject, key, moment, body, *_) in enumerate(rows, 1):
        body_hash = sha256(body.encode()).hexdigest()
        hash_ = chain_hash(previous, seq, kind, subject, key, moment, body_hash)
        found.append((seq, kind, subject, key, moment, body, body_hash, previous, hash_))
        previous = hash_
    return found


INTRUDERS = [byte, number, removed, removed_and_closed, added, swapped, reordered, cut, rewritten]


def rows_of(connection):
    return connection.execute("SELECT * FROM entries ORDER BY seq").fetchall()


def write_rows(file, rows):
    """Replace the whole table; the triggers are taken away before and put back after."""
    connection = sqlite3.connect(file, isolation_level=None)
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("DELETE FROM entries")
    connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    for _, sql in triggers:
        connection.execute(sql)
    connection.execute("COMMIT")
    connection.close()


def test_every_tampering_is_found(original, tmp_path, monkeypatch):
    """Whether the chain is walked in one go or stretch by stretch."""
    file, head = original
    chance = random.Random(SEED)
    copy = tmp_path / "copy.db"
    shutil.copy(file, copy)
    with sqlite3.connect(copy) as connection:
        rows = rows_of(connection)
    connection.close()
    missed = []
    for turn in range(TAMPERINGS):
        intruder = INTRUDERS[turn % len(INTRUDERS)]
        changed = rows
        while changed == rows or len({row[3] for row in changed}) < len(changed):  # keys are unique in the database
            changed = intruder(rows, chance)
        write_rows(copy, changed)
        with open_ledger(copy) as ledger:
            found = verify(ledger, head, exact=True)
            with monkeypatch.context() as patched:
                patched.setattr("policy_engine.record.verify._STRETCH", 1 + turn % 13)
                assert verify(ledger, head, exact=True) == found, (intruder.__name__, turn)
        if not found.problems or any(one.code == "ledger.unguarded" for one in found.problems):
            missed.append((intruder.__name__, turn))
    assert missed == []
    write_rows(copy, rows)
    with open_ledger(copy) as ledger:
        assert verify(ledger, head, exact=True).problems == ()


@pytest.mark.parametrize("column", Entered._fields[1:])
def test_bytes_in_the_place_of_a_text_are_found(original, tmp_path, column):
    """SQLite keeps what it is given: bytes that spell the same text are another thing to whoever reads them."""
    file, head = original
    copy, at = tmp_path / "copy.db", Entered._fields.index(column)
    shutil.copy(file, copy)
    with sqlite3.connect(file) as connection:
        rows = rows_of(connection)
    connection.close()
    for touched in (rows[6], rows[-1]):
        changed = (*touched[:at], touched[at].encode(), *touched[at + 1 :])
        write_rows(copy, [changed if row == touched else row for row in rows])
        with open_ledger(copy) as ledger:
            found = verify(ledger, head, exact=True).problems
        assert str(touched[0]) in {dict(one.details)["seq"] for one in found}


def test_the_largest_number_is_read(original, tmp_path):
    file, head = original
    copy = tmp_path / "copy.db"
    shutil.copy(file, copy)
    with sqlite3.connect(file) as connection:
        rows = rows_of(connection)
    connection.close()
    write_rows(copy, [*rows[:-1], (2**63 - 1, *rows[-1][1:])])
    with open_ledger(copy) as ledger:
        found = verify(ledger, head, exact=True).problems
    assert "ledger.gap" in {one.code for one in found}


def test_processes_that_share_the_work_find_the_same(original, tmp_path, monkeypatch):
    file, head = original
    monkeypatch.setattr("policy_engine.record.verify._STRETCH", 9)
    with sqlite3.connect(file) as connection:
        rows = rows_of(connection)
    connection.close()
    copy, told = tmp_path / "copy.db", []
    shutil.copy(file, copy)
    with open_ledger(copy) as ledger:
        sound = verify(ledger, head, processes=2, progress=lambda done, total: told.append((done, total)))
    assert (sound.problems, sound.head, told[-1]) == ((), head, (41, 41))
    assert told == sorted(told)
    assert len(set(told)) > 1
    write_rows(copy, [*rows[:8], *rows[9:30], (*rows[30][:5], "{}", *rows[30][6:]), *rows[31:]])
    with open_ledger(copy) as ledger:
        found = verify(ledger, head, processes=2)
        assert found == verify(ledger, head)
    assert [one.code for one in found.problems] == ["ledger.gap", "ledger.changed"]


def test_a_byte_of_the_file_is_either_found_or_without_meaning(original, tmp_path):
    """Flipped in free space, a byte changes nothing that can be read; anywhere else it is found."""
    file, head = original
    chance = random.Random(SEED)
    data = file.read_bytes()
    with sqlite3.connect(file) as connection:
        rows = rows_of(connection)
    connection.close()
    outcomes = Counter()
    for turn in range(FLIPS):
        copy = tmp_path / f"{turn}.db"
        at = chance.randrange(100, len(data))
        copy.write_bytes(data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :])
        if problems_of(copy, head):
            outcomes["found"] += 1
            continue
        with sqlite3.connect(copy) as connection:
            assert rows_of(connection) == rows, at
        connection.close()
        outcomes["without meaning"] += 1
    assert outcomes["found"] > FLIPS / 4


def problems_of(copy, head):
    from policy_engine.errors import LedgerError

    try:
        with open_ledger(copy) as ledger:
            return verify(ledger, head, exact=True).problems
    except LedgerError as error:
        return error.problems
