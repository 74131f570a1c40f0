"""Topics: the newest of a category, and discussions, by an index."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_topic_lists"
down_revision = "20261121_crm_bridge"
branch_labels = None
depends_on = None


def upgrade() -> None:
    discussion = sa.text("kind = 'discussion'")
    op.create_index(op.f("ix_topic_category_id_created_at_id"), "topic", ["category_id", "created_at", "id"])
    op.create_index(
        "ix_topic_discussion",
        "topic",
        ["last_activity_at", "id"],
        sqlite_where=discussion,
        postgresql_where=discussion,
    )


def downgrade() -> None:
    op.drop_index("ix_topic_discussion", table_name="topic")
    op.drop_index(op.f("ix_topic_category_id_created_at_id"), table_name="topic")
