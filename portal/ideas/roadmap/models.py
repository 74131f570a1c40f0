"""Tables of roadmaps."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Id, Model
from portal.ideas.audience import Admitting, Audience, one_of_three, within


class Arrangement(StrEnum):
    """What the columns of a roadmap are."""

    STATUS = "status"
    QUARTER = "quarter"


class Choice(StrEnum):
    """Whether an idea stands on a roadmap: as the roadmap says, by hand in any case, or by hand not."""

    AUTOMATIC = "automatic"
    PINNED = "pinned"
    LEFT_OUT = "left_out"


class Roadmap(Model):
    """Ideas in columns, for an audience. With `automatic` they come by themselves, else only those that are pinned.

    `statuses` are the columns in their order or, where columns are quarters, which ideas come. `boards` are the
    boards that it is about; none are all of them.
    """

    __tablename__ = "roadmap"
    __table_args__ = (within("arrangement", Arrangement), within("audience", Audience))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    description: Mapped[str] = mapped_column(sa.String(300), default="")
    position: Mapped[int] = mapped_column(default=0)
    arrangement: Mapped[str] = mapped_column(sa.String(10), default=Arrangement.STATUS)
    automatic: Mapped[bool] = mapped_column(default=True)
    audience: Mapped[str] = mapped_column(sa.String(20), default=Audience.PUBLIC)
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    columns: Mapped[list["RoadmapColumn"]] = relationship(
        lazy="raise", order_by="RoadmapColumn.position", cascade="all, delete-orphan"
    )
    boards: Mapped[list["RoadmapBoard"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    admission: ClassVar[Any]

    @property
    def slug_source(self) -> str:
        return self.name

    @property
    def for_whom(self) -> str:
        """The audience in words."""
        return Audience(self.audience).label

    @property
    def statuses(self) -> list[str]:
        """The keys of its statuses, in their order."""
        return [each.status for each in self.columns]

    @property
    def board_ids(self) -> list[int]:
        """The boards that it is about; none are all of them."""
        return [each.board_id for each in self.boards]


class RoadmapAdmission(Admitting, Model):
    """That a roadmap is for a company, a segment or a tier."""

    __tablename__ = "roadmap_admission"
    __table_args__ = one_of_three("roadmap_id")
    place = "roadmap_id"

    roadmap_id: Mapped[int] = mapped_column(sa.ForeignKey("roadmap.id"))


Roadmap.admission = RoadmapAdmission


class RoadmapColumn(Model):
    """A status whose ideas stand on a roadmap, and its place among the columns."""

    __tablename__ = "roadmap_column"

    roadmap_id: Mapped[int] = mapped_column(sa.ForeignKey("roadmap.id"), primary_key=True)
    status: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    position: Mapped[int]


class RoadmapBoard(Model):
    """That a roadmap is about a board."""

    __tablename__ = "roadmap_board"

    roadmap_id: Mapped[int] = mapped_column(sa.ForeignKey("roadmap.id"), primary_key=True)
    board_id: Mapped[int] = mapped_column(sa.ForeignKey("board.id"), primary_key=True, index=True)


class RoadmapItem(Model):
    """What somebody said by hand about an idea on a roadmap: that it stands there or not, and its place.

    `position` orders the hand-placed ideas of a column; it counts while the idea is where it was put: its status, or
    the first day of what it is meant for, is `placed_for`.
    """

    __tablename__ = "roadmap_item"
    __table_args__ = (within("choice", Choice), sa.Index(None, "idea_id"))

    roadmap_id: Mapped[int] = mapped_column(sa.ForeignKey("roadmap.id"), primary_key=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), primary_key=True)
    choice: Mapped[str] = mapped_column(sa.String(10), default=Choice.AUTOMATIC)
    position: Mapped[int | None] = mapped_column(sa.BigInteger)
    placed_for: Mapped[str] = mapped_column(sa.String(20), default="")
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]
