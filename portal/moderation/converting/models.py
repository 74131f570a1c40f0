"""The table of conversions."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Id, Model
from portal.forums.models import Topic
from portal.ideas.models import Idea

IDEA, TOPIC = "idea", "topic"
IN_FORCE = "ended_at IS NULL"


def _one(column: str) -> sa.Index:
    """At most one conversion in force for each of them."""
    condition = sa.text(IN_FORCE)
    name = f"ix_conversion_of_{column}"
    return sa.Index(name, f"{column}_id", unique=True, sqlite_where=condition, postgresql_where=condition)


class Conversion(Model):
    """That an idea was `made` of a question ("idea"), or a question of an idea ("topic"): who did it and when; and who
    parted them, when and why.

    `topic_id` is None where the question stayed in another portal. `locked` says that the question was locked with it,
    `status_before` and `status_after` where the idea stood before and after it became a question.
    """

    __tablename__ = "conversion"
    __table_args__ = (
        sa.CheckConstraint("made IN ('idea', 'topic')", name="made"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended"),
        _one("topic"),
        _one("idea"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    made: Mapped[str] = mapped_column(sa.String(5))
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"), index=True)
    topic: Mapped[Topic | None] = relationship(lazy="raise")
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    idea: Mapped[Idea] = relationship(lazy="raise")
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[by_id])
    at: Mapped[datetime]
    locked: Mapped[bool] = mapped_column(default=False)
    status_before: Mapped[str | None] = mapped_column(sa.String(20))
    status_after: Mapped[str | None] = mapped_column(sa.String(20))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    ended_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[ended_by_id])
    ended_reason: Mapped[str | None] = mapped_column(sa.String(500))

    @property
    def made_idea(self) -> bool:
        """Whether the idea came of the question, and not the other way round."""
        return self.made == IDEA
