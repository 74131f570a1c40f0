"""Tables of who follows what, and of what each person is told."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model


class Because(StrEnum):
    """What made a person a follower."""

    ASKED = "asked"
    IDEA = "idea"
    VOTE = "vote"
    COMMENT = "comment"


class Why(StrEnum):
    """What a person has to do with an idea of which they are told, the closest first."""

    VOTER = "voter"
    CUSTOMER = "customer"
    AUTHOR = "author"
    FOLLOWER = "follower"
    READER = "reader"


def _in(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(str(each)) for each in values)})", name=column)


ABOUT = "(idea_id IS NULL) <> (changelog_id IS NULL)"


class Watch(Model):
    """A person follows an idea or a topic; or, from `stopped_at` on, said that they do not want to."""

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
    because: Mapped[str] = mapped_column(sa.String(10), default=Because.ASKED, server_default="asked")
    stopped_at: Mapped[datetime | None]


class Telling(Model):
    """An entry of the journal of which people are told, and how far that has come: up to the person `after_id`.

    It is about an idea, or about an entry of the changelog, of which its followers are told. Whoever had to do with the idea at the moment of the entry is told, each once. `what` is what it is about: the key of
    a status, the number of an answer.
    """

    __tablename__ = "telling"
    __table_args__ = (
        sa.Index(
            "ix_telling_waiting",
            "entry_id",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        ),
        sa.CheckConstraint(ABOUT, name="one_subject"),
    )

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), primary_key=True, autoincrement=False)
    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    changelog_id: Mapped[int | None] = mapped_column(sa.ForeignKey("changelog_entry.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    what: Mapped[str] = mapped_column(sa.String(40), default="")
    actor_id: Mapped[int | None]
    at: Mapped[datetime]
    after_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    told: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]


class Notice(Model):
    """That one person is told of one entry: about which idea or entry of the changelog, and why they are."""

    __tablename__ = "notice"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "entry_id"),
        sa.Index(None, "person_id", "id"),
        _in("why", Why),
        sa.CheckConstraint(ABOUT, name="one_subject"),
        sa.Index(
            "ix_notice_unread",
            "person_id",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    changelog_id: Mapped[int | None] = mapped_column(sa.ForeignKey("changelog_entry.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    what: Mapped[str] = mapped_column(sa.String(40), default="")
    why: Mapped[str] = mapped_column(sa.String(10))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
