"""Images stand in entries of the changelog too; those that do already are noted."""

import re

import sqlalchemy as sa
from alembic import op

revision = "20261126_entry_images"
down_revision = "20261126_entry_drafts"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
THREE = ("idea_id", "topic_id", "post_id")
FOUR = (*THREE, "entry_id")
ADDRESS = re.compile(r"/images/([A-Za-z0-9_-]{22})-")
ENTRIES = "SELECT id, body, written_by_id FROM changelog_entry WHERE body LIKE '%/images/%'"
NOTED = """INSERT INTO image_use (image_id, entry_id, part, at)
    SELECT id, :entry, 'text', uploaded_at FROM image WHERE key = :key AND uploaded_by_id = :writer"""
USED = "UPDATE image SET unused_since = NULL WHERE id IN (SELECT image_id FROM image_use WHERE entry_id IS NOT NULL)"


def _one_of(columns: tuple[str, ...]) -> str:
    return " + ".join(f"CASE WHEN {each} IS NULL THEN 0 ELSE 1 END" for each in columns) + " = 1"


def upgrade() -> None:
    with op.batch_alter_table("image_use") as table:
        table.add_column(sa.Column("entry_id", ID, nullable=True))
        table.drop_constraint(op.f("ck_image_use_one_place"), type_="check")
        table.create_check_constraint(op.f("ck_image_use_one_place"), _one_of(FOUR))
        table.create_foreign_key(
            op.f("fk_image_use_entry_id_changelog_entry"), "changelog_entry", ["entry_id"], ["id"]
        )
        table.create_unique_constraint(op.f("uq_image_use_image_id_entry_id"), ["image_id", "entry_id"])
    op.create_index(op.f("ix_image_use_entry_id"), "image_use", ["entry_id"])
    here = op.get_bind()
    for entry, body, writer in here.execute(sa.text(ENTRIES)).all():
        for key in sorted(set(ADDRESS.findall(body))):
            here.execute(sa.text(NOTED), {"entry": entry, "key": key, "writer": writer})
    here.execute(sa.text(USED))


def downgrade() -> None:
    op.execute("DELETE FROM image_use WHERE entry_id IS NOT NULL")
    op.drop_index(op.f("ix_image_use_entry_id"), "image_use")
    with op.batch_alter_table("image_use") as table:
        table.drop_constraint(op.f("uq_image_use_image_id_entry_id"), type_="unique")
        table.drop_constraint(op.f("fk_image_use_entry_id_changelog_entry"), type_="foreignkey")
        table.drop_constraint(op.f("ck_image_use_one_place"), type_="check")
        table.create_check_constraint(op.f("ck_image_use_one_place"), _one_of(THREE))
        table.drop_column("entry_id")
