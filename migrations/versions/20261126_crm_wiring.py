"""CRM connections: sealed secrets, the circuit breaker, the calls of a day; calls over the wire."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_crm_wiring"
down_revision = "20261126_conversions"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("crm_connection") as batch:
        batch.add_column(sa.Column("sealed", sa.JSON(), nullable=False, server_default="{}"))
        batch.add_column(sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("opened_at", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("not_before", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("calls_on", sa.String(length=10), nullable=True))
        batch.add_column(sa.Column("calls_used", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("calls_limit", sa.Integer(), nullable=True))
    with op.batch_alter_table("crm_connection") as batch:
        for name in ("sealed", "private", "failures", "calls_used"):
            batch.alter_column(name, server_default=None)
    op.create_table(
        "crm_call",
        sa.Column("id", ID, nullable=False),
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection"], ["crm_connection.name"], name=op.f("fk_crm_call_connection_crm_connection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_call")),
    )
    op.create_index(op.f("ix_crm_call_connection_id"), "crm_call", ["connection", "id"])


def downgrade() -> None:
    op.drop_table("crm_call")
    with op.batch_alter_table("crm_connection") as batch:
        for name in ("sealed", "private", "failures", "opened_at", "not_before", "calls_on", "calls_used", "calls_limit"):
            batch.drop_column(name)
