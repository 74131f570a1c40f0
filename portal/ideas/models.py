"""Tables of boards and ideas."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.database import Id, Model
from portal.discussion.models import Contribution, Introduced, Tallied
from portal.ideas.asking import Answered, Asking, indexes
from portal.ideas.audience import AUDIENCE_WORDS as AUDIENCE_WORDS
from portal.ideas.audience import Admitting, one_of_three, within
from portal.ideas.audience import Audience as Audience
from portal.ideas.audience import Party as Party
from portal.ideas.belonging import Belonging, constraints
from portal.ideas.standing import Standing, written_of
from portal.voting.demand.models import Wanted
from portal.voting.demand.pricing import house
from portal.voting.ranking import NEVER_VOTED as NEVER_VOTED
from portal.voting.ruling import Ruled, checks


class Status(StrEnum):
    """The keys of the statuses that are built in; boards may have others (portal/ideas/statuses)."""

    OPEN = "open"
    UNDER_REVIEW = "under_review"
    PLANNED = "planned"
    STARTED = "started"
    SHIPPED = "shipped"
    DECLINED = "declined"
    PARKED = "parked"

    @property
    def label(self) -> str:
        """The status in words: "Under review"."""
        return self.value.replace("_", " ").capitalize()


UNDECIDED = frozenset({Status.OPEN, Status.UNDER_REVIEW})
CLOSED = frozenset({Status.SHIPPED, Status.DECLINED})
"""The built-in statuses in which an idea takes no more votes; what holds for an idea says its `standing`."""


class Board(Ruled, Asking, Model):
    """A place for ideas about one subject. `half_life` is in days and shapes the order Hot.

    `audience` may know what stands here; with `own_only` each of them knows only what they wrote. Who of them may
    post, vote and comment is said by the other three. The rule itself stands in portal/ideas/seeing.py.
    """

    __tablename__ = "board"
    __table_args__ = (
        sa.CheckConstraint("half_life > 0", name="half_life_positive"),
        sa.CheckConstraint("revive_at >= 0", name="revive_at_not_negative"),
        sa.CheckConstraint("quiet_months >= 0", name="quiet_months_not_negative"),
        sa.CheckConstraint("quiet_days > 0", name="quiet_days_positive"),
        sa.CheckConstraint("forget_months >= 0", name="forget_months_not_negative"),
        *checks(),
        within("audience", Audience),
        *(within(column, Party) for column in ("who_posts", "who_votes", "who_comments")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    description: Mapped[str] = mapped_column(sa.String(300), default="")
    position: Mapped[int] = mapped_column(default=0)
    votes_against: Mapped[bool] = mapped_column(default=False)
    half_life: Mapped[float] = mapped_column(default=30.0)
    explores: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether its ideas that few have seen stand in pages of Hot and Top (portal/ideas/exploring.py)."""
    audience: Mapped[str] = mapped_column(sa.String(20), default=Audience.PUBLIC, server_default="public")
    own_only: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    who_posts: Mapped[str] = mapped_column(sa.String(20), default=Party.EVERYONE, server_default="everyone")
    who_votes: Mapped[str] = mapped_column(sa.String(20), default=Party.EVERYONE, server_default="everyone")
    who_comments: Mapped[str] = mapped_column(
        sa.String(20), default=Party.EVERYONE, server_default="everyone"
    )
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    admission: ClassVar[Any]
    """The table of the companies that were chosen for it."""
    has_fields: ClassVar[Any]
    """Whether it has fields, archived ones too (portal/ideas/fields)."""

    @property
    def slug_source(self) -> str:
        return self.name

    @property
    def for_whom(self) -> str:
        """The audience in words: "everybody who signed in"; "staff and the author of each idea"."""
        if self.own_only and self.audience != Audience.STAFF:
            return "staff and the author of each idea"
        return Audience(self.audience).label


class Admission(Admitting, Model):
    """That a board is for a company, a segment or a tier."""

    __tablename__ = "board_admission"
    __table_args__ = one_of_three("board_id")
    place = "board_id"

    board_id: Mapped[int] = mapped_column(sa.ForeignKey("board.id"))


Board.admission = Admission


NOT_LISTED = "hidden_at IS NOT NULL OR merged_into_id IS NOT NULL"
"""Of the few ideas that do not stand in every list."""


ORDERS = ("people", "accounts", "revenue", "account_weight", "deals_worth", "rising", "waiting")
"""Numbers by which lists are ordered."""


class Idea(Contribution, Introduced, Tallied, Wanted, Answered, Belonging, Model):
    """Something that customers want. `hot` is the stored rank of DESIGN section 4 (portal/voting/ranking.py).

    `rising` is how many votes a day it gets beyond what is usual for it (portal/voting/rising.py), `waiting` how long
    how many wait for a word of staff (portal/ideas/waiting.py); both as of the day that was folded last.
    """

    __tablename__ = "idea"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('feature', 'problem')", name="kind"),
        sa.CheckConstraint("votes_up >= 0 AND votes_down >= 0", name="votes_not_negative"),
        sa.CheckConstraint("weights_up >= 0", name="weights_not_negative"),
        sa.CheckConstraint("comments >= 0", name="comments_not_negative"),
        sa.UniqueConstraint("source_system", "source_id"),
        sa.Index(None, "hot", "id"),
        sa.Index(None, "score", "id"),
        sa.Index(None, "created_at", "id"),
        sa.Index(None, "board_id", "hot", "id"),
        sa.Index(None, "board_id", "score", "id"),
        sa.Index(None, "board_id", "created_at", "id"),
        sa.Index(None, "status", "hot", "id"),
        sa.Index(None, "status", "score", "id"),
        sa.Index(None, "status", "created_at", "id"),
        sa.Index(None, "board_id", "status"),
        sa.Index(
            "ix_idea_not_listed", "id", sqlite_where=sa.text(NOT_LISTED), postgresql_where=sa.text(NOT_LISTED)
        ),
        sa.Index(None, "status", "status_at"),
        sa.Index(None, "status_at"),
        sa.Index(None, "author_id", "created_at", "id"),
        sa.Index(None, "author_id", "form_key", unique=True),
        *(sa.Index(None, name, "id") for name in ORDERS),
        *indexes(),
        *constraints(),
    )

    board_id: Mapped[int] = mapped_column(sa.ForeignKey("board.id"))
    board: Mapped[Board] = relationship(lazy="raise")
    title: Mapped[str] = mapped_column(sa.String(300))
    kind: Mapped[str] = mapped_column(sa.String(10), default="feature")
    status: Mapped[str] = mapped_column(sa.String(20), default=Status.OPEN)
    status_at: Mapped[datetime | None]
    target: Mapped[str | None] = mapped_column(sa.String(40))
    weights_up: Mapped[int] = mapped_column(default=0, server_default="0")
    """The sum of the weights of all votes for it: "34 votes of 20 people"."""
    hot: Mapped[float] = mapped_column(default=NEVER_VOTED)
    imported_hot: Mapped[float | None]
    rising: Mapped[float] = mapped_column(sa.Double, default=0.0, server_default="0")
    waiting: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    comments: Mapped[int] = mapped_column(default=0)
    last_position: Mapped[int] = mapped_column(default=0)
    answer_version: Mapped[int] = mapped_column(default=0)
    last_staff_word_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    locked_reason: Mapped[str | None] = mapped_column(sa.String(500))
    written_status: ClassVar[Any]
    house: ClassVar[Any]
    """The currency of `revenue`."""
    form_key: Mapped[str | None] = mapped_column(sa.String(64))
    """The key of the form that made it: the same form sent twice makes one idea."""

    @property
    def slug_source(self) -> str:
        return self.title

    @property
    def standing(self) -> Standing:
        """The status with its name, its colour and what it means, as the board has it."""
        return Standing.read(self.status, self.written_status or "plain|active|takes|Open")

    @property
    def takes_votes(self) -> bool:
        """Whether a vote may be cast or withdrawn now."""
        return not self.why_no_votes

    @property
    def why_no_votes(self) -> str:
        """The sentence that says why no vote is taken now; empty when votes are taken. Needs the board."""
        if self.is_merged:
            return "This idea was merged into another one, which takes the votes."
        if self.is_hidden:
            return "This idea is hidden and takes no votes."
        if self.locked_at is not None:
            return "This idea is locked and takes no votes."
        if not self.standing.takes_votes:
            return f"This idea is {self.standing.name.lower()} and takes no more votes."
        return self.board.why_no_votes(clock.now())


Idea.written_status = column_property(written_of(Idea.board_id, Idea.status))
Idea.house = column_property(house(), deferred=True)


class StatusChange(Model):
    """That a status changed: who, when (None where an import does not know), and the public word on it."""

    __tablename__ = "status_change"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    old: Mapped[str | None] = mapped_column(sa.String(20))
    new: Mapped[str] = mapped_column(sa.String(20))
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    changed_by: Mapped[Person | None] = relationship(lazy="raise")
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    ground: Mapped[str | None] = mapped_column(sa.String(20))
    """The key of the ground on which it was declined; None where nobody said."""
    at: Mapped[datetime | None] = mapped_column(index=True)


class OfficialAnswer(Model):
    """A version of the company's word on an idea; the highest version is shown, the others stay readable."""

    __tablename__ = "official_answer"
    __table_args__ = (sa.UniqueConstraint("idea_id", "version"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"))
    version: Mapped[int]
    status: Mapped[str] = mapped_column(sa.String(20))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    author: Mapped[Person] = relationship(lazy="raise")
    body: Mapped[str] = mapped_column(sa.Text)
    body_html: Mapped[str] = mapped_column(sa.Text)
    cooked_with: Mapped[str] = mapped_column(sa.String(10))
    at: Mapped[datetime]
