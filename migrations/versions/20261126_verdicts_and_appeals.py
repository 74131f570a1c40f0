"""After a decision: verdicts on shipped ideas, appeals for decided ones, and their counts on the idea."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_verdicts"
down_revision = "20261126_images"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTS = ("solved_yes", "solved_partly", "solved_no", "appeals")
INDEXES = {
    "ix_idea_unsolved": (["solved_no", "id"], "solved_no > 0"),
    "ix_idea_asked_again": (["appeals", "id"], "asked_again_at IS NOT NULL"),
}


def upgrade() -> None:
    for name, *more in (
        ("verdict", sa.Column("answer", sa.String(length=10), nullable=False),
         sa.Column("words", sa.String(length=500), nullable=False),
         sa.CheckConstraint("answer IN ('yes', 'partly', 'no')", name=op.f("ck_verdict_answer"))),
        ("appeal",),
    ):
        op.create_table(
            name,
            sa.Column("id", ID, nullable=False),
            sa.Column("idea_id", ID, nullable=False),
            sa.Column("person_id", ID, nullable=False),
            sa.Column("at", UtcDateTime(timezone=True), nullable=False),
            sa.Column("closed_at", UtcDateTime(timezone=True), nullable=True),
            *more,
            sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f(f"fk_{name}_idea_id_idea")),
            sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{name}_person_id_person")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
            sa.UniqueConstraint("person_id", "idea_id", name=op.f(f"uq_{name}_person_id_idea_id")),
        )
        op.create_index(op.f(f"ix_{name}_idea_id"), name, ["idea_id"])
    for column in COUNTS:
        op.add_column("idea", sa.Column(column, sa.Integer(), server_default="0", nullable=False))
    op.add_column("idea", sa.Column("asked_again_at", UtcDateTime(timezone=True), nullable=True))
    for name, (columns, condition) in INDEXES.items():
        where = sa.text(condition)
        op.create_index(name, "idea", columns, sqlite_where=where, postgresql_where=where)
    op.execute(
        "ALTER TABLE board ADD COLUMN revive_at INTEGER DEFAULT 10 NOT NULL "
        "CONSTRAINT ck_board_revive_at_not_negative CHECK (revive_at >= 0)"
    )
    op.add_column("board", sa.Column("revive_moves", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("board", "revive_moves")
    op.drop_column("board", "revive_at")
    for name in INDEXES:
        op.drop_index(name, table_name="idea")
    for column in ("asked_again_at", *COUNTS):
        op.drop_column("idea", column)
    op.drop_table("appeal")
    op.drop_table("verdict")
