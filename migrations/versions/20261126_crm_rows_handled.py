"""What staff set aside of what a CRM did not take, and what was read again."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_crm_rows_handled"
down_revision = "20261126_handles"
branch_labels = None
depends_on = None

TABLES = ("crm_link", "crm_interaction")
OLD, NEW = "'done', 'retry', 'quarantined'", "'done', 'retry', 'quarantined', 'ignored'"
OPEN = sa.text("ended_at IS NULL")


def _states(allowed: str) -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_state"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_state"), f"state IN ({allowed})")


def upgrade() -> None:
    key = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
    _states(NEW)
    op.create_table(
        "crm_aside",
        sa.Column("id", key, nullable=False),
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("entity", sa.String(length=12), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("by_id", key, nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", key, nullable=True),
        sa.CheckConstraint(
            "entity IN ('person', 'company', 'vote', 'interaction')", name=op.f("ck_crm_aside_entity")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_crm_aside_by_id_person")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_crm_aside_ended_by_id_person")),
        sa.ForeignKeyConstraint(
            ["connection"],
            ["crm_connection.name"],
            name=op.f("fk_crm_aside_connection_crm_connection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_aside")),
    )
    op.create_index(
        "ix_crm_aside_open",
        "crm_aside",
        ["entity_id", "connection", "entity", "number"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "crm_reading",
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.Column("entity", sa.String(length=10), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", key, nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.CheckConstraint("entity IN ('person', 'company')", name=op.f("ck_crm_reading_entity")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_crm_reading_by_id_person")),
        sa.ForeignKeyConstraint(
            ["connection"],
            ["crm_connection.name"],
            name=op.f("fk_crm_reading_connection_crm_connection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection", "entity", "entity_id", name=op.f("pk_crm_reading")),
    )


def downgrade() -> None:
    op.drop_table("crm_reading")
    op.drop_index("ix_crm_aside_open", "crm_aside")
    op.drop_table("crm_aside")
    for table in TABLES:
        op.execute(f"UPDATE {table} SET state = 'quarantined' WHERE state = 'ignored'")
    _states(OLD)
