"""The table of alarms."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Id, Model


class Alarm(StrEnum):
    """What is wrong with a connection."""

    STOPPED = "stopped"
    """It failed so often that it is left alone for a while, or the CRM wants nothing any more."""
    REFUSED = "refused"
    """The CRM does not know us."""
    BEHIND = "behind"
    """Something waits for longer than it should."""
    ENDING = "ending"
    """Its secret ends soon, or did."""


class CrmAlarm(Model):
    """That admins were told of a connection. While it is not over they are not told the same again."""

    __tablename__ = "crm_alarm"
    __table_args__ = (
        sa.CheckConstraint("alarm IN ('stopped', 'refused', 'behind', 'ending')", name="alarm"),
        sa.Index(
            "ix_crm_alarm_open",
            "connection",
            "alarm",
            unique=True,
            sqlite_where=sa.text("over_at IS NULL"),
            postgresql_where=sa.text("over_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    connection: Mapped[str] = mapped_column(sa.ForeignKey("crm_connection.name", ondelete="CASCADE"))
    alarm: Mapped[str] = mapped_column(sa.String(10))
    words: Mapped[str] = mapped_column(sa.String(1_000))
    at: Mapped[datetime]
    over_at: Mapped[datetime | None]
