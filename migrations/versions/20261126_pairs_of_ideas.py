"""Pairs of ideas that seem to ask for the same, and ideas for which the worker has yet to look."""

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "20261126_pairs"
down_revision = "20261126_merging"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    when = portal.database.UtcDateTime(timezone=True)
    op.create_table(
        "unpaired",
        sa.Column("idea_id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_unpaired_idea_id_idea")),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_unpaired")),
    )
    op.create_table(
        "idea_pair",
        sa.Column("id", ID, nullable=False),
        sa.Column("one_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("covers", sa.Double(), nullable=False),
        sa.Column("found_at", when, nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("decided_at", when, nullable=True),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_idea_pair_in_order")),
        sa.CheckConstraint("outcome IN ('merged', 'dismissed')", name=op.f("ck_idea_pair_outcome")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_idea_pair_decided"),
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_idea_pair_{name}_{table}"))
            for name, table in (("one_id", "idea"), ("other_id", "idea"), ("decided_by_id", "person"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_pair")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_idea_pair_one_id_other_id")),
    )
    op.create_index(op.f("ix_idea_pair_other_id"), "idea_pair", ["other_id"])
    op.create_index(op.f("ix_idea_pair_outcome_covers_id"), "idea_pair", ["outcome", "covers", "id"])


def downgrade() -> None:
    op.drop_table("idea_pair")
    op.drop_table("unpaired")
