"""Saved exports, their schedules, files and links; an index of who took what out."""

import sqlalchemy as sa
from alembic import op

from portal.database import Id, UtcDateTime

revision = "20261126_saved_exports"
down_revision = "20261126_uploads"
branch_labels = None
depends_on = None

EXPORTED = sa.text("kind IN ('ideas_exported', 'customer_records_exported', 'export_fetched')")


def _moment(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=nullable)


def _to(table: str, name: str, there: str, column: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{there}.{column}"], name=op.f(f"fk_{table}_{name}_{there}"))


def upgrade() -> None:
    op.create_table(
        "saved_export",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        _moment("created_at", False),
        _moment("changed_at"),
        _moment("deleted_at"),
        _to("saved_export", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_export")),
    )
    op.create_index(op.f("ix_saved_export_person_id"), "saved_export", ["person_id"])
    _schedules()
    _files()
    op.create_index("ix_entry_exports", "entry", ["id"], sqlite_where=EXPORTED, postgresql_where=EXPORTED)


def _schedules() -> None:
    op.create_table(
        "export_schedule",
        sa.Column("saved_id", Id, autoincrement=False, nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("every", sa.String(length=10), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("monthday", sa.SmallInteger(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("days_kept", sa.SmallInteger(), nullable=False),
        sa.Column("base", sa.String(length=200), nullable=False),
        _moment("since", False),
        _moment("next_at", False),
        sa.CheckConstraint("every IN ('day', 'week', 'month')", name=op.f("ck_export_schedule_every")),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_export_schedule_hour")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_export_schedule_weekday")),
        sa.CheckConstraint("monthday BETWEEN 1 AND 31", name=op.f("ck_export_schedule_monthday")),
        sa.CheckConstraint("days_kept BETWEEN 1 AND 90", name=op.f("ck_export_schedule_days_kept")),
        _to("export_schedule", "saved_id", "saved_export"),
        _to("export_schedule", "by_id", "person"),
        sa.PrimaryKeyConstraint("saved_id", name=op.f("pk_export_schedule")),
    )
    op.create_index(op.f("ix_export_schedule_next_at"), "export_schedule", ["next_at"])
    op.create_table(
        "export_recipient",
        sa.Column("saved_id", Id, autoincrement=False, nullable=False),
        sa.Column("person_id", Id, autoincrement=False, nullable=False),
        _to("export_recipient", "saved_id", "export_schedule", "saved_id"),
        _to("export_recipient", "person_id", "person"),
        sa.PrimaryKeyConstraint("saved_id", "person_id", name=op.f("pk_export_recipient")),
    )


def _files() -> None:
    op.create_table(
        "export_file",
        sa.Column("id", Id, nullable=False),
        sa.Column("saved_id", Id, nullable=False),
        sa.Column("by_id", Id, nullable=False),
        _moment("due_at", False),
        sa.Column("days_kept", sa.SmallInteger(), nullable=False),
        sa.Column("base", sa.String(length=200), nullable=False),
        _moment("try_at"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=True),
        sa.Column("refused", sa.String(length=300), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=True),
        _moment("made_at"),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        _moment("expires_at"),
        _moment("removed_at"),
        _to("export_file", "saved_id", "saved_export"),
        _to("export_file", "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_file")),
        sa.UniqueConstraint("saved_id", "due_at", name=op.f("uq_export_file_saved_id_due_at")),
    )
    op.create_index(op.f("ix_export_file_try_at"), "export_file", ["try_at"])
    op.create_index(op.f("ix_export_file_expires_at"), "export_file", ["expires_at"])
    op.create_table(
        "export_link",
        sa.Column("id", Id, nullable=False),
        sa.Column("file_id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        _moment("try_at"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=True),
        sa.Column("refused", sa.String(length=300), nullable=True),
        _moment("sent_at"),
        _to("export_link", "file_id", "export_file"),
        _to("export_link", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_link")),
        sa.UniqueConstraint("file_id", "person_id", name=op.f("uq_export_link_file_id_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_export_link_token_hash")),
    )
    op.create_index(op.f("ix_export_link_try_at"), "export_link", ["try_at"])


def downgrade() -> None:
    op.drop_index("ix_entry_exports", table_name="entry")
    for table in ("export_link", "export_file", "export_recipient", "export_schedule", "saved_export"):
        op.drop_table(table)
