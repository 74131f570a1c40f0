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
    with op.batch_alter_table("board") as board:
        board.add_column(sa.Column("audience", sa.String(length=20), server_default="public", nullable=False))
        board.add_column(sa.Column("own_only", sa.Boolean(), server_default=sa.false(), nullable=False))
        board.create_check_constraint(op.f("ck_board_audience"), f"audience IN ({AUDIENCES})")
        for name in MAY:
            board.add_column(sa.Column(name, sa.String(length=20), server_default="everyone", nullable=False))
            board.create_check_constraint(op.f(f"ck_board_{name}"), f"{name} IN ({PARTIES})")
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


def downgrade() -> None:
    op.drop_table("board_admission")
    with op.batch_alter_table("board") as board:
        for name in (*reversed(MAY), "audience"):
            board.drop_constraint(op.f(f"ck_board_{name}"), type_="check")
            board.drop_column(name)
        board.drop_column("own_only")
