"""Notices may be about an entry of the changelog, for those who follow it, instead of about an idea."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_news"
down_revision = "20261126_little_seen"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ABOUT = "(idea_id IS NULL) <> (changelog_id IS NULL)"
WHY = "'voter', 'customer', 'author', 'follower'"


def upgrade() -> None:
    for table in ("telling", "notice"):
        with op.batch_alter_table(table) as batch:
            batch.alter_column("idea_id", existing_type=ID, nullable=True)
            batch.add_column(sa.Column("changelog_id", ID, nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_{table}_changelog_id_changelog_entry"), "changelog_entry", ["changelog_id"], ["id"]
            )
            batch.create_check_constraint(op.f(f"ck_{table}_one_subject"), ABOUT)
    _reasons(f"{WHY}, 'reader'")


def downgrade() -> None:
    for table in ("telling", "notice"):
        op.execute(f"DELETE FROM {table} WHERE changelog_id IS NOT NULL")
    _reasons(WHY)
    for table in ("telling", "notice"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_one_subject"), type_="check")
            batch.drop_column("changelog_id")
            batch.alter_column("idea_id", existing_type=ID, nullable=False)


def _reasons(allowed: str) -> None:
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint(op.f("ck_notice_why"), type_="check")
        batch.create_check_constraint(op.f("ck_notice_why"), f"why IN ({allowed})")
