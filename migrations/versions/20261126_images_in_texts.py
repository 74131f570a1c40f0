"""Images that people uploaded, and the texts that they stand in."""

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "20261126_images"
down_revision = "20261126_fields"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = portal.database.UtcDateTime(timezone=True)
ONE_PLACE = (
    "CASE WHEN idea_id IS NULL THEN 0 ELSE 1 END + CASE WHEN topic_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN post_id IS NULL THEN 0 ELSE 1 END = 1"
)


def upgrade() -> None:
    op.create_table(
        "image",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", ID, nullable=False),
        sa.Column("uploaded_at", TIME, nullable=False),
        sa.Column("unused_since", TIME, nullable=True),
        sa.CheckConstraint("width > 0 AND height > 0 AND size > 0", name=op.f("ck_image_not_empty")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["person.id"], name=op.f("fk_image_uploaded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
        sa.UniqueConstraint("key", name=op.f("uq_image_key")),
        sa.UniqueConstraint("uploaded_by_id", "digest", name=op.f("uq_image_uploaded_by_id_digest")),
    )
    op.create_index(op.f("ix_image_digest"), "image", ["digest"])
    op.create_index(op.f("ix_image_unused_since"), "image", ["unused_since"])
    op.create_table(
        "image_use",
        sa.Column("id", ID, nullable=False),
        sa.Column("image_id", ID, nullable=False),
        sa.Column("idea_id", ID, nullable=True),
        sa.Column("topic_id", ID, nullable=True),
        sa.Column("post_id", ID, nullable=True),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.CheckConstraint(ONE_PLACE, name=op.f("ck_image_use_one_place")),
        sa.CheckConstraint("part IN ('text', 'answer', 'note')", name=op.f("ck_image_use_part")),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_image_use_image_id_image")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_image_use_idea_id_idea")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_image_use_topic_id_topic")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_image_use_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image_use")),
        sa.UniqueConstraint("image_id", "idea_id", "part", name=op.f("uq_image_use_image_id_idea_id_part")),
        sa.UniqueConstraint("image_id", "topic_id", name=op.f("uq_image_use_image_id_topic_id")),
        sa.UniqueConstraint("image_id", "post_id", name=op.f("uq_image_use_image_id_post_id")),
    )
    for column in ("idea_id", "topic_id", "post_id"):
        op.create_index(op.f(f"ix_image_use_{column}"), "image_use", [column])


def downgrade() -> None:
    op.drop_table("image_use")
    op.drop_table("image")
