"""Imports that are begun on the page."""

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "20261126_uploads"
down_revision = "20261126_scores"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STAGES = "'to_check', 'checked', 'to_take', 'taken', 'refused', 'interrupted', 'discarded'"


def upgrade() -> None:
    moment = portal.database.UtcDateTime(timezone=True)
    op.create_table(
        "upload",
        sa.Column("id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("stage", sa.String(12), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("began_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("says", sa.String(1000), nullable=False),
        sa.CheckConstraint(f"stage IN ({STAGES})", name=op.f("ck_upload_stage")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_upload_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_at_id"), "upload", ["at", "id"])


def downgrade() -> None:
    op.drop_table("upload")
