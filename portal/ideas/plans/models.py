"""Tables of plans and internal notes."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Id, Model


class Grain(StrEnum):
    """How exactly a target is meant."""

    MONTH = "month"
    QUARTER = "quarter"


class Plan(Model):
    """What staff plan for an idea: who looks after it, when it is meant for, when to look at it again.

    `target_on` is the first day of the month or quarter; `idea.target` says the same in words, to everybody.
    """

    __tablename__ = "idea_plan"
    __table_args__ = (
        sa.CheckConstraint("target_grain IN ('month', 'quarter')", name="target_grain"),
        sa.CheckConstraint("(target_on IS NULL) = (target_grain IS NULL)", name="target_is_whole"),
    )

    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), primary_key=True, autoincrement=False)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    owner: Mapped[Person | None] = relationship(lazy="raise")
    target_on: Mapped[date | None] = mapped_column(index=True)
    target_grain: Mapped[str | None] = mapped_column(sa.String(10))
    review_on: Mapped[date | None] = mapped_column(index=True)
    cost: Mapped[str] = mapped_column(sa.String(1000), default="")
    impact: Mapped[str] = mapped_column(sa.String(1000), default="")


class InternalNote(Model):
    """What a member of staff noted on an idea, for staff alone."""

    __tablename__ = "internal_note"
    __table_args__ = (
        sa.Index(None, "idea_id", "id"),
        sa.Index(None, "source_system", "source_id", unique=True),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    author: Mapped[Person] = relationship(lazy="raise")
    body: Mapped[str] = mapped_column(sa.Text)
    body_html: Mapped[str] = mapped_column(sa.Text)
    cooked_with: Mapped[str] = mapped_column(sa.String(10))
    at: Mapped[datetime]
    source_system: Mapped[str | None] = mapped_column(sa.String(120))
    source_id: Mapped[str | None] = mapped_column(sa.String(120))
