"""Conversions: a question became an idea, or an idea a question."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_conversions"
down_revision = "20261126_told_of_inquiries"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PEOPLE = ("by_id", "ended_by_id")
IN_FORCE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "conversion",
        sa.Column("id", ID, nullable=False),
        sa.Column("made", sa.String(length=5), nullable=False),
        sa.Column("topic_id", ID, nullable=True),
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("status_before", sa.String(length=20), nullable=True),
        sa.Column("status_after", sa.String(length=20), nullable=True),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", ID, nullable=True),
        sa.Column("ended_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("made IN ('idea', 'topic')", name=op.f("ck_conversion_made")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_conversion_ended")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_conversion_topic_id_topic")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_conversion_idea_id_idea")),
        *(
            sa.ForeignKeyConstraint([each], ["person.id"], name=op.f(f"fk_conversion_{each}_person"))
            for each in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion")),
    )
    for thing in ("topic", "idea"):
        op.create_index(op.f(f"ix_conversion_{thing}_id"), "conversion", [f"{thing}_id"])
        op.create_index(
            f"ix_conversion_of_{thing}",
            "conversion",
            [f"{thing}_id"],
            unique=True,
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        )


def downgrade() -> None:
    op.drop_table("conversion")
