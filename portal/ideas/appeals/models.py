"""The table of appeals."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model


class Appeal(Model):
    """That a person still wants a declined or parked idea. It counts until `closed_at`: the next decision."""

    __tablename__ = "appeal"
    __table_args__ = (sa.UniqueConstraint("person_id", "idea_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
