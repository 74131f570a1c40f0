"""Companies and internal notes that came with an import know where they came from."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_company_sources"
down_revision = "20261126_grounds"
branch_labels = None
depends_on = None

TABLES = ("company", "internal_note")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("source_system", sa.String(120), nullable=True))
        op.add_column(table, sa.Column("source_id", sa.String(120), nullable=True))
        name = op.f(f"ix_{table}_source_system_source_id")
        op.create_index(name, table, ["source_system", "source_id"], unique=True)


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(op.f(f"ix_{table}_source_system_source_id"), table_name=table)
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("source_id")
            batch_op.drop_column("source_system")
