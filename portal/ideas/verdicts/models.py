"""The table of verdicts."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Id, Model

ANSWERS = {"yes": "Yes", "partly": "Partly", "no": "No"}


class Verdict(Model):
    """What one person said about a shipped idea. It counts until `closed_at`: then the idea was opened again."""

    __tablename__ = "verdict"
    __table_args__ = (
        sa.CheckConstraint("answer IN ('yes', 'partly', 'no')", name="answer"),
        sa.UniqueConstraint("person_id", "idea_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    person: Mapped[Person] = relationship(lazy="raise")
    answer: Mapped[str] = mapped_column(sa.String(10))
    words: Mapped[str] = mapped_column(sa.String(500), default="")
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
