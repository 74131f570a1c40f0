"""What the CRM said of companies, people and deals, how far it was read, and what is to be read again."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_the_way_back"
down_revision = "20261126_rules"
branch_labels = None
depends_on = None

AT = UtcDateTime(timezone=True)


def _connection(table: str) -> list[sa.schema.SchemaItem]:
    name = op.f(f"fk_{table}_connection_crm_connection")
    return [
        sa.Column("connection", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["connection"], ["crm_connection.name"], name=name, ondelete="CASCADE"),
    ]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("connection", *columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("mail_opt_out_at", AT, nullable=True))
    op.create_table(
        "crm_cursor",
        *_connection("crm_cursor"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("names_hash", sa.String(length=64), nullable=True),
        _key("crm_cursor", "kind"),
    )
    op.create_table(
        "crm_pulled",
        *_connection("crm_pulled"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("remote_id", sa.String(length=120), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("said_at", AT, nullable=False),
        sa.Column("read_at", AT, nullable=False),
        sa.Column("unclear", sa.String(length=300), nullable=True),
        sa.Column("gone_at", AT, nullable=True),
        sa.Column("merged_into", sa.String(length=120), nullable=True),
        sa.CheckConstraint("kind IN ('account', 'contact')", name=op.f("ck_crm_pulled_kind")),
        _key("crm_pulled", "kind", "remote_id"),
    )
    op.create_index(op.f("ix_crm_pulled_kind_entity_id"), "crm_pulled", ["kind", "entity_id"])
    op.create_index("ix_crm_pulled_oldest", "crm_pulled", ["connection", "kind", "read_at"])
    op.create_table(
        "crm_deal",
        *_connection("crm_deal"),
        sa.Column("remote_id", sa.String(length=120), nullable=False),
        sa.Column("account_id", sa.String(length=120), nullable=True),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("stage", sa.String(length=80), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("read_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_crm_deal_company_id_company")),
        _key("crm_deal", "remote_id"),
    )
    op.create_index(op.f("ix_crm_deal_company_id"), "crm_deal", ["company_id"])
    op.create_index("ix_crm_deal_account", "crm_deal", ["connection", "account_id"])
    op.create_index("ix_crm_deal_oldest", "crm_deal", ["connection", "read_at"])
    op.create_table(
        "crm_reread",
        *_connection("crm_reread"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("remote_id", sa.String(length=120), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        _key("crm_reread", "kind", "remote_id"),
    )
    op.create_index(op.f("ix_crm_reread_connection_asked_at"), "crm_reread", ["connection", "asked_at"])
    op.create_table(
        "crm_heard",
        *_connection("crm_heard"),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("at", AT, nullable=False),
        _key("crm_heard", "message_id"),
    )
    op.create_index(op.f("ix_crm_heard_at"), "crm_heard", ["at"])
    op.create_index("ix_crm_link_remote", "crm_link", ["connection", "remote_type", "remote_id"])


def downgrade() -> None:
    op.drop_index("ix_crm_link_remote", "crm_link")
    for table in ("crm_heard", "crm_reread", "crm_deal", "crm_pulled", "crm_cursor"):
        op.drop_table(table)
    with op.batch_alter_table("person") as person:
        person.drop_column("mail_opt_out_at")
