"""Posts: asides and candidates for the official answer; who follows what."""

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "20261121_asides"
down_revision = "20261121_status_dates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post", sa.Column("aside", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("post", sa.Column("candidate", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "watch",
        sa.Column("id", portal.database.Id, nullable=False),
        sa.Column("person_id", portal.database.Id, nullable=False),
        sa.Column("idea_id", portal.database.Id, nullable=True),
        sa.Column("topic_id", portal.database.Id, nullable=True),
        sa.Column("since", portal.database.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(idea_id IS NULL) <> (topic_id IS NULL)", name=op.f("ck_watch_one_subject")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_watch_idea_id_idea")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_watch_person_id_person")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_watch_topic_id_topic")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint("person_id", "idea_id", name=op.f("uq_watch_person_id_idea_id")),
        sa.UniqueConstraint("person_id", "topic_id", name=op.f("uq_watch_person_id_topic_id")),
    )
    op.create_index(op.f("ix_watch_idea_id"), "watch", ["idea_id"])
    op.create_index(op.f("ix_watch_topic_id"), "watch", ["topic_id"])


def downgrade() -> None:
    op.drop_table("watch")
    op.drop_column("post", "candidate")
    op.drop_column("post", "aside")
