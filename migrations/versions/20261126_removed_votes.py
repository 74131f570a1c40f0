"""Entries that say that an added vote was taken away are found without reading the journal."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_removed_votes"
down_revision = "20261126_readings_asked_for"
branch_labels = None
depends_on = None

REMOVED = sa.text("kind = 'added_vote_removed'")


def upgrade() -> None:
    op.create_index("ix_entry_removed", "entry", ["id"], sqlite_where=REMOVED, postgresql_where=REMOVED)


def downgrade() -> None:
    op.drop_index("ix_entry_removed", table_name="entry")
