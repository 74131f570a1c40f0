"""The table of confirmations."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model


class Confirmation(Model):
    """That a voter read the text of an idea as it stood at that time, and still wants it."""

    __tablename__ = "confirmation"
    __table_args__ = (sa.UniqueConstraint("person_id", "idea_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    at: Mapped[datetime]
