"""Fields of boards, with their choices and the values of ideas."""

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "20261126_fields"
down_revision = "20261126_changelog"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE_VALUE = (
    "CASE WHEN text IS NULL THEN 0 ELSE 1 END + CASE WHEN number IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN day IS NULL THEN 0 ELSE 1 END + CASE WHEN yes IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN choice_id IS NULL THEN 0 ELSE 1 END = 1"
)
TYPES = "'short_text', 'long_text', 'number', 'date', 'choice', 'choices', 'yes_no', 'link'"


def upgrade() -> None:
    op.create_table(
        "board_field",
        sa.Column("id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("help", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("circle", sa.String(length=12), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", portal.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", portal.database.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"type IN ({TYPES})", name=op.f("ck_board_field_type")),
        sa.CheckConstraint(
            "circle IN ('everybody', 'author', 'staff', 'planners')", name=op.f("ck_board_field_circle")
        ),
        sa.CheckConstraint("position >= 0", name=op.f("ck_board_field_position_not_negative")),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_board_field_board_id_board")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_field")),
        sa.UniqueConstraint("board_id", "name", name=op.f("uq_board_field_board_id_name")),
    )
    op.create_table(
        "field_choice",
        sa.Column("id", ID, nullable=False),
        sa.Column("field_id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", portal.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["field_id"], ["board_field.id"], name=op.f("fk_field_choice_field_id_board_field")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_choice")),
        sa.UniqueConstraint("field_id", "name", name=op.f("uq_field_choice_field_id_name")),
        sa.UniqueConstraint("field_id", "id", name=op.f("uq_field_choice_field_id_id")),
    )
    op.create_table(
        "field_value",
        sa.Column("idea_id", ID, autoincrement=False, nullable=False),
        sa.Column("field_id", ID, autoincrement=False, nullable=False),
        sa.Column("slot", ID, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("yes", sa.Boolean(), nullable=True),
        sa.Column("choice_id", ID, nullable=True),
        sa.CheckConstraint(ONE_VALUE, name=op.f("ck_field_value_one_value")),
        sa.CheckConstraint("slot = 0 OR slot = choice_id", name=op.f("ck_field_value_slot")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_field_value_idea_id_idea")),
        sa.ForeignKeyConstraint(
            ["field_id"], ["board_field.id"], name=op.f("fk_field_value_field_id_board_field")
        ),
        sa.ForeignKeyConstraint(
            ["field_id", "choice_id"],
            ["field_choice.field_id", "field_choice.id"],
            name=op.f("fk_field_value_field_id_choice_id_field_choice"),
        ),
        sa.PrimaryKeyConstraint("idea_id", "field_id", "slot", name=op.f("pk_field_value")),
    )
    op.create_index(
        op.f("ix_field_value_field_id_choice_id_idea_id"), "field_value", ["field_id", "choice_id", "idea_id"]
    )


def downgrade() -> None:
    op.drop_table("field_value")
    op.drop_table("field_choice")
    op.drop_table("board_field")
