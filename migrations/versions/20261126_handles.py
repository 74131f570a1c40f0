"""Where else people say that they are found."""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_handles"
down_revision = "20261126_crm_jobs"
branch_labels = None
depends_on = None

PLACES = "'linkedin', 'github', 'mastodon', 'bluesky', 'x', 'youtube', 'website', 'other'"


def upgrade() -> None:
    key = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
    op.create_table(
        "handle",
        sa.Column("id", key, nullable=False),
        sa.Column("person_id", key, nullable=False),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("added_at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"place IN ({PLACES})", name=op.f("ck_handle_place")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_handle_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handle")),
        sa.UniqueConstraint("person_id", "place", "address", name=op.f("uq_handle_person_id_place_address")),
    )


def downgrade() -> None:
    op.drop_table("handle")
