"""Drafts of entries of the changelog."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_entry_drafts"
down_revision = "20261126_inquiries"
branch_labels = None
depends_on = None

NAME = "ck_draft_kind"


def upgrade() -> None:
    _allow("'idea', 'topic', 'entry'")


def downgrade() -> None:
    op.execute("DELETE FROM draft WHERE kind = 'entry'")
    _allow("'idea', 'topic'")


def _allow(kinds: str) -> None:
    with op.batch_alter_table("draft") as draft:
        draft.drop_constraint(op.f(NAME), type_="check")
        draft.create_check_constraint(op.f(NAME), sa.text(f"kind IN ({kinds})"))
