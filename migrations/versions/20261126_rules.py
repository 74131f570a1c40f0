"""Rules, what was changed in them, their tests against history, and their firings."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_rules"
down_revision = "20261126_erasure"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITS = sa.text("state = 'waiting'")


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _id(table: str) -> tuple:
    return sa.Column("id", ID, nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "crm_rule",
        *_id("crm_rule"),
        sa.Column("ready", sa.String(40), nullable=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        _moment("on_since", True),
        _moment("checked_to", True),
        _moment("deleted_at", True),
        sa.UniqueConstraint("ready", name=op.f("uq_crm_rule_ready")),
    )
    op.create_table(
        "crm_rule_change",
        *_id("crm_rule_change"),
        sa.Column("rule_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("by_id", ID, nullable=False),
        _moment("at"),
        _key("crm_rule_change", "rule_id", "crm_rule"),
        _key("crm_rule_change", "by_id", "person"),
    )
    op.create_index(op.f("ix_crm_rule_change_rule_id"), "crm_rule_change", ["rule_id"])
    op.create_table(
        "crm_rule_test",
        *_id("crm_rule_test"),
        sa.Column("rule_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_id", ID, nullable=False),
        _moment("at"),
        _moment("since"),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("fired", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("examples", sa.JSON(), nullable=False),
        _key("crm_rule_test", "rule_id", "crm_rule"),
        _key("crm_rule_test", "by_id", "person"),
    )
    op.create_index(op.f("ix_crm_rule_test_rule_id_version_id"), "crm_rule_test", ["rule_id", "version", "id"])
    op.create_table("crm_firing", *_id("crm_firing"), *_columns_of_firing())
    for column in ("person_id", "company_id", "idea_id", "topic_id", "post_id"):
        op.create_index(op.f(f"ix_crm_firing_{column}"), "crm_firing", [column])
    op.create_index(
        "ix_crm_firing_waiting", "crm_firing", ["act", "id"], sqlite_where=WAITS, postgresql_where=WAITS
    )
    op.create_index(op.f("ix_crm_firing_state_id"), "crm_firing", ["state", "id"])


def _columns_of_firing() -> list:
    keys = {"rule_id": "crm_rule", "person_id": "person", "company_id": "company", "idea_id": "idea"}
    keys |= {"topic_id": "topic", "post_id": "post", "done_by_id": "person"}
    return [
        *(sa.Column(column, ID, nullable=column != "rule_id") for column in keys),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        _moment("happened_at"),
        _moment("fired_at"),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("does", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        _moment("done_at", True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        _moment("try_at", True),
        sa.Column("failure", sa.String(500), nullable=True),
        *(_key("crm_firing", column, to) for column, to in keys.items()),
        sa.CheckConstraint("act IN ('task', 'case', 'tag', 'mail', 'watch')", name=op.f("ck_crm_firing_act")),
        sa.CheckConstraint(
            "state IN ('waiting', 'open', 'done', 'failed', 'dropped')", name=op.f("ck_crm_firing_state")
        ),
        sa.UniqueConstraint("rule_id", "subject", "event", name=op.f("uq_crm_firing_rule_id_subject_event")),
    ]


def downgrade() -> None:
    for table in ("crm_firing", "crm_rule_test", "crm_rule_change", "crm_rule"):
        op.drop_table(table)
