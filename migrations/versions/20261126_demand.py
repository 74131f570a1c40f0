"""Demand: people, accounts, revenue and account weight of each idea, portions of them, votes by day, and rates."""

import sqlalchemy as sa
from alembic import op

from portal.database import Id, UtcDateTime

revision = "20261126_demand"
down_revision = "20261126_notices"
branch_labels = None
depends_on = None

WHOLE = ("people", "accounts", "unpriced")
LARGE = ("revenue", "account_weight")
INDEXED = ("people", "accounts", "revenue", "account_weight", "rising", "waiting")
OF_PORTIONS = ("people", "accounts", "revenue", "account_weight")


def _numbers() -> list[sa.Column]:
    columns = [sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in WHOLE]
    return columns + [sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in LARGE]


def _of_idea(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f(f"fk_{table}_idea_id_idea"))


def upgrade() -> None:
    for column in _numbers():
        op.add_column("idea", column)
    op.add_column("idea", sa.Column("rising", sa.Double(), server_default="0", nullable=False))
    op.add_column("idea", sa.Column("waiting", sa.BigInteger(), server_default="0", nullable=False))
    for name in INDEXED:
        op.create_index(op.f(f"ix_idea_{name}_id"), "idea", [name, "id"])
    op.create_table(
        "portion",
        sa.Column("idea_id", Id, autoincrement=False, nullable=False),
        sa.Column("among", sa.String(length=100), nullable=False),
        *_numbers(),
        _of_idea("portion"),
        sa.PrimaryKeyConstraint("idea_id", "among", name=op.f("pk_portion")),
    )
    for name in OF_PORTIONS:
        op.create_index(op.f(f"ix_portion_among_{name}_idea_id"), "portion", ["among", name, "idea_id"])
    op.create_table(
        "vote_day",
        sa.Column("idea_id", Id, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        _of_idea("vote_day"),
        sa.PrimaryKeyConstraint("idea_id", "day", name=op.f("pk_vote_day")),
    )
    op.create_index(op.f("ix_vote_day_day_idea_id_votes"), "vote_day", ["day", "idea_id", "votes"])
    op.create_table(
        "recount",
        sa.Column("idea_id", Id, autoincrement=False, nullable=False),
        _of_idea("recount"),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_recount")),
    )
    op.create_table(
        "folded_day",
        sa.Column("id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folded_day")),
    )
    op.create_index(op.f("ix_vote_cast_at_id"), "vote", ["cast_at", "id"])
    _rates()
    # The worker counts the demand for what is there.
    op.execute("INSERT INTO recount (idea_id) SELECT id FROM idea")


def _rates() -> None:
    op.create_table(
        "currency_rate",
        sa.Column("id", Id, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("house", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.Numeric(18, 8), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("entered_by_id", Id, nullable=True),
        sa.Column("entered_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("rate > 0", name=op.f("ck_currency_rate_rate_positive")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_currency_rate_entered_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_currency_rate")),
    )
    holds = sa.text("replaced_at IS NULL")
    op.create_index(
        "ix_currency_rate_that_holds",
        "currency_rate",
        ["currency"],
        unique=True,
        sqlite_where=holds,
        postgresql_where=holds,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_vote_cast_at_id"), "vote")
    for name in ("currency_rate", "folded_day", "recount", "vote_day", "portion"):
        op.drop_table(name)
    for name in INDEXED:
        op.drop_index(op.f(f"ix_idea_{name}_id"), "idea")
    for name in (*WHOLE, *LARGE, "rising", "waiting"):
        op.drop_column("idea", name)
