"""The table of who follows what."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model


class Watch(Model):
    """A person follows an idea or a topic."""

    __tablename__ = "watch"
    __table_args__ = (
        sa.CheckConstraint("(idea_id IS NULL) <> (topic_id IS NULL)", name="one_subject"),
        sa.UniqueConstraint("person_id", "idea_id"),
        sa.UniqueConstraint("person_id", "topic_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"), index=True)
    since: Mapped[datetime]
