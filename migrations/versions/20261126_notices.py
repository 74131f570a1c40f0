"""Notices: what people are told, and how far the telling has come; following says why, and may be stopped."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_notices"
down_revision = "20261126_company_sources"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("watch", sa.Column("because", sa.String(length=10), server_default="asked", nullable=False))
    op.add_column("watch", sa.Column("stopped_at", UtcDateTime(timezone=True), nullable=True))
    op.create_table(
        "telling",
        sa.Column("entry_id", ID, autoincrement=False, nullable=False),
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("after_id", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("done_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_telling_entry_id_entry")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_telling_idea_id_idea")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_telling")),
    )
    op.create_index(op.f("ix_telling_idea_id"), "telling", ["idea_id"])
    waiting = sa.text("done_at IS NULL")
    op.create_index(
        "ix_telling_waiting", "telling", ["entry_id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "notice",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("why IN ('voter', 'customer', 'author', 'follower')", name=op.f("ck_notice_why")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_notice_entry_id_entry")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_notice_idea_id_idea")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "entry_id", name=op.f("uq_notice_person_id_entry_id")),
    )
    op.create_index(op.f("ix_notice_entry_id"), "notice", ["entry_id"])
    op.create_index(op.f("ix_notice_idea_id"), "notice", ["idea_id"])
    op.create_index(op.f("ix_notice_person_id_id"), "notice", ["person_id", "id"])
    unread = sa.text("read_at IS NULL")
    op.create_index("ix_notice_unread", "notice", ["person_id"], sqlite_where=unread, postgresql_where=unread)


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_table("telling")
    op.drop_column("watch", "stopped_at")
    op.drop_column("watch", "because")
