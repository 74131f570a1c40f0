"""Statuses: a table for those that boards or the house have of their own; ideas keep their keys."""

import re

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "20261122_statuses"
down_revision = "20261122_confirmations"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BUILT_IN = "'open', 'under_review', 'planned', 'started', 'shipped', 'declined', 'parked'"


def upgrade() -> None:
    op.create_table(
        "status",
        sa.Column("id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=True),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("colour", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("meaning", sa.String(length=10), nullable=False),
        sa.Column("votes", sa.String(length=10), nullable=False),
        sa.Column("archived_at", portal.database.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "colour IN ('plain', 'warm', 'accent', 'good', 'ended', 'bad')", name=op.f("ck_status_colour")
        ),
        sa.CheckConstraint("meaning IN ('active', 'complete', 'closed')", name=op.f("ck_status_meaning")),
        sa.CheckConstraint("votes IN ('takes', 'closed', 'returned')", name=op.f("ck_status_votes")),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_status_board_id_board")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status")),
        sa.UniqueConstraint("board_id", "key", name=op.f("uq_status_board_id_key")),
    )
    house = sa.text("board_id IS NULL")
    op.create_index(
        "ix_status_of_house", "status", ["key"], unique=True, sqlite_where=house, postgresql_where=house
    )
    _set_check(None)
    op.create_index(op.f("ix_idea_status_at"), "idea", ["status_at"])


def _set_check(condition: str | None) -> None:
    """Take the condition away, or bring it back.

    SQLite rebuilds a table for that, which a table that others refer to does not survive with its references
    checked; its documentation shows how to change the written schema instead.
    """
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(condition)
    elif condition is None:
        op.drop_constraint(op.f("ck_idea_status"), "idea", type_="check")
    else:
        op.create_check_constraint(op.f("ck_idea_status"), "idea", condition)


def _rewrite(condition: str | None) -> None:
    bind = op.get_bind()
    written: str = bind.execute(sa.text("SELECT sql FROM sqlite_schema WHERE name = 'idea'")).scalar_one()
    bare = re.sub(r"CONSTRAINT ck_idea_status CHECK \(status IN \([^()]*\)\),?\s*", "", written)
    if condition is not None:
        bare = bare.replace("CONSTRAINT", f"CONSTRAINT ck_idea_status CHECK ({condition}), \n\tCONSTRAINT", 1)
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    bind.execute(sa.text("UPDATE sqlite_schema SET sql = :sql WHERE name = 'idea'"), {"sql": bare})
    bind.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = OFF"))


def downgrade() -> None:
    op.drop_index(op.f("ix_idea_status_at"), table_name="idea")
    op.execute(f"UPDATE idea SET status = 'open' WHERE status NOT IN ({BUILT_IN})")
    _set_check(f"status IN ({BUILT_IN})")
    op.drop_index("ix_status_of_house", table_name="status")
    op.drop_table("status")
