"""Confirmations: that a voter still wants an idea after its text changed."""

import sqlalchemy as sa
from alembic import op

from portal.database import Id, UtcDateTime

revision = "20261122_confirmations"
down_revision = "20261122_drafts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "confirmation",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("idea_id", Id, nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_confirmation_idea_id_idea")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_confirmation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("person_id", "idea_id", name=op.f("uq_confirmation_person_id_idea_id")),
    )
    op.create_index(op.f("ix_confirmation_idea_id"), "confirmation", ["idea_id"])


def downgrade() -> None:
    op.drop_table("confirmation")
