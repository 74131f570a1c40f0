"""When everybody was told that an idea is asked about: nothing is closed before. Earlier ones hold as told when asked."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_told_of_inquiries"
down_revision = "20261126_inquiries_that_failed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inquiry", sa.Column("told_at", UtcDateTime(timezone=True), nullable=True))
    op.execute("UPDATE inquiry SET told_at = asked_at")


def downgrade() -> None:
    op.drop_column("inquiry", "told_at")
