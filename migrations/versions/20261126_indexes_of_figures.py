"""Indexes from which the figures of the desk are counted without a look at the rows."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_figures"
down_revision = "20261126_merges_came"
branch_labels = None
depends_on = None

NOT_LISTED = sa.text("hidden_at IS NOT NULL OR merged_into_id IS NOT NULL")
LATELY = ["cast_at", "counts_for_id", "person_id", "company_id", "value"]


def upgrade() -> None:
    op.create_index(op.f("ix_idea_board_id_status"), "idea", ["board_id", "status"])
    op.create_index("ix_idea_not_listed", "idea", ["id"], sqlite_where=NOT_LISTED, postgresql_where=NOT_LISTED)
    op.create_index("ix_vote_lately", "vote", LATELY)


def downgrade() -> None:
    op.drop_index("ix_vote_lately", "vote")
    op.drop_index("ix_idea_not_listed", "idea")
    op.drop_index(op.f("ix_idea_board_id_status"), "idea")
