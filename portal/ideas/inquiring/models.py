"""Tables of inquiries: whether an idea is still wanted, what people say to it, and what staff last did with an idea."""

from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal.accounts.models import Person
from portal.activity.trying import Tried
from portal.database import Id, Model
from portal.ideas.models import Idea


class Says(StrEnum):
    """What somebody who is asked says."""

    YES = "yes"
    NO = "no"


class Ended(StrEnum):
    """How an inquiry ended. Only `CLOSED` closes its idea."""

    YES = "yes"
    VOTE = "vote"
    COMMENT = "comment"
    EDIT = "edit"
    STAFF = "staff"
    RULE = "rule"
    OVERTAKEN = "overtaken"
    CLOSED = "closed"


WORDS = {
    Ended.YES: "Somebody still wants it",
    Ended.VOTE: "Somebody voted for it",
    Ended.COMMENT: "Somebody commented",
    Ended.EDIT: "Its text was changed",
    Ended.STAFF: "Staff kept it open",
    Ended.RULE: "The board asks no more",
    Ended.OVERTAKEN: "It could not be closed any more",
    Ended.CLOSED: "Nobody wanted it: closed",
}

_OPEN = sa.text("ended_at IS NULL")


class Inquiry(Tried, Model):
    """That people are asked whether they still want an idea: since when, until when; how that ended, and by whom.

    `told_at` is when the last of them was told; until then nothing is closed. An idea that could not be closed is tried again later.
    """

    __tablename__ = "inquiry"
    __table_args__ = (
        sa.CheckConstraint("(ended_at IS NULL) = (ended IS NULL)", name="ended_whole"),
        sa.CheckConstraint(f"ended IN ({', '.join(repr(str(each)) for each in Ended)})", name="ended"),
        sa.CheckConstraint("until > asked_at", name="until_later"),
        sa.Index("ix_inquiry_open", "idea_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index("ix_inquiry_due", "until", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index(None, "idea_id", "id"),
        sa.Index(None, "asked_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"))
    idea: Mapped[Idea] = relationship(lazy="raise")
    asked_at: Mapped[datetime]
    until: Mapped[datetime]
    told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended: Mapped[str | None] = mapped_column(sa.String(10))
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    ended_by: Mapped[Person | None] = relationship(lazy="raise")

    @property
    def days(self) -> timedelta:
        """How long people have, from when they were told."""
        return self.until - (self.told_at or self.asked_at)

    @property
    def how(self) -> str:
        """How it ended, in words."""
        return WORDS[Ended(self.ended)] if self.ended else ""


# Who votes holds the idea and reads this with it, so that a vote costs no query more.
Idea.is_asked = column_property(
    sa.exists().where(Inquiry.idea_id == Idea.id, Inquiry.ended_at.is_(None)).correlate(Idea), deferred=True
)


class InquiryAnswer(Model):
    """What one person said in an inquiry, last."""

    __tablename__ = "inquiry_answer"
    __table_args__ = (
        sa.CheckConstraint("says IN ('yes', 'no')", name="says"),
        sa.UniqueConstraint("inquiry_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(sa.ForeignKey("inquiry.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    says: Mapped[str] = mapped_column(sa.String(3))
    at: Mapped[datetime]


class InquiryLook(Tried, Model):
    """The day (UTC) for which the worker is done with looking for quiet ideas of a board, or why it could not look."""

    __tablename__ = "inquiry_look"

    board_id: Mapped[int] = mapped_column(sa.ForeignKey("board.id"), primary_key=True, autoincrement=False)
    looked_on: Mapped[date | None]


class IdeaTouch(Model):
    """When staff last did something with an idea that no other row has the time of: planned, moved, labelled it."""

    __tablename__ = "idea_touch"

    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), primary_key=True, autoincrement=False)
    at: Mapped[datetime]
