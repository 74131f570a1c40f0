"""The journal keeps no words of a CRM: they may name somebody who is erased later. The alarm holds them until then."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_said_by_a_crm"
down_revision = "20261126_deals_of_ideas"
branch_labels = None
depends_on = None

entry = sa.table(
    "entry", sa.column("id", sa.BigInteger()), sa.column("kind", sa.String()), sa.column("data", sa.JSON())
)


def upgrade() -> None:
    bind = op.get_bind()
    stopped = sa.select(entry.c.id, entry.c.data).where(entry.c.kind == "crm_connection_stopped")
    for line in bind.execute(stopped).all():
        kept = {name: value for name, value in line.data.items() if name != "words"}
        bind.execute(entry.update().where(entry.c.id == line.id).values(data=kept))


def downgrade() -> None:
    """What a CRM said is gone for good."""
