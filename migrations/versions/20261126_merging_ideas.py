"""Merging: what an idea was merged into, where its votes count since then, and a row for each merge."""

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "20261126_merging"
down_revision = "20261126_saved_exports"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTS_FOR = "CASE WHEN eclipsed THEN NULL ELSE coalesce(carried_to_id, idea_id) END"
WHO_COUNTS = ("person_id", "company_id")


def upgrade() -> None:
    small = op.get_bind().dialect.name == "sqlite"
    number, kept = ("INTEGER", "VIRTUAL") if small else ("BIGINT", "STORED")
    # As text, with the condition beside the column: SQLite adds no constraint to a table that others refer to.
    for table, name, what in (
        ("idea", "merged_into_id", f"{number} CONSTRAINT fk_idea_merged_into_id_idea REFERENCES idea (id)"),
        (
            "idea",
            "sources",
            "INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_idea_sources_not_negative CHECK (sources >= 0)",
        ),
        ("vote", "carried_to_id", f"{number} CONSTRAINT fk_vote_carried_to_id_idea REFERENCES idea (id)"),
        ("vote", "eclipsed", f"BOOLEAN DEFAULT {'0' if small else 'false'} NOT NULL"),
        ("vote", "counted", "SMALLINT CONSTRAINT ck_vote_counted CHECK (counted >= 1)"),
        ("vote", "counts_for_id", f"{number} GENERATED ALWAYS AS ({COUNTS_FOR}) {kept}"),
    ):
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {what}")
    merged = sa.text("merged_into_id IS NOT NULL")
    op.create_index(
        op.f("ix_idea_merged_into_id"),
        "idea",
        ["merged_into_id"],
        sqlite_where=merged,
        postgresql_where=merged,
    )
    for name in ("carried_to_id", "counts_for_id"):
        op.create_index(op.f(f"ix_vote_{name}"), "vote", [name])
    for name in WHO_COUNTS:
        op.create_index(op.f(f"ix_vote_{name}_counts_for_id"), "vote", [name, "counts_for_id"], unique=True)
    _make_table()


def _make_table() -> None:
    when = portal.database.UtcDateTime(timezone=True)
    op.create_table(
        "idea_merge",
        sa.Column("id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("merged_by_id", ID, nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("imported_up", sa.Integer(), nullable=False),
        sa.Column("imported_down", sa.Integer(), nullable=False),
        sa.Column("undone_at", when, nullable=True),
        sa.Column("undone_by_id", ID, nullable=True),
        sa.Column("undone_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_idea_merge_two_ideas")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_idea_merge_undone")
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_idea_merge_{name}_{table}"))
            for name, table in (
                ("source_id", "idea"),
                ("target_id", "idea"),
                ("merged_by_id", "person"),
                ("undone_by_id", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_merge")),
    )
    for name in ("source_id", "target_id"):
        op.create_index(op.f(f"ix_idea_merge_{name}"), "idea_merge", [name])
    force = sa.text("undone_at IS NULL")
    op.create_index(
        "ix_idea_merge_in_force",
        "idea_merge",
        ["source_id"],
        unique=True,
        sqlite_where=force,
        postgresql_where=force,
    )


def downgrade() -> None:
    op.drop_table("idea_merge")
    for name in WHO_COUNTS:
        op.drop_index(op.f(f"ix_vote_{name}_counts_for_id"), table_name="vote")
    for name in ("counts_for_id", "carried_to_id"):
        op.drop_index(op.f(f"ix_vote_{name}"), table_name="vote")
    op.drop_index(op.f("ix_idea_merged_into_id"), table_name="idea")
    for name in ("counts_for_id", "counted", "eclipsed", "carried_to_id"):
        op.drop_column("vote", name)
    for name in ("sources", "merged_into_id"):
        op.drop_column("idea", name)
