"""The one table of a ledger. `migrations/` makes it; this says what the code expects of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, MetaData, String, Table, Text

__all__ = ["ENTRIES", "FIRST", "METADATA", "REVISIONS"]

REVISIONS = ("0001",)
"""The migrations in order; the last is the form of the database that this version of the package reads and writes."""

FIRST = "0" * 64
"""What the first entry gives as the hash of the one before it."""

METADATA = MetaData()

ENTRIES = Table(
    "entries",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("recorded_at", String(27), nullable=False),
    Column("body", Text, nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("seq > 0", name="entries_from_one"),
    Index("entries_by_subject", "subject", "seq"),
)
