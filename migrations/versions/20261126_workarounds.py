"""Workarounds of ideas, whom they help, and their count on the idea."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_workarounds"
down_revision = "20261126_news"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IN_FORCE, SOME = sa.text("ended_at IS NULL"), sa.text("helped > 0")


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    op.create_table(
        "workaround",
        sa.Column("id", ID, nullable=False),
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("marked_by_id", ID, nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", ID, nullable=True),
        _key("workaround", "idea_id", "idea"),
        _key("workaround", "post_id", "post"),
        _key("workaround", "marked_by_id", "person"),
        _key("workaround", "ended_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workaround")),
    )
    op.create_index(
        "ix_workaround_in_force", "workaround", ["idea_id"], unique=True,
        sqlite_where=IN_FORCE, postgresql_where=IN_FORCE,
    )
    op.create_table(
        "help",
        sa.Column("id", ID, nullable=False),
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        _key("help", "idea_id", "idea"),
        _key("help", "person_id", "person"),
        _key("help", "post_id", "post"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help")),
        sa.UniqueConstraint("idea_id", "person_id", "post_id", name=op.f("uq_help_idea_id_person_id_post_id")),
    )
    for table, columns in {"workaround": ("idea_id", "post_id"), "help": ("person_id", "post_id")}.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.add_column("idea", sa.Column("helped", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_idea_helped", "idea", ["helped", "id"], sqlite_where=SOME, postgresql_where=SOME)


def downgrade() -> None:
    op.drop_index("ix_idea_helped", table_name="idea")
    op.drop_column("idea", "helped")
    op.drop_table("help")
    op.drop_table("workaround")
