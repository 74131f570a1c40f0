"""CRM connections: who owns which field, and how the CRM calls it."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_crm_fields"
down_revision = "20261126_forgetting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_field",
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=20), nullable=False),
        sa.Column("remote_name", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "owner IN ('portal', 'portal_if_blank', 'crm', 'unmapped', 'cleared')", name=op.f("ck_crm_field_owner")
        ),
        sa.ForeignKeyConstraint(
            ["connection"], ["crm_connection.name"], name=op.f("fk_crm_field_connection_crm_connection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection", "kind", "field", name=op.f("pk_crm_field")),
    )


def downgrade() -> None:
    op.drop_table("crm_field")
