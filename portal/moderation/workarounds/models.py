"""Tables of workarounds, and of whom they help."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Id, Model
from portal.discussion.models import Post


class Workaround(Model):
    """That a comment or an answer helps until an idea is done: who said so, and when; at most one in force for an idea.

    It is in force until `ended_at`; nobody ended it by hand where `ended_by_id` is None.
    """

    __tablename__ = "workaround"
    __table_args__ = (
        sa.Index(
            "ix_workaround_in_force",
            "idea_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), index=True)
    post: Mapped[Post] = relationship(lazy="raise")
    marked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    marked_by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[marked_by_id])
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class Help(Model):
    """That a post helps a person for now until an idea is done. It is `counted` on the idea while the post is its
    workaround and the person has a vote for it."""

    __tablename__ = "help"
    __table_args__ = (sa.UniqueConstraint("idea_id", "person_id", "post_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), index=True)
    at: Mapped[datetime]
    counted: Mapped[bool] = mapped_column(default=False)
