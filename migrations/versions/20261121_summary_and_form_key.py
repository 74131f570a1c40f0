"""Ideas: a plain summary for cards, the key of the form that made them, and indexes of lists by status."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_idea_summary"
down_revision = "20261121_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("idea", sa.Column("summary", sa.String(length=200), server_default="", nullable=False))
    op.add_column("idea", sa.Column("form_key", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_idea_author_id_form_key"), "idea", ["author_id", "form_key"], unique=True)
    op.create_index(op.f("ix_idea_status_score_id"), "idea", ["status", "score", "id"])
    op.create_index(op.f("ix_idea_status_created_at_id"), "idea", ["status", "created_at", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_idea_status_created_at_id"), table_name="idea")
    op.drop_index(op.f("ix_idea_status_score_id"), table_name="idea")
    op.drop_index(op.f("ix_idea_author_id_form_key"), table_name="idea")
    op.drop_column("idea", "form_key")
    op.drop_column("idea", "summary")
