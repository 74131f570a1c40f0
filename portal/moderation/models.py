"""Tables of flags and of the log."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Id, Model
from portal.discussion.models import ONE_OF_THREE


class FlagReason(StrEnum):
    SPAM = "spam"
    RUDE = "rude"
    OFF_TOPIC = "off_topic"
    PRIVATE = "private"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The reason as the person who flags reads it."""
        return {
            "spam": "Spam or advertising",
            "rude": "Rude or abusive",
            "off_topic": "Does not belong here",
            "private": "Holds private data",
            "other": "Something else",
        }[self.value]


class Flag(Model):
    """Somebody asked a moderator to look. Open until judged; one person flags one thing once."""

    __tablename__ = "flag"
    __table_args__ = (
        sa.CheckConstraint(ONE_OF_THREE, name="one_subject"),
        sa.CheckConstraint("outcome IN ('upheld', 'rejected')", name="outcome"),
        sa.UniqueConstraint("person_id", "idea_id"),
        sa.UniqueConstraint("person_id", "topic_id"),
        sa.UniqueConstraint("person_id", "post_id"),
        sa.Index(
            "ix_flag_open",
            "at",
            "id",
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    reason: Mapped[str] = mapped_column(sa.String(20))
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(sa.String(10))
    judged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    judged_at: Mapped[datetime | None]


class ModerationAct(Model):
    """A line of the log: which moderator did what to which thing, why, and when."""

    __tablename__ = "moderation_act"
    __table_args__ = (sa.CheckConstraint(ONE_OF_THREE, name="one_subject"), sa.Index(None, "at", "id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    act: Mapped[str] = mapped_column(sa.String(20))
    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"), index=True)
    moderator_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    moderator: Mapped[Person | None] = relationship(lazy="raise")
    reason: Mapped[str] = mapped_column(sa.String(500))
    at: Mapped[datetime]
