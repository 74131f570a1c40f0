"""CRM connections: jobs that staff have done, and pauses with who and why."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_crm_jobs"
down_revision = "20261126_the_way_back"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "crm_job",
        sa.Column("id", ID, nullable=False),
        sa.Column("connection", sa.String(40), nullable=False),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("began_at", TIME, nullable=True),
        sa.Column("beat_at", TIME, nullable=True),
        sa.Column("stop_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("says", sa.String(1_000), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "act IN ('test', 'check', 'apply', 'plan', 'push', 'drift', 'repair', 'erase')",
            name=op.f("ck_crm_job_act"),
        ),
        sa.CheckConstraint(
            "stage IN ('waiting', 'running', 'done', 'failed', 'stopped')", name=op.f("ck_crm_job_stage")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (stage IN ('waiting', 'running'))", name=op.f("ck_crm_job_ends")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_crm_job_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_job")),
    )
    op.create_index(op.f("ix_crm_job_connection_id"), "crm_job", ["connection", "id"])
    _one("ix_crm_job_open", "crm_job", ["connection", "act"], "ended_at IS NULL")
    _one("ix_crm_job_at_work", "crm_job", ["stage"], "stage = 'running'")
    op.create_table(
        "crm_pause",
        sa.Column("id", ID, nullable=False),
        sa.Column("connection", sa.String(40), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("why", sa.String(500), nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("ended_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["connection"],
            ["crm_connection.name"],
            name=op.f("fk_crm_pause_connection_crm_connection"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_crm_pause_by_id_person")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_crm_pause_ended_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_pause")),
    )
    op.create_index(op.f("ix_crm_pause_connection_id"), "crm_pause", ["connection", "id"])
    _one("ix_crm_pause_open", "crm_pause", ["connection"], "ended_at IS NULL")
    # Since when those are paused that are, and why, nobody wrote down.
    paused = "SELECT name, CURRENT_TIMESTAMP, '' FROM crm_connection WHERE paused"
    op.execute(f"INSERT INTO crm_pause (connection, at, why) {paused}")  # noqa: S608


def _one(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition
    )


def downgrade() -> None:
    op.drop_table("crm_pause")
    op.drop_table("crm_job")
