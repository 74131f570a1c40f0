"""Ideas: what staff plan for them, and internal notes. Targets in free words stay as they are."""

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "20261122_plans"
down_revision = "20261122_statuses"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "idea_plan",
        sa.Column("idea_id", ID, autoincrement=False, nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("target_grain", sa.String(length=10), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("cost", sa.String(length=1000), nullable=False),
        sa.Column("impact", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("target_grain IN ('month', 'quarter')", name=op.f("ck_idea_plan_target_grain")),
        sa.CheckConstraint(
            "(target_on IS NULL) = (target_grain IS NULL)", name=op.f("ck_idea_plan_target_is_whole")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_plan_idea_id_idea")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_idea_plan_owner_id_person")),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_idea_plan")),
    )
    op.create_index(op.f("ix_idea_plan_owner_id"), "idea_plan", ["owner_id"])
    op.create_index(op.f("ix_idea_plan_review_on"), "idea_plan", ["review_on"])
    op.create_table(
        "internal_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("cooked_with", sa.String(length=10), nullable=False),
        sa.Column("at", portal.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_internal_note_idea_id_idea")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_internal_note_author_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_internal_note")),
    )
    op.create_index(op.f("ix_internal_note_idea_id_id"), "internal_note", ["idea_id", "id"])


def downgrade() -> None:
    op.drop_table("internal_note")
    op.drop_table("idea_plan")
