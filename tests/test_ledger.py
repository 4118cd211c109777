"""The ledger: exactly once, in one chain, refusing changes; and the plain words where it cannot be used."""

from __future__ import annotations

import datetime
import os
import sqlite3
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from conftest import missing
from policy_engine.errors import LedgerError
from policy_engine.record import database, migrate
from policy_engine.record.entry import Entry, chain_hash
from policy_engine.record.ledger import Head, open_ledger
from policy_engine.record.migrate import create_ledger, upgrade_ledger
from policy_engine.record.schema import FIRST, METADATA, REVISIONS
from policy_engine.record.seal import new_key, open_head, sign_head
from policy_engine.record.verify import verify

NOW = datetime.datetime(2026, 3, 1, 8, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


def event(number, subject="H-1", **more):
    return Entry.of("event", {"number": number, **more}, subject=subject)


@pytest.fixture
def ledger(location):
    create_ledger(location, NOW, "宣州")
    with open_ledger(location, "write") as opened:
        yield opened


def codes(caught):
    return [found.code for found in caught.value.problems]


def test_entries_come_back_as_they_went_in_and_form_one_chain(ledger):
    receipts = ledger.append([event(1), event(2, "H-2", text='中😀\n\u0000"')], NOW + HOUR)
    first, one, other = ledger.entries()
    assert first.kind == "ledger"
    assert first.previous == FIRST
    assert [one.seq, other.seq] == [receipt.seq for receipt in receipts] == [2, 3]
    assert other.content() == {"number": 2, "text": '中😀\n\u0000"'}
    assert (one.previous, other.previous) == (first.hash, one.hash)
    assert other.hash == chain_hash(
        one.hash, 3, "event", "H-2", other.key, "2026-03-01T09:00:00.000000Z", other.body_hash
    )
    assert ledger.head() == Head(first.hash, 3, other.hash)
    assert verify(ledger).problems == ()


def test_the_same_act_is_recorded_once(ledger):
    (first,) = ledger.append([event(1)], NOW)
    again, new, twice = ledger.append([event(1), event(2), event(2)], NOW + HOUR)
    assert (again.seq, again.hash, again.new) == (first.seq, first.hash, False)
    assert (new.new, twice.new, twice.seq) == (True, False, new.seq)
    assert ledger.head().seq == 3


def test_a_key_names_one_act(ledger):
    ledger.append([Entry.of("event", {"a": 1}, key="k")], NOW)
    with pytest.raises(LedgerError) as caught:
        ledger.append([event(7), Entry.of("event", {"a": 2}, key="k")], NOW)
    assert codes(caught) == ["ledger.key_taken"]
    assert ledger.head().seq == 2


def test_an_empty_batch_is_nothing(ledger):
    assert ledger.append([], NOW) == ()


def test_time_in_a_ledger_never_goes_backwards(ledger):
    ledger.append([event(1)], NOW + HOUR)
    ledger.append([event(2)], NOW)
    assert [entry.recorded_at for entry in ledger.entries()][1:] == ["2026-03-01T09:00:00.000000Z"] * 2


def test_what_is_asked_for_by_kind_subject_number_and_key(ledger):
    ledger.append([event(1), event(2, "H-2"), Entry.of("alert", {"x": True}, subject="H-2", key="a")], NOW)
    assert [entry.seq for entry in ledger.entries(subject="H-2")] == [3, 4]
    assert [entry.seq for entry in ledger.entries("event", last=2)] == [2]
    assert ledger.keyed("a") == ledger.entry(4)
    with pytest.raises(LedgerError) as caught:
        ledger.entry(5)
    assert codes(caught) == ["ledger.no_entry"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET body = '{}' WHERE seq = 2",
        "DELETE FROM entries WHERE seq = 2",
        "DELETE FROM entries",
        "INSERT INTO entries SELECT 9, kind, subject, 'x', recorded_at, body, body_hash, previous, hash FROM entries LIMIT 1",
        "INSERT INTO entries SELECT 3, kind, subject, 'x', recorded_at, body, body_hash, previous, hash FROM entries LIMIT 1",
    ],
)
def test_the_database_itself_refuses(ledger, statement):
    ledger.append([event(1)], NOW)
    with pytest.raises(DBAPIError, match="ledger: "), ledger.engine.begin() as connection:
        connection.execute(text(statement))
    assert verify(ledger).problems == ()
    assert ledger.head().seq == 2


def test_sqlite_does_not_replace_behind_the_triggers(tmp_path):
    file = str(tmp_path / "l.db")
    create_ledger(file, NOW)
    with sqlite3.connect(file) as connection, pytest.raises(sqlite3.IntegrityError, match="in order"):
        connection.execute("INSERT OR REPLACE INTO entries VALUES (1, 'x', '', 'x', '', '{}', '', '', '')")


def test_postgresql_does_not_truncate(postgresql):
    create_ledger(postgresql, NOW)
    with open_ledger(postgresql, "write") as ledger, pytest.raises(DBAPIError), ledger.engine.begin() as connection:
        connection.execute(text("TRUNCATE entries"))


def test_who_only_reads_cannot_write(ledger, location):
    with open_ledger(location) as reader:
        assert reader.head() == ledger.head()
        with pytest.raises(LedgerError) as caught:
            reader.append([event(1)], NOW)
    assert codes(caught) == ["ledger.read_only"]


def test_missing_triggers_are_noticed(ledger):
    drop = {
        "sqlite": "DROP TRIGGER entries_stay",
        "postgresql": "ALTER TABLE entries DISABLE TRIGGER entries_stay",
    }
    with ledger.engine.begin() as connection:
        connection.execute(text(drop[connection.dialect.name]))
    assert [found.code for found in verify(ledger).problems] == ["ledger.unguarded"]


# ---- signed heads


def test_a_signed_head_is_known_by_its_key_and_its_ledger(ledger, tmp_path):
    ledger.append([event(1)], NOW)
    private, public = new_key()
    signed = sign_head(ledger.head(), private, NOW)
    head = open_head(signed.model_dump_json(), public)
    assert head == ledger.head()
    assert verify(ledger, head, exact=True).problems == ()
    ledger.append([event(2)], NOW)
    assert verify(ledger, head).after == 1
    assert [found.code for found in verify(ledger, head, exact=True).problems] == ["ledger.longer"]
    other = str(tmp_path / "other.db")
    create_ledger(other, NOW)
    with open_ledger(other) as opened:
        assert {found.code for found in verify(opened, head).problems} == {"ledger.other", "ledger.cut"}


def test_a_head_that_nobody_signed_is_refused():
    private, public = new_key("pass word")
    signed = sign_head(Head("0" * 64, 5, "1" * 64), private, NOW, "pass word")
    for text_, key, code in (
        (signed.model_copy(update={"seq": 4}).model_dump_json(), public, "ledger.bad_signature"),
        (signed.model_dump_json(), new_key()[1], "ledger.bad_signature"),
        (signed.model_copy(update={"signature": "zz"}).model_dump_json(), public, "ledger.no_head"),
        ("{}", public, "ledger.no_head"),
        (signed.model_dump_json(), b"no key", "ledger.bad_key"),
    ):
        with pytest.raises(LedgerError) as caught:
            open_head(text_, key)
        assert codes(caught) == [code]
    for key, password in ((private, ""), (private, "wrong"), (b"", "")):
        with pytest.raises(LedgerError) as caught:
            sign_head(Head("", 0, ""), key, NOW, password)
        assert codes(caught) == ["ledger.bad_key"]


# ---- where a ledger cannot be used


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("mysql://a:secret@b/c", "ledger.bad_url"),
        ("sqlite://", "ledger.bad_url"),
        ("postgresql://a b:c:d", "ledger.bad_url"),
        ("nowhere/l.db", "ledger.not_found"),
        ("postgresql://office:secret@127.0.0.1:1/x", "ledger.cannot_open"),
    ],
)
def test_a_wrong_place_is_told_without_the_password(location, code):
    with pytest.raises(LedgerError) as caught:
        open_ledger(location)
    assert codes(caught) == [code]
    assert "secret" not in str(caught.value)


def test_what_is_no_ledger_is_refused_and_left_alone(tmp_path):
    words, other, empty = tmp_path / "words.txt", tmp_path / "other.db", tmp_path / "empty.db"
    words.write_text("no database at all, but a text of some length" * 50)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE households (id TEXT)")
    empty.touch()
    for file in (words, other, empty):
        before = file.read_bytes()
        with pytest.raises(LedgerError) as caught:
            open_ledger(file, "write")
        assert codes(caught) == ["ledger.not_a_ledger"]
        assert file.read_bytes() == before
    for file in (words, other):
        before = file.read_bytes()
        with pytest.raises(LedgerError) as caught:
            create_ledger(file, NOW)
        assert codes(caught) == ["ledger.exists"]
        assert file.read_bytes() == before


def test_a_ledger_is_made_once(location):
    create_ledger(location, NOW)
    with pytest.raises(LedgerError) as caught:
        create_ledger(location, NOW)
    assert codes(caught) == ["ledger.exists"]
    with open_ledger(location) as ledger:
        assert ledger.head().seq == 1


def test_a_ledger_from_a_newer_version_is_left_alone(ledger, location):
    with ledger.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerError) as caught:
        open_ledger(location, "write")
    assert codes(caught) == ["ledger.newer"]
    with pytest.raises(LedgerError) as caught:
        upgrade_ledger(location)
    assert codes(caught) == ["ledger.newer"]


def test_the_database_is_as_the_code_expects_it(ledger):
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert tuple(reversed([r.revision for r in ScriptDirectory.from_config(config).walk_revisions()])) == REVISIONS
    with ledger.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_twenty_threads_wait_for_the_database_and_not_for_one_another(ledger):
    with ThreadPoolExecutor(20) as threads:
        with ledger.engine.begin() as writer:
            database.take_turn(writer)
            appended = [threads.submit(ledger.append, [event(number)], NOW) for number in range(20)]
            deadline = time.monotonic() + 15
            while ledger.engine.pool.checkedout() < 21:
                assert time.monotonic() < deadline
                time.sleep(0.01)
        assert sorted(future.result()[0].seq for future in appended) == list(range(2, 22))
    assert verify(ledger).problems == ()


def test_a_locked_ledger_is_told_and_nothing_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "WAIT", 0.1)
    file = tmp_path / "l.db"
    create_ledger(file, NOW)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with open_ledger(file, "write") as ledger:
        with pytest.raises(LedgerError) as caught:
            ledger.append([event(1)], NOW)
        assert codes(caught) == ["ledger.locked"]
        holder.execute("ROLLBACK")
        assert ledger.append([event(1)], NOW)[0].seq == 2
    holder.close()


@pytest.fixture
def unprivileged():
    """A folder that anyone may enter, and for a while no rights beyond anyone's."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        root = os.geteuid() == 0

        def give_up():
            if root:
                os.seteuid(65534)

        yield Path(name), give_up
        if root:
            os.seteuid(0)
        Path(name).chmod(0o755)


def test_a_file_that_may_only_be_read_is_read_and_not_written(unprivileged):
    folder, give_up = unprivileged
    file = folder / "l.db"
    create_ledger(file, NOW)
    file.chmod(0o444)
    folder.chmod(0o555)
    give_up()
    with open_ledger(file) as ledger:
        assert verify(ledger).problems == ()
    with pytest.raises(LedgerError) as caught, open_ledger(file, "write") as ledger:
        ledger.append([event(1)], NOW)
    assert codes(caught) == ["ledger.read_only"]


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte; only root may make one, as CI does; elsewhere the test is skipped."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        missing(f"a small disk needs the right to mount: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_told_and_nothing_acknowledged_is_lost(small_disk):
    file = small_disk / "l.db"
    create_ledger(file, NOW)
    acknowledged, refused = 1, []
    with open_ledger(file, "write") as ledger:
        for number in range(1000):
            try:
                ledger.append([event(number, text="x" * 20_000)], NOW)
            except LedgerError as error:
                refused += [found.code for found in error.problems]
                break
            acknowledged += 1
    assert refused == ["ledger.full"]
    with open_ledger(file) as ledger:
        assert ledger.head().seq == acknowledged
        assert verify(ledger).problems == ()


def test_an_office_that_may_only_add_adds(postgresql):
    """The grants of the threat model's page are enough to write, and for nothing more."""
    page = (Path(__file__).parents[1] / "docs" / "threat-model.md").read_text(encoding="utf-8")
    grants = page[page.index("```sql") + 6 :].partition("```")[0].replace("office", "writer")
    create_ledger(postgresql, NOW)
    with open_ledger(postgresql, "write") as owner, owner.engine.begin() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS writer")
        connection.exec_driver_sql(f"CREATE ROLE writer LOGIN; {grants}")
    with open_ledger(postgresql.replace("office@", "writer@"), "write") as ledger:
        assert ledger.append([event(1)], NOW)[0].seq == 2
        assert verify(ledger).problems == ()
        for statement in (
            "DELETE FROM entries",
            "ALTER TABLE entries DISABLE TRIGGER entries_stay",
            "TRUNCATE entries",
        ):
            with (
                pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
                ledger.engine.begin() as connection,
            ):
                connection.exec_driver_sql(statement)
