"""Grounds: the list of the house for declining an idea, and which one a decision named."""

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "20261126_grounds"
down_revision = "20261122_plans"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ground",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", portal.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ground")),
        sa.UniqueConstraint("key", name=op.f("uq_ground_key")),
    )
    op.add_column("status_change", sa.Column("ground", sa.String(length=20), nullable=True))
    op.create_index(op.f("ix_status_change_at"), "status_change", ["at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_status_change_at"), table_name="status_change")
    op.drop_column("status_change", "ground")
    op.drop_table("ground")
