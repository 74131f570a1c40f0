"""Boards: who sees them, who may post, vote and comment; everything that is there stays open to everybody."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_audiences"
down_revision = "20261121_aside_index"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AUDIENCES = "'public', 'signed_in', 'companies', 'staff'"
PARTIES = "'everyone', 'companies', 'staff', 'nobody'"
MAY = ("who_posts", "who_votes", "who_comments")
WHOM = ("company_id", "segment", "tier")


def upgrade() -> None:
    # As text, with the condition beside the column: SQLite adds no constraint to a table that others refer to.
    _add_to_board("audience", f"VARCHAR(20) DEFAULT 'public' NOT NULL {_check('audience', AUDIENCES)}")
    op.add_column("board", sa.Column("own_only", sa.Boolean(), server_default=sa.false(), nullable=False))
    for name in MAY:
        _add_to_board(name, f"VARCHAR(20) DEFAULT 'everyone' NOT NULL {_check(name, PARTIES)}")
    one = " + ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END" for name in WHOM)
    op.create_table(
        "board_admission",
        sa.Column("id", ID, nullable=False),
        sa.Column("board_id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=True),
        sa.Column("segment", sa.String(length=80), nullable=True),
        sa.Column("tier", sa.String(length=40), nullable=True),
        sa.CheckConstraint(f"{one} = 1", name=op.f("ck_board_admission_one_of_three")),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_board_admission_board_id_board")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_board_admission_company_id_company")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_admission")),
        *(
            sa.UniqueConstraint("board_id", name, name=op.f(f"uq_board_admission_board_id_{name}"))
            for name in WHOM
        ),
    )
    op.create_index(op.f("ix_board_admission_company_id"), "board_admission", ["company_id"])


def _add_to_board(name: str, what: str) -> None:
    op.execute(f"ALTER TABLE board ADD COLUMN {name} {what}")


def _check(name: str, values: str) -> str:
    return f"CONSTRAINT ck_board_{name} CHECK ({name} IN ({values}))"


def downgrade() -> None:
    op.drop_table("board_admission")
    for name in (*reversed(MAY), "own_only", "audience"):
        op.drop_column("board", name)
