"""Receipts of what was taken out of a CRM, what an erasure cleared, and the last mail, which waits until it is sent."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_receipts"
down_revision = "20261126_crm_alarms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
    op.create_table(
        "crm_receipt",
        sa.Column("id", key, nullable=False),
        sa.Column("person_id", key, nullable=False),
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("done", sa.String(length=10), nullable=False),
        sa.Column("remote_type", sa.String(length=40), nullable=False),
        sa.Column("remote_id", sa.String(length=120), nullable=True),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.CheckConstraint("done IN ('asked', 'removed', 'blanked')", name=op.f("ck_crm_receipt_done")),
        sa.CheckConstraint("records > 0", name=op.f("ck_crm_receipt_records_positive")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_crm_receipt_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_receipt")),
    )
    op.create_index(op.f("ix_crm_receipt_person_id"), "crm_receipt", ["person_id"])
    op.create_table(
        "last_mail",
        sa.Column("id", key, nullable=False),
        sa.Column("sealed_to", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("posted_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("next_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_last_mail")),
    )
    op.create_index(op.f("ix_last_mail_next_at"), "last_mail", ["next_at"])
    with op.batch_alter_table("erasure") as batch:
        batch.add_column(sa.Column("cleared", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("erasure") as batch:
        batch.drop_column("cleared")
    op.drop_table("last_mail")
    op.drop_table("crm_receipt")
