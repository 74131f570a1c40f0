"""The table of statuses, the seven that are built in, and how a status is read beside an idea."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model

COLOURS = ("plain", "warm", "accent", "good", "ended", "bad")
"""Tones of the palette, as chips have them."""


class Meaning(StrEnum):
    """What a status says of the work."""

    ACTIVE = "active"
    COMPLETE = "complete"
    CLOSED = "closed"


class Votes(StrEnum):
    """What a status does to votes: `RETURNED` takes none and gives those that were cast back to their people."""

    TAKES = "takes"
    CLOSED = "closed"
    RETURNED = "returned"


@dataclass(frozen=True)
class Standing:
    """A status as one reads it."""

    key: str
    name: str
    colour: str = "plain"
    meaning: str = Meaning.ACTIVE
    votes: str = Votes.TAKES
    archived: bool = False

    @property
    def takes_votes(self) -> bool:
        return self.votes == Votes.TAKES

    @property
    def is_complete(self) -> bool:
        return self.meaning == Meaning.COMPLETE

    @property
    def written(self) -> str:
        """In one text, as the database puts it together; the name, which may hold anything, stands last."""
        return "|".join((self.colour, self.meaning, self.votes, self.name))

    @classmethod
    def read(cls, key: str, written: str) -> "Standing":
        """From `written`."""
        colour, meaning, votes, name = written.split("|", 3)
        return cls(key, name, colour, meaning, votes)


BUILT_IN = (
    Standing("open", "Open"),
    Standing("under_review", "Under review", "warm"),
    Standing("planned", "Planned", "accent"),
    Standing("started", "Started", "accent"),
    Standing("shipped", "Shipped", "good", Meaning.COMPLETE, Votes.RETURNED),
    Standing("declined", "Declined", "ended", Meaning.CLOSED, Votes.RETURNED),
    Standing("parked", "Parked", "ended"),
)
FIRST = "open"
"""Where a new idea stands; it is always there."""


def _in(column: str, values: Any) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(str(each)) for each in values)})", name=column)


class BoardStatus(Model):
    """A status of a board, or of the house (`board_id` is None).

    A board without rows uses those of the house; while there are none of the house either, the built-in ones hold.
    """

    __tablename__ = "status"
    __table_args__ = (
        _in("colour", COLOURS),
        _in("meaning", Meaning),
        _in("votes", Votes),
        sa.UniqueConstraint("board_id", "key"),
        sa.Index(
            "ix_status_of_house",
            "key",
            unique=True,
            sqlite_where=sa.text("board_id IS NULL"),
            postgresql_where=sa.text("board_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    board_id: Mapped[int | None] = mapped_column(sa.ForeignKey("board.id"))
    key: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(40))
    colour: Mapped[str] = mapped_column(sa.String(10), default="plain")
    position: Mapped[int] = mapped_column(default=0)
    meaning: Mapped[str] = mapped_column(sa.String(10), default=Meaning.ACTIVE)
    votes: Mapped[str] = mapped_column(sa.String(10), default=Votes.TAKES)
    archived_at: Mapped[datetime | None]

    @property
    def standing(self) -> Standing:
        return Standing(
            self.key, self.name, self.colour, self.meaning, self.votes, self.archived_at is not None
        )


def written_of(board_id: Any, key: Any) -> sa.ColumnElement[str]:
    """`Standing.written` of the status `key` on a board, as an expression over two columns: two looks into an
    index, so that every list may have it without another query."""
    row = BoardStatus.colour + "|" + BoardStatus.meaning + "|" + BoardStatus.votes + "|" + BoardStatus.name
    return _resolved(row, board_id, key, {each.key: each.written for each in BUILT_IN}, "plain|active|takes|")


def meaning_of(board_id: Any, key: Any) -> sa.ColumnElement[str]:
    """What the status `key` means on a board, for conditions."""
    built_in = {each.key: str(each.meaning) for each in BUILT_IN}
    return _resolved(sa.type_coerce(BoardStatus.meaning, sa.String), board_id, key, built_in, "active", "")


def votes_of(board_id: Any, key: Any) -> sa.ColumnElement[str]:
    """What the status `key` does to votes on a board, for conditions."""
    built_in = {each.key: str(each.votes) for each in BUILT_IN}
    return _resolved(sa.type_coerce(BoardStatus.votes, sa.String), board_id, key, built_in, "takes", "")


def _resolved(
    fact: Any, board_id: Any, key: Any, built_in: dict[str, str], otherwise: str, tail: Any = None
) -> sa.ColumnElement[str]:
    found = sa.select(fact).where(BoardStatus.key == key)
    own = found.where(BoardStatus.board_id == board_id).correlate_except(BoardStatus).scalar_subquery()
    house = found.where(BoardStatus.board_id.is_(None)).correlate_except(BoardStatus).scalar_subquery()
    unknown = sa.literal(otherwise) if tail is not None else sa.literal(otherwise) + key
    known = {name: sa.literal(value) for name, value in built_in.items()}
    return sa.func.coalesce(own, house, sa.case(known, value=key, else_=unknown), type_=sa.String())
