"""Scheduling: when a saved export is due, and who gets the link."""

from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ExportScheduled
from portal.database import db
from portal.transfer.saved.models import Every, ExportFile, ExportRecipient, ExportSchedule, SavedExport

FARTHEST = 63
"""From any day there is one of each kind within two months."""


@dataclass(frozen=True)
class Rhythm:
    """How often, on which day, at which hour in UTC; as the columns of ExportSchedule."""

    every: str
    hour: int
    weekday: int = 0
    monthday: int = 1

    @classmethod
    def of(cls, schedule: ExportSchedule) -> "Rhythm":
        return cls(schedule.every, schedule.hour, schedule.weekday, schedule.monthday)

    def falls_on(self, day: date) -> bool:
        """Whether it is made on this day."""
        if self.every == Every.WEEK:
            return day.weekday() == self.weekday
        last = monthrange(day.year, day.month)[1]
        return self.every == Every.DAY or day.day == min(self.monthday, last)

    def next_after(self, moment: datetime) -> datetime:
        """The first due moment after this one."""
        return next(at for at in self._around(moment, 1) if at > moment)

    def last_before(self, moment: datetime) -> datetime:
        """The last due moment that is not after this one."""
        return next(at for at in self._around(moment, -1) if at <= moment)

    def _around(self, moment: datetime, step: int) -> Iterator[datetime]:
        first = moment.astimezone(UTC).date()
        days = (first + timedelta(days=step * n) for n in range(FARTHEST))
        return (datetime.combine(day, time(self.hour), UTC) for day in days if self.falls_on(day))


def schedule(
    saved: SavedExport, rhythm: Rhythm, *, by: Person, people: Collection[int], days_kept: int, base: str
) -> None:
    """Have it made from now on, in the name of `by`, and a link mailed to these people."""
    now = clock.now()
    row = db.session.get(ExportSchedule, saved.id) or ExportSchedule(saved_id=saved.id)
    row.by_id, row.since, row.next_at = by.id, now, rhythm.next_after(now)
    row.every, row.hour, row.weekday, row.monthday = (
        rhythm.every,
        rhythm.hour,
        rhythm.weekday,
        rhythm.monthday,
    )
    row.days_kept, row.base = days_kept, base
    db.session.add(row)
    db.session.flush()
    db.session.execute(sa.delete(ExportRecipient).where(ExportRecipient.saved_id == saved.id))
    db.session.add_all(ExportRecipient(saved_id=saved.id, person_id=each) for each in sorted(set(people)))
    everybody = sorted(set(people))
    journal.record(ExportScheduled(actor_id=by.id, saved_id=saved.id, every=rhythm.every, people=everybody))


def end(saved: SavedExport, *, by: Person) -> bool:
    """Have it made no more; whether there was a schedule. What was made stays until it expires."""
    db.session.execute(sa.delete(ExportRecipient).where(ExportRecipient.saved_id == saved.id))
    ended = db.session.execute(sa.delete(ExportSchedule).where(ExportSchedule.saved_id == saved.id))
    waiting = ExportFile.try_at.is_not(None)
    db.session.execute(
        sa.update(ExportFile)
        .where(ExportFile.saved_id == saved.id, waiting)
        .values(try_at=None, refused="The schedule was ended.")
    )
    was_there = bool(ended.rowcount)  # type: ignore[attr-defined]
    if was_there:
        journal.record(ExportScheduled(actor_id=by.id, saved_id=saved.id, every="", people=[]))
    return was_there


def expire_files(saved: SavedExport) -> None:
    """What was made expires now; the worker removes it."""
    files = sa.update(ExportFile).where(ExportFile.saved_id == saved.id, ExportFile.removed_at.is_(None))
    db.session.execute(files.where(ExportFile.made_at.is_not(None)).values(expires_at=clock.now()))
