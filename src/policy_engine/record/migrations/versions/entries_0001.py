"""The table of entries, which the database itself keeps append-only and in order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SQLITE = (
    """
    CREATE TRIGGER entries_in_order BEFORE INSERT ON entries BEGIN
        SELECT RAISE(ABORT, 'ledger: entries are appended in order')
        WHERE NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries)
           OR NEW.previous IS NOT coalesce(
                (SELECT hash FROM entries ORDER BY seq DESC LIMIT 1), printf('%064d', 0));
    END""",
    "CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'ledger: append-only'); END",
    "CREATE TRIGGER entries_remain BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'ledger: append-only'); END",
)

POSTGRESQL = (
    """
    CREATE FUNCTION entries_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE newest RECORD;
    BEGIN
        SELECT seq, hash INTO newest FROM entries ORDER BY seq DESC LIMIT 1;
        IF NEW.seq <> coalesce(newest.seq, 0) + 1 OR NEW.previous <> coalesce(newest.hash, repeat('0', 64)) THEN
            RAISE EXCEPTION 'ledger: entries are appended in order';
        END IF;
        RETURN NEW;
    END $$""",
    """
    CREATE FUNCTION entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'ledger: append-only';
    END $$""",
    """
    CREATE TRIGGER entries_in_order BEFORE INSERT ON entries
    FOR EACH ROW EXECUTE FUNCTION entries_in_order()""",
    """
    CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION entries_stay()""",
)


def upgrade() -> None:
    """Make the table, its index, and the triggers."""
    op.create_table(
        "entries",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("recorded_at", sa.String(27), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("seq > 0", name="entries_from_one"),
    )
    op.create_index("entries_by_subject", "entries", ["subject", "seq"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(sa.text(statement))
