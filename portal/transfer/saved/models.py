"""Tables of saved exports, their schedules, the files that were made, and who gets a link to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.database import Id, Model


class Every(StrEnum):
    """How often an export is made."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class SavedExport(Model):
    """An export with a name. `words` says what is taken out, see `portal/transfer/building.py`."""

    __tablename__ = "saved_export"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship(lazy="raise")
    shared: Mapped[bool] = mapped_column(default=False)
    words: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    schedule: Mapped["ExportSchedule | None"] = relationship(lazy="raise", back_populates="saved")

    @property
    def slug_source(self) -> str:
        return self.name


class ExportSchedule(Model):
    """When a saved export is made: at an hour in UTC, every day, on a day of the week (0 is Monday) or of the month.

    A month that is shorter has it on its last day. `by` is in whose name it is made. `base` begins the address of the
    links in its mails.
    """

    __tablename__ = "export_schedule"
    __table_args__ = (
        sa.CheckConstraint("every IN ('day', 'week', 'month')", name="every"),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.CheckConstraint("monthday BETWEEN 1 AND 31", name="monthday"),
        sa.CheckConstraint("days_kept BETWEEN 1 AND 90", name="days_kept"),
    )

    saved_id: Mapped[int] = mapped_column(
        sa.ForeignKey("saved_export.id"), primary_key=True, autoincrement=False
    )
    saved: Mapped[SavedExport] = relationship(lazy="raise", back_populates="schedule")
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    by: Mapped[Person] = relationship(lazy="raise")
    every: Mapped[str] = mapped_column(sa.String(10))
    weekday: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    monthday: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    hour: Mapped[int] = mapped_column(sa.SmallInteger)
    days_kept: Mapped[int] = mapped_column(sa.SmallInteger, default=7)
    base: Mapped[str] = mapped_column(sa.String(200))
    since: Mapped[datetime]
    next_at: Mapped[datetime] = mapped_column(index=True)


class ExportRecipient(Model):
    """That a person gets a link to each file of a schedule."""

    __tablename__ = "export_recipient"

    saved_id: Mapped[int] = mapped_column(
        sa.ForeignKey("export_schedule.saved_id"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, autoincrement=False)


class ExportFile(Model):
    """The file of one due moment of a schedule; it waits to be made while `try_at` is set.

    `name` is what it is called in the folder. `refused` says why it is not made at all, `failure` why it could not
    be made yet.
    """

    __tablename__ = "export_file"
    __table_args__ = (sa.UniqueConstraint("saved_id", "due_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    saved_id: Mapped[int] = mapped_column(sa.ForeignKey("saved_export.id"))
    saved: Mapped[SavedExport] = relationship(lazy="raise")
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    by: Mapped[Person] = relationship(lazy="raise")
    due_at: Mapped[datetime]
    days_kept: Mapped[int] = mapped_column(sa.SmallInteger)
    base: Mapped[str] = mapped_column(sa.String(200))
    try_at: Mapped[datetime | None] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None] = mapped_column(sa.String(500))
    refused: Mapped[str | None] = mapped_column(sa.String(300))
    name: Mapped[str | None] = mapped_column(sa.String(60))
    made_at: Mapped[datetime | None]
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    rows: Mapped[int | None]
    people: Mapped[int | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    removed_at: Mapped[datetime | None]
    links: Mapped[list["ExportLink"]] = relationship(lazy="raise", order_by="ExportLink.id")

    @property
    def is_there(self) -> bool:
        """Whether it can be taken now."""
        return bool(
            self.made_at and not self.removed_at and self.expires_at and self.expires_at > clock.now()
        )


class ExportLink(Model):
    """One person's way to a file. The mail holds the token; we keep its SHA-256. It waits while `try_at` is set."""

    __tablename__ = "export_link"
    __table_args__ = (sa.UniqueConstraint("file_id", "person_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("export_file.id"))
    file: Mapped[ExportFile] = relationship(lazy="raise", back_populates="links")
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    person: Mapped[Person] = relationship(lazy="raise")
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    try_at: Mapped[datetime | None] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None] = mapped_column(sa.String(500))
    refused: Mapped[str | None] = mapped_column(sa.String(300))
    sent_at: Mapped[datetime | None]
