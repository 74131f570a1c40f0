"""Quiet ideas that could not be closed, and boards on which people could not be asked: why, and when it is tried again."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_inquiries_that_failed"
down_revision = "20261126_figures"
branch_labels = None
depends_on = None

TABLES = ("inquiry", "inquiry_look")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
        op.add_column(table, sa.Column("try_at", UtcDateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("failure", sa.String(length=500), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        for column in ("failure", "try_at", "tries"):
            op.drop_column(table, column)
