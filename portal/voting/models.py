"""The table of votes."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model


class Vote(Model):
    """One person's vote on one idea or one post; 1 for it, -1 against.

    An imported vote counts in tallies but earns its author no points here.
    """

    __tablename__ = "vote"
    __table_args__ = (
        sa.CheckConstraint("(idea_id IS NULL) <> (post_id IS NULL)", name="one_subject"),
        sa.CheckConstraint("value IN (1, -1)", name="value"),
        sa.UniqueConstraint("person_id", "idea_id"),
        sa.UniqueConstraint("person_id", "post_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"), index=True)
    value: Mapped[int] = mapped_column(sa.SmallInteger)
    cast_at: Mapped[datetime]
    imported: Mapped[bool] = mapped_column(default=False)
