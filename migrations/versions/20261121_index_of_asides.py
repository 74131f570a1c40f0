"""Posts: the comments on a question itself, by an index."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_aside_index"
down_revision = "20261121_topic_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    aside = sa.text("aside")
    op.create_index(
        "ix_post_aside", "post", ["topic_id", "position"], sqlite_where=aside, postgresql_where=aside
    )


def downgrade() -> None:
    op.drop_index("ix_post_aside", table_name="post")
