"""Open deals with the companies that want an idea stand on it, like their revenue. The worker counts them."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_deals_of_ideas"
down_revision = "20261126_removed_votes"
branch_labels = None
depends_on = None

TABLES = ("idea", "portion")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("deals", sa.Integer(), server_default="0", nullable=False))
        op.add_column(table, sa.Column("deals_worth", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(op.f("ix_idea_deals_worth_id"), "idea", ["deals_worth", "id"])
    waits = "id NOT IN (SELECT idea_id FROM recount) AND EXISTS (SELECT 1 FROM crm_deal)"
    op.execute(f"INSERT INTO recount (idea_id) SELECT id FROM idea WHERE accounts > 0 AND {waits}")


def downgrade() -> None:
    op.drop_index(op.f("ix_idea_deals_worth_id"), table_name="idea")
    for table in TABLES:
        for name in ("deals", "deals_worth"):
            op.drop_column(table, name)
