"""Tables of images and of the texts that they stand in."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model

PARTS = ("text", "answer", "note")
PLACES = ("idea_id", "topic_id", "post_id", "entry_id")
ONE_PLACE = " + ".join(f"CASE WHEN {each} IS NULL THEN 0 ELSE 1 END" for each in PLACES) + " = 1"


class Image(Model):
    """A picture that somebody uploaded, as we encoded it. `digest` names its files, `key` its address.

    `unused_since` is set while it stands in no text.
    """

    __tablename__ = "image"
    __table_args__ = (
        sa.CheckConstraint("width > 0 AND height > 0 AND size > 0", name="not_empty"),
        sa.UniqueConstraint("uploaded_by_id", "digest"),
        sa.Index(None, "unused_since"),
        sa.Index(None, "digest"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(22), unique=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    uploaded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    unused_since: Mapped[datetime | None]

    @property
    def name(self) -> str:
        """The last part of its address: with its measures, so that a page keeps room for it."""
        return f"{self.key}-{self.width}x{self.height}"


class ImageUse(Model):
    """That an image stands in the text of an idea, a topic, a post or an entry of the changelog; or in an official answer
    or a note on an idea."""

    __tablename__ = "image_use"
    __table_args__ = (
        sa.CheckConstraint(ONE_PLACE, name="one_place"),
        sa.CheckConstraint("part IN ('text', 'answer', 'note')", name="part"),
        sa.UniqueConstraint("image_id", "idea_id", "part"),
        sa.UniqueConstraint("image_id", "topic_id"),
        sa.UniqueConstraint("image_id", "post_id"),
        sa.UniqueConstraint("image_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    image_id: Mapped[int] = mapped_column(sa.ForeignKey("image.id"))
    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("changelog_entry.id"), index=True)
    part: Mapped[str] = mapped_column(sa.String(10), default="text")
    at: Mapped[datetime]
