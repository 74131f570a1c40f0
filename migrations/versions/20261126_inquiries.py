"""Inquiries: whether quiet ideas are still wanted, and the rule of boards about it."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_inquiries"
down_revision = "20261126_pairs"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = UtcDateTime(timezone=True)
OPEN = sa.text("ended_at IS NULL")
HOW = "'yes', 'vote', 'comment', 'edit', 'staff', 'rule', 'overtaken', 'closed'"


def upgrade() -> None:
    _inquiries()
    op.create_table(
        "inquiry_look",
        sa.Column("board_id", ID, autoincrement=False, nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_inquiry_look_board_id_board")),
        sa.PrimaryKeyConstraint("board_id", name=op.f("pk_inquiry_look")),
    )
    op.create_table(
        "idea_touch",
        sa.Column("idea_id", ID, autoincrement=False, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_touch_idea_id_idea")),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_idea_touch")),
    )
    for column, number, name, condition in (
        ("quiet_months", 0, "quiet_months_not_negative", "quiet_months >= 0"),
        ("quiet_days", 30, "quiet_days_positive", "quiet_days > 0"),
    ):
        op.execute(
            f"ALTER TABLE board ADD COLUMN {column} INTEGER DEFAULT {number} NOT NULL "
            f"CONSTRAINT ck_board_{name} CHECK ({condition})"
        )
    status = sa.Column("quiet_status", sa.String(length=20), server_default="declined", nullable=False)
    op.add_column("board", status)


def _inquiries() -> None:
    op.create_table(
        "inquiry",
        sa.Column("id", ID, nullable=False),
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("until", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("ended", sa.String(length=10), nullable=True),
        sa.Column("ended_by_id", ID, nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended IS NULL)", name=op.f("ck_inquiry_ended_whole")),
        sa.CheckConstraint(f"ended IN ({HOW})", name=op.f("ck_inquiry_ended")),
        sa.CheckConstraint("until > asked_at", name=op.f("ck_inquiry_until_later")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_inquiry_idea_id_idea")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_inquiry_ended_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
    )
    where = {"sqlite_where": OPEN, "postgresql_where": OPEN}
    op.create_index("ix_inquiry_open", "inquiry", ["idea_id"], unique=True, **where)
    op.create_index("ix_inquiry_due", "inquiry", ["until", "id"], **where)
    op.create_index(op.f("ix_inquiry_idea_id_id"), "inquiry", ["idea_id", "id"])
    op.create_index(op.f("ix_inquiry_asked_at"), "inquiry", ["asked_at"])
    op.create_table(
        "inquiry_answer",
        sa.Column("id", ID, nullable=False),
        sa.Column("inquiry_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("says", sa.String(length=3), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.CheckConstraint("says IN ('yes', 'no')", name=op.f("ck_inquiry_answer_says")),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_inquiry_answer_inquiry_id_inquiry")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_inquiry_answer_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry_answer")),
        sa.UniqueConstraint("inquiry_id", "person_id", name=op.f("uq_inquiry_answer_inquiry_id_person_id")),
    )
    op.create_index(op.f("ix_inquiry_answer_person_id"), "inquiry_answer", ["person_id"])


def downgrade() -> None:
    for column in ("quiet_status", "quiet_days", "quiet_months"):
        op.drop_column("board", column)
    for table in ("idea_touch", "inquiry_look", "inquiry_answer", "inquiry"):
        op.drop_table(table)
