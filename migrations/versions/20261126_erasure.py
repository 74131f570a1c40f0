"""That people were erased, and how an import knows them again."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_erasure"
down_revision = "20261126_crm_interactions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
    op.create_table(
        "erasure",
        sa.Column("person_id", key, nullable=False, autoincrement=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", key, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("texts", sa.Boolean(), nullable=False),
        sa.Column("mail_mark", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_erasure_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_mail_mark"), "erasure", ["mail_mark"])


def downgrade() -> None:
    op.drop_table("erasure")
