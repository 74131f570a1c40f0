"""Scores: formulas in versions, and scores with their inputs."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_scores"
down_revision = "20261126_verdicts"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "formula",
        sa.Column("id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("factors", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("made_by_id", ID, nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('rice', 'weights')", name=op.f("ck_formula_kind")),
        sa.CheckConstraint("version > 0", name=op.f("ck_formula_version")),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_formula_board_id_board")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_formula_made_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_formula")),
        sa.UniqueConstraint("board_id", "version", name=op.f("uq_formula_board_id_version")),
    )
    _some("ix_formula_of_house", "formula", ["version"], "board_id IS NULL", unique=True)
    op.create_table(
        "score",
        sa.Column("id", ID, nullable=False),
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("formula_id", ID, nullable=True),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("scored_by_id", ID, nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_score_idea_id_idea")),
        sa.ForeignKeyConstraint(["formula_id"], ["formula.id"], name=op.f("fk_score_formula_id_formula")),
        sa.ForeignKeyConstraint(["scored_by_id"], ["person.id"], name=op.f("fk_score_scored_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
    )
    op.create_index(op.f("ix_score_idea_id"), "score", ["idea_id"])
    op.create_index(op.f("ix_score_formula_id"), "score", ["formula_id"])
    _some("ix_score_current", "score", ["points", "id"], "current")
    _some("ix_score_of_idea", "score", ["idea_id"], "current", unique=True)


def _some(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("score")
    op.drop_table("formula")
