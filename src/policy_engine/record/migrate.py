"""Making a ledger, and bringing an older one up to date, with Alembic."""

from __future__ import annotations

import datetime
import os
import secrets
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from policy_engine.errors import LedgerError, problem
from policy_engine.record.database import connect, place_of, take_turn, told
from policy_engine.record.entry import Entry, Receipt
from policy_engine.record.ledger import Ledger, find_ledger

__all__ = ["create_ledger", "upgrade_ledger"]

FORM = 1


def create_ledger(location: str | os.PathLike[str], recorded_at: datetime.datetime, name: str = "") -> Receipt:
    """Make an empty ledger with its first entry, which tells it from every other; raises `LedgerError`."""
    place = place_of(location)
    if place.file is not None and place.file.exists() and place.file.stat().st_size:
        raise LedgerError([problem("ledger.exists", where=str(place), path=place)])
    ledger = Ledger(connect(place, "create"), place)
    try:
        with told(place), ledger.engine.begin() as connection:
            take_turn(connection)
            if inspect(connection).get_table_names():
                raise LedgerError([problem("ledger.exists", where=str(place), path=place)])
            command.upgrade(_config(connection), "head")
            first = Entry.of("ledger", {"form": FORM, "name": name, "id": secrets.token_hex(16)}, key="ledger")
            (receipt,) = ledger.append_within(connection, [first], recorded_at)
    finally:
        ledger.close()
    return receipt


def upgrade_ledger(location: str | os.PathLike[str]) -> None:
    """Bring a ledger of an older version of the package up to date; entries stay as they are."""
    ledger = find_ledger(location, "write")
    try:
        ledger.check_revision(older=True)
        with told(ledger.place), ledger.engine.begin() as connection:
            take_turn(connection)
            command.upgrade(_config(connection), "head")
    finally:
        ledger.close()


def _config(connection: Connection) -> Config:
    config = Config()
    config.attributes["connection"] = connection
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
