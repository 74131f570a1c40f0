"""CRM bridge: what is to be told in the histories of contacts, and what was."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_crm_interactions"
down_revision = "20261126_crm_fields"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'retry'")


def upgrade() -> None:
    op.create_table(
        "crm_interaction",
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("idea_id", sa.BigInteger(), nullable=True),
        sa.Column("topic_id", sa.BigInteger(), nullable=True),
        sa.Column("post_id", sa.BigInteger(), nullable=True),
        sa.Column("word", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("message", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("state IN ('done', 'retry', 'quarantined')", name=op.f("ck_crm_interaction_state")),
        sa.ForeignKeyConstraint(
            ["connection"], ["crm_connection.name"], name=op.f("fk_crm_interaction_connection_crm_connection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection", "entry_id", "person_id", name=op.f("pk_crm_interaction")),
    )
    op.create_index(
        "ix_crm_interaction_waiting", "crm_interaction", ["connection", "entry_id"],
        sqlite_where=WAITING, postgresql_where=WAITING,
    )
    op.create_index(op.f("ix_crm_interaction_person_id"), "crm_interaction", ["person_id"])


def downgrade() -> None:
    op.drop_table("crm_interaction")
