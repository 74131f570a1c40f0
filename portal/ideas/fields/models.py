"""Tables of the fields of boards, of their choices, and of the values of ideas."""

import re
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal.database import Id, Model
from portal.ideas.models import Board

LONGEST = {"short_text": 200, "long_text": 2_000, "link": 500}
"""Characters of a value, by the type of its field."""
KEY = re.compile(r"field-[0-9]{1,18}")
"""The name of a field in forms and addresses."""
MOST_FIELDS = 30
MOST_CHOICES = 50


class Type(StrEnum):
    """What a value is."""

    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    LINK = "link"


WITH_CHOICES = frozenset({Type.CHOICE, Type.CHOICES})


class Circle(StrEnum):
    """Who fills a field in, and who reads its values.

    EVERYBODY and AUTHOR: the author and staff fill it in; everybody who sees the idea reads it, or they alone.
    STAFF: all staff fill it in and read it. PLANNERS: product managers fill it in beside the plan, staff read it.
    """

    EVERYBODY = "everybody"
    AUTHOR = "author"
    STAFF = "staff"
    PLANNERS = "planners"


def _in(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(str(each)) for each in values)})", name=column)


class BoardField(Model):
    """Something that a board asks about each idea. Its type never changes; an archived one is not asked."""

    __tablename__ = "board_field"
    __table_args__ = (
        _in("type", Type),
        _in("circle", Circle),
        sa.CheckConstraint("position >= 0", name="position_not_negative"),
        sa.UniqueConstraint("board_id", "name"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    board_id: Mapped[int] = mapped_column(sa.ForeignKey("board.id"))
    name: Mapped[str] = mapped_column(sa.String(60))
    help: Mapped[str] = mapped_column(sa.String(200), default="")
    type: Mapped[str] = mapped_column(sa.String(12))
    circle: Mapped[str] = mapped_column(sa.String(12), default=Circle.EVERYBODY)
    required: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    choices: Mapped[list["FieldChoice"]] = relationship(
        lazy="raise", order_by="(FieldChoice.position, FieldChoice.id)", viewonly=True
    )

    @property
    def key(self) -> str:
        """Its name in forms and addresses."""
        return f"field-{self.id}"

    @property
    def has_choices(self) -> bool:
        return self.type in WITH_CHOICES

    @property
    def open_choices(self) -> list["FieldChoice"]:
        """The choices that are offered."""
        return [each for each in self.choices if each.archived_at is None]


class FieldChoice(Model):
    """One of the answers that a field offers. It can be renamed, and no longer offered."""

    __tablename__ = "field_choice"
    __table_args__ = (sa.UniqueConstraint("field_id", "name"), sa.UniqueConstraint("field_id", "id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    field_id: Mapped[int] = mapped_column(sa.ForeignKey("board_field.id"))
    name: Mapped[str] = mapped_column(sa.String(80))
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None]


_ONE_VALUE = (
    " + ".join(
        f"CASE WHEN {each} IS NULL THEN 0 ELSE 1 END"
        for each in ("text", "number", "day", "yes", "choice_id")
    )
    + " = 1"
)


class FieldValue(Model):
    """What an idea has in a field. `slot` is 0; where several choices may be made, it is that of the choice."""

    __tablename__ = "field_value"
    __table_args__ = (
        sa.CheckConstraint(_ONE_VALUE, name="one_value"),
        sa.CheckConstraint("slot = 0 OR slot = choice_id", name="slot"),
        sa.ForeignKeyConstraint(["field_id", "choice_id"], ["field_choice.field_id", "field_choice.id"]),
        sa.Index(None, "field_id", "choice_id", "idea_id"),
    )

    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), primary_key=True, autoincrement=False)
    field_id: Mapped[int] = mapped_column(
        sa.ForeignKey("board_field.id"), primary_key=True, autoincrement=False
    )
    slot: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False, default=0)
    text: Mapped[str | None] = mapped_column(sa.Text)
    number: Mapped[int | None] = mapped_column(sa.BigInteger)
    day: Mapped[date | None]
    yes: Mapped[bool | None]
    choice_id: Mapped[int | None] = mapped_column(Id)


Board.has_fields = column_property(
    sa.exists().where(BoardField.board_id == Board.id).correlate_except(BoardField), deferred=True
)
