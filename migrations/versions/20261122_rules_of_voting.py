"""Voting: rules per board; weight, importance and return of a vote; votes that staff add for a customer."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.database import Id, UtcDateTime

revision = "20261122_voting_rules"
down_revision = "20261122_audiences"
branch_labels = None
depends_on = None

# As text, with the condition beside the column: SQLite adds no constraint to a table that others refer to.
RULES = (
    "vote_budget INTEGER CONSTRAINT ck_board_vote_budget_positive CHECK (vote_budget > 0)",
    "most_per_idea INTEGER DEFAULT 1 NOT NULL CONSTRAINT ck_board_most_per_idea "
    "CHECK (most_per_idea BETWEEN 1 AND 10)",
    "least_votes_to_post INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_board_least_votes_to_post "
    "CHECK (least_votes_to_post >= 0)",
    "counts_hidden VARCHAR(12) DEFAULT 'never' NOT NULL CONSTRAINT ck_board_counts_hidden "
    "CHECK (counts_hidden IN ('never', 'until_voted', 'first_days'))",
    "counts_hidden_days INTEGER DEFAULT 14 NOT NULL CONSTRAINT ck_board_counts_hidden_days "
    "CHECK (counts_hidden_days >= 0)",
)
PHASES = ("opens_at", "votes_from", "closes_at")
VOTE_CHECKS = {
    "one_voter": "(person_id IS NULL) <> (company_id IS NULL)",
    "companies_on_ideas": "company_id IS NULL OR idea_id IS NOT NULL",
    "weight": "weight BETWEEN 1 AND 10",
    "importance": "importance BETWEEN 1 AND 3",
    "proof_kind": "proof_kind IN ('call', 'ticket', 'mail', 'link', 'text')",
    "proven": "(added_by_id IS NULL) = (proof_kind IS NULL)",
    "returned": "(returned_at IS NULL) = (returned_for IS NULL)",
    "returned_for": "returned_for IN ('closing', 'merging')",
}
def upgrade() -> None:
    for rule in RULES:
        op.execute(f"ALTER TABLE board ADD COLUMN {rule}")
    op.add_column("board", sa.Column("importance", sa.Boolean(), server_default=sa.false(), nullable=False))
    for name in PHASES:
        op.add_column("board", sa.Column(name, UtcDateTime(timezone=True), nullable=True))
    op.execute(
        "ALTER TABLE idea ADD COLUMN weights_up INTEGER DEFAULT 0 NOT NULL "
        "CONSTRAINT ck_idea_weights_not_negative CHECK (weights_up >= 0)"
    )
    op.execute("UPDATE idea SET weights_up = votes_up")
    with op.batch_alter_table("vote") as vote:
        for column in _columns():
            vote.add_column(column)
        vote.alter_column("person_id", existing_type=Id, nullable=True)
        vote.create_foreign_key(op.f("fk_vote_company_id_company"), "company", ["company_id"], ["id"])
        vote.create_foreign_key(op.f("fk_vote_added_by_id_person"), "person", ["added_by_id"], ["id"])
        vote.create_unique_constraint(op.f("uq_vote_company_id_idea_id"), ["company_id", "idea_id"])
        vote.create_index(op.f("ix_vote_added_by_id"), ["added_by_id"])
        for name, condition in VOTE_CHECKS.items():
            vote.create_check_constraint(op.f(f"ck_vote_{name}"), condition)
    op.execute(
        "UPDATE vote SET returned_for = 'closing', returned_at = coalesce("
        "(SELECT idea.status_at FROM idea WHERE idea.id = vote.idea_id), cast_at) "
        "WHERE idea_id IN (SELECT id FROM idea WHERE status IN ('shipped', 'declined'))"
    )


def downgrade() -> None:
    op.execute("DELETE FROM vote WHERE person_id IS NULL")
    with op.batch_alter_table("vote") as vote:
        for name in VOTE_CHECKS:
            vote.drop_constraint(op.f(f"ck_vote_{name}"), type_="check")
        vote.drop_index(op.f("ix_vote_added_by_id"))
        vote.drop_constraint(op.f("uq_vote_company_id_idea_id"), type_="unique")
        vote.drop_constraint(op.f("fk_vote_added_by_id_person"), type_="foreignkey")
        vote.drop_constraint(op.f("fk_vote_company_id_company"), type_="foreignkey")
        vote.alter_column("person_id", existing_type=Id, nullable=False)
        for column in _columns():
            vote.drop_column(column.name)
    op.drop_column("idea", "weights_up")
    for name in ("importance", *PHASES, *(rule.split()[0] for rule in RULES)):
        op.drop_column("board", name)


def _columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("company_id", Id, nullable=True),
        sa.Column("weight", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("importance", sa.SmallInteger(), nullable=True),
        sa.Column("returned_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("returned_for", sa.String(length=10), nullable=True),
        sa.Column("added_by_id", Id, nullable=True),
        sa.Column("proof_kind", sa.String(length=10), nullable=True),
        sa.Column("proof_url", sa.String(length=500), nullable=True),
        sa.Column("proof_text", sa.String(length=1000), nullable=True),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("taken_over_at", UtcDateTime(timezone=True), nullable=True),
    )
