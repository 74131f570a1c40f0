"""Roadmaps: their columns, boards and audience, and what was said by hand about ideas on them."""

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "20261126_roadmaps"
down_revision = "20261126_demand"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "roadmap",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("arrangement", sa.String(length=10), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("archived_at", portal.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", portal.database.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("arrangement IN ('status', 'quarter')", name=op.f("ck_roadmap_arrangement")),
        sa.CheckConstraint(
            "audience IN ('public', 'signed_in', 'companies', 'staff')", name=op.f("ck_roadmap_audience")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roadmap")),
        sa.UniqueConstraint("name", name=op.f("uq_roadmap_name")),
    )
    op.create_table(
        "roadmap_admission",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=True),
        sa.Column("segment", sa.String(length=80), nullable=True),
        sa.Column("tier", sa.String(length=40), nullable=True),
        sa.Column("roadmap_id", ID, nullable=False),
        sa.CheckConstraint(
            "CASE WHEN company_id IS NULL THEN 0 ELSE 1 END + CASE WHEN segment IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN tier IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_roadmap_admission_one_of_three"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_roadmap_admission_company_id_company")),
        sa.ForeignKeyConstraint(["roadmap_id"], ["roadmap.id"], name=op.f("fk_roadmap_admission_roadmap_id_roadmap")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roadmap_admission")),
        sa.UniqueConstraint("roadmap_id", "company_id", name=op.f("uq_roadmap_admission_roadmap_id_company_id")),
        sa.UniqueConstraint("roadmap_id", "segment", name=op.f("uq_roadmap_admission_roadmap_id_segment")),
        sa.UniqueConstraint("roadmap_id", "tier", name=op.f("uq_roadmap_admission_roadmap_id_tier")),
    )
    op.create_index(op.f("ix_roadmap_admission_company_id"), "roadmap_admission", ["company_id"])
    op.create_table(
        "roadmap_column",
        sa.Column("roadmap_id", ID, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["roadmap_id"], ["roadmap.id"], name=op.f("fk_roadmap_column_roadmap_id_roadmap")),
        sa.PrimaryKeyConstraint("roadmap_id", "status", name=op.f("pk_roadmap_column")),
    )
    op.create_table(
        "roadmap_board",
        sa.Column("roadmap_id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_roadmap_board_board_id_board")),
        sa.ForeignKeyConstraint(["roadmap_id"], ["roadmap.id"], name=op.f("fk_roadmap_board_roadmap_id_roadmap")),
        sa.PrimaryKeyConstraint("roadmap_id", "board_id", name=op.f("pk_roadmap_board")),
    )
    op.create_index(op.f("ix_roadmap_board_board_id"), "roadmap_board", ["board_id"])
    op.create_table(
        "roadmap_item",
        sa.Column("roadmap_id", ID, nullable=False),
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("placed_for", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("at", portal.database.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("choice IN ('automatic', 'pinned', 'left_out')", name=op.f("ck_roadmap_item_choice")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_roadmap_item_by_id_person")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_roadmap_item_idea_id_idea")),
        sa.ForeignKeyConstraint(["roadmap_id"], ["roadmap.id"], name=op.f("fk_roadmap_item_roadmap_id_roadmap")),
        sa.PrimaryKeyConstraint("roadmap_id", "idea_id", name=op.f("pk_roadmap_item")),
    )
    op.create_index(op.f("ix_roadmap_item_idea_id"), "roadmap_item", ["idea_id"])
    op.create_index(op.f("ix_idea_plan_target_on"), "idea_plan", ["target_on"])


def downgrade() -> None:
    op.drop_index(op.f("ix_idea_plan_target_on"), "idea_plan")
    for table in ("roadmap_item", "roadmap_board", "roadmap_column", "roadmap_admission", "roadmap"):
        op.drop_table(table)
