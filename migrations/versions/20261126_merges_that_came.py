"""Merges that came from another portal: nobody here made them."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_merges_came"
down_revision = "20261126_entry_images"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("idea_merge") as table:
        table.alter_column("merged_by_id", existing_type=ID, nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("idea_merge") as table:
        table.alter_column("merged_by_id", existing_type=ID, nullable=False)
