"""CRM connections: what admins were told of, and until when it was so; reading can be asked for as a job."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_crm_alarms"
down_revision = "20261126_crm_rows_handled"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = UtcDateTime(timezone=True)
OPEN = sa.text("over_at IS NULL")
ACTS = "act IN ('test', 'check', 'apply', 'plan', 'push', {}'drift', 'repair', 'erase')"


def upgrade() -> None:
    op.create_table(
        "crm_alarm",
        sa.Column("id", ID, nullable=False),
        sa.Column("connection", sa.String(40), nullable=False),
        sa.Column("alarm", sa.String(10), nullable=False),
        sa.Column("words", sa.String(1_000), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("over_at", TIME, nullable=True),
        sa.CheckConstraint("alarm IN ('stopped', 'refused', 'behind')", name=op.f("ck_crm_alarm_alarm")),
        sa.ForeignKeyConstraint(
            ["connection"],
            ["crm_connection.name"],
            name=op.f("fk_crm_alarm_connection_crm_connection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_alarm")),
    )
    op.create_index(
        "ix_crm_alarm_open",
        "crm_alarm",
        ["connection", "alarm"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    # Admins were told of those that stand still: they are not told again, and hear when it is over.
    stopped = "SELECT name, 'stopped', coalesce(failure, ''), opened_at FROM crm_connection WHERE opened_at IS NOT NULL"
    op.execute(f"INSERT INTO crm_alarm (connection, alarm, words, at) {stopped}")  # noqa: S608
    _say_acts(ACTS.format("'pull', "))


def _say_acts(condition: str) -> None:
    with op.batch_alter_table("crm_job") as batch:
        batch.drop_constraint(op.f("ck_crm_job_act"), type_="check")
        batch.create_check_constraint(op.f("ck_crm_job_act"), condition)


def downgrade() -> None:
    op.execute("DELETE FROM crm_job WHERE act = 'pull'")
    _say_acts(ACTS.format(""))
    op.drop_table("crm_alarm")
