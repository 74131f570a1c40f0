"""After a restore into another PostgreSQL cluster: the numbers of old transactions move below all new ones."""

import sqlalchemy as sa

from portal.activity import queries
from portal.activity.models import Entry, ReaderPosition
from portal.database import db
from portal.errors import Conflict


def rebase() -> int:
    """Move the transaction numbers of all entries and positions below zero, in their order.

    Readers go on where they were: nothing is read twice and nothing is left out. Returns the number of
    entries moved. Raises Conflict where the numbers are this cluster's own.
    """
    if not queries.is_from_another_cluster():
        raise Conflict("The journal belongs to this database; there is nothing to rebase.")
    db.session.execute(sa.text("LOCK TABLE entry, reader_position IN EXCLUSIVE MODE"))
    db.session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    highest = max(
        db.session.scalar(sa.select(sa.func.max(table.xid))) or 0 for table in (Entry, ReaderPosition)
    )
    begun = ReaderPosition.xid > queries.START
    db.session.execute(
        sa.update(ReaderPosition).where(begun).values(xid=ReaderPosition.xid - highest - 1),
        execution_options={"synchronize_session": False},
    )
    moved = db.session.execute(
        sa.update(Entry).values(xid=Entry.xid - highest - 1),
        execution_options={"synchronize_session": False},
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]
