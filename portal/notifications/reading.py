"""Reading notices: one, or all up to one that was on the page, so that newer ones stay unread."""

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.database import db
from portal.notifications.models import Notice


def read(notice: Notice) -> None:
    """The person read it. Reading it again changes nothing."""
    notice.read_at = notice.read_at or clock.now()


def read_up_to(notice: Notice, *, by: Person) -> None:
    """The person read this one and everything older."""
    older = sa.update(Notice).where(
        Notice.person_id == by.id, Notice.id <= notice.id, Notice.read_at.is_(None)
    )
    db.session.execute(older.values(read_at=clock.now()), execution_options={"synchronize_session": False})
