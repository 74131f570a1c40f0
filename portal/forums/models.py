"""Tables of categories and topics."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Id, Model
from portal.discussion.models import Contribution, Tallied


class Category(Model):
    """A place for topics about one subject."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    description: Mapped[str] = mapped_column(sa.String(300), default="")
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def slug_source(self) -> str:
        return self.name


class Topic(Contribution, Tallied, Model):
    """A question or a discussion. Its counters and last author stand here, so that a list reads no posts.

    `answers` counts visible posts without a parent, `replies` all visible posts.
    """

    __tablename__ = "topic"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('question', 'discussion')", name="kind"),
        sa.CheckConstraint("answers >= 0 AND replies >= answers", name="counters"),
        sa.UniqueConstraint("source_system", "source_id"),
        sa.Index(None, "last_activity_at", "id"),
        sa.Index(None, "category_id", "last_activity_at", "id"),
        sa.Index(None, "category_id", "created_at", "id"),
        sa.Index(None, "created_at", "id"),
        sa.Index(None, "solved_at", "id"),
        sa.Index(
            "ix_topic_unanswered",
            "last_activity_at",
            "id",
            sqlite_where=sa.text("kind = 'question' AND answers = 0"),
            postgresql_where=sa.text("kind = 'question' AND answers = 0"),
        ),
        sa.Index(
            "ix_topic_discussion",
            "last_activity_at",
            "id",
            sqlite_where=sa.text("kind = 'discussion'"),
            postgresql_where=sa.text("kind = 'discussion'"),
        ),
        sa.Index(None, "author_id", "created_at", "id"),
    )

    category_id: Mapped[int] = mapped_column(sa.ForeignKey("category.id"))
    category: Mapped[Category] = relationship(lazy="raise")
    title: Mapped[str] = mapped_column(sa.String(300))
    kind: Mapped[str] = mapped_column(sa.String(12), default="question")
    answers: Mapped[int] = mapped_column(default=0)
    replies: Mapped[int] = mapped_column(default=0)
    last_position: Mapped[int] = mapped_column(default=0)
    last_activity_at: Mapped[datetime]
    last_author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    last_author: Mapped[Person | None] = relationship(lazy="raise", foreign_keys="Topic.last_author_id")
    solved_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    locked_reason: Mapped[str | None] = mapped_column(sa.String(500))

    @property
    def slug_source(self) -> str:
        return self.title

    @property
    def is_question(self) -> bool:
        return self.kind == "question"


class Acceptance(Model):
    """Which answer solved a question, who said so and when. At most one for a topic."""

    __tablename__ = "acceptance"

    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("topic.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), unique=True)
    accepted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime | None]
