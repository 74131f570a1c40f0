"""CRM connections: admins are told before a secret ends."""

from alembic import op

revision = "20261126_secrets_end"
down_revision = "20261126_receipts"
branch_labels = None
depends_on = None

ALARMS = "alarm IN ('stopped', 'refused', 'behind'{})"


def upgrade() -> None:
    _say(ALARMS.format(", 'ending'"))


def _say(condition: str) -> None:
    with op.batch_alter_table("crm_alarm") as batch:
        batch.drop_constraint(op.f("ck_crm_alarm_alarm"), type_="check")
        batch.create_check_constraint(op.f("ck_crm_alarm_alarm"), condition)


def downgrade() -> None:
    op.execute("DELETE FROM crm_alarm WHERE alarm = 'ending'")
    _say(ALARMS.format(""))
