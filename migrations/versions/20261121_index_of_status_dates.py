"""Ideas: an index that finds what was shipped last."""

from alembic import op

revision = "20261121_status_dates"
down_revision = "20261121_idea_summary"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_idea_status_status_at"), "idea", ["status", "status_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_idea_status_status_at"), table_name="idea")
