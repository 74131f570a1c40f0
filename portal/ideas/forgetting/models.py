"""The table of ideas of which was forgotten who voted."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Model


class Forgetting(Model):
    """That the voters of a closed idea, and of those merged into it, are forgotten: of so many votes, since when."""

    __tablename__ = "forgetting"

    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("idea.id"), primary_key=True, autoincrement=False)
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    votes: Mapped[int] = mapped_column(default=0)
