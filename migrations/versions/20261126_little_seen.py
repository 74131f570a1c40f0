"""Whether a board shows an idea that few have seen on each page of Hot and Top."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_little_seen"
down_revision = "20261126_parted_pairs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("board", sa.Column("explores", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("board", "explores")
