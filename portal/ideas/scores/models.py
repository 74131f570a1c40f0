"""Tables of formulas and scores. Neither is ever changed: another formula is a new version, another score a new row."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Id, Model


class Arithmetic(StrEnum):
    """How a formula counts."""

    RICE = "rice"
    WEIGHTS = "weights"


class Formula(Model):
    """A version of the formula of a board, or of the house (`board_id` is None); the highest version is in force.

    `factors` of a weighted formula: [{"name": "Value", "weight": "2"}, …], numbers as text, because they are exact.
    """

    __tablename__ = "formula"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('rice', 'weights')", name="kind"),
        sa.CheckConstraint("version > 0", name="version"),
        sa.UniqueConstraint("board_id", "version"),
        sa.Index(
            "ix_formula_of_house",
            "version",
            unique=True,
            sqlite_where=sa.text("board_id IS NULL"),
            postgresql_where=sa.text("board_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    board_id: Mapped[int | None] = mapped_column(sa.ForeignKey("board.id"))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(10))
    factors: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    why: Mapped[str] = mapped_column(sa.String(500), default="")
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]


class Score(Model):
    """A score of an idea in thousandths, with all that it was worked out from.

    `formula_id` is None for the RICE that is built in. `inputs` are numbers as text by name. `counted` is the reach that
    the votes gave at that moment; where another one was typed, `why` says the reason. The newest one is `current`.
    """

    __tablename__ = "score"
    __table_args__ = (
        sa.Index(
            "ix_score_current",
            "points",
            "id",
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        ),
        sa.Index(
            "ix_score_of_idea",
            "idea_id",
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    formula_id: Mapped[int | None] = mapped_column(sa.ForeignKey("formula.id"), index=True)
    formula: Mapped[Formula | None] = relationship(lazy="raise")
    inputs: Mapped[dict[str, Any]]
    counted: Mapped[int | None]
    why: Mapped[str] = mapped_column(sa.String(500), default="")
    points: Mapped[int] = mapped_column(sa.BigInteger)
    current: Mapped[bool] = mapped_column(default=True)
    scored_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    scored_by: Mapped[Person] = relationship(lazy="raise")
    at: Mapped[datetime]
