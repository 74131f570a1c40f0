"""Tables of pairs, and of ideas for which the worker has yet to look."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Id, Model
from portal.ideas.models import Idea


class Unpaired(Model):
    """An idea that is new or has another text: the worker looks for what resembles it."""

    __tablename__ = "unpaired"

    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), primary_key=True, autoincrement=False)


class Pair(Model):
    """That two ideas seem to ask for the same, how surely (`covers`, 0 to 1), and what staff said to it."""

    __tablename__ = "idea_pair"
    __table_args__ = (
        sa.CheckConstraint("one_id < other_id", name="in_order"),
        sa.CheckConstraint("outcome IN ('merged', 'dismissed')", name="outcome"),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (decided_by_id IS NULL)",
            name="decided",
        ),
        sa.UniqueConstraint("one_id", "other_id"),
        sa.Index(None, "outcome", "covers", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    one_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"))
    one: Mapped[Idea] = relationship(lazy="raise", foreign_keys=[one_id])
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    other: Mapped[Idea] = relationship(lazy="raise", foreign_keys=[other_id])
    covers: Mapped[float]
    found_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(sa.String(10))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_by: Mapped[Person | None] = relationship(lazy="raise")

    @property
    def ordered(self) -> tuple[Idea, Idea]:
        """The one that fewer want first: it would be merged into the other."""
        few, many = sorted((self.one, self.other), key=lambda each: (each.score, -each.id))
        return few, many
