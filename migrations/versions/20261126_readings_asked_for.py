"""A record that is to be read again from a CRM: who asked for it, and why it could not be."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_readings_asked_for"
down_revision = "20261126_secrets_end"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_reading_asked",
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("entity", sa.String(length=10), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("failed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("says", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("entity IN ('person', 'company')", name=op.f("ck_crm_reading_asked_entity")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_crm_reading_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["connection"],
            ["crm_connection.name"],
            name=op.f("fk_crm_reading_asked_connection_crm_connection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection", "entity", "entity_id", name=op.f("pk_crm_reading_asked")),
    )


def downgrade() -> None:
    op.drop_table("crm_reading_asked")
