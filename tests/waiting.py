"""Waiting for the open transactions of other test processes, which share a PostgreSQL server with this one."""

import threading
import time

from portal.activity import queries
from portal.database import db

PATIENCE = 30
"""Seconds; nobody's transaction is open for longer."""


def until_all_can_be_read() -> None:
    """Commit, and return once every entry of the journal can be read.

    On PostgreSQL an entry is readable when every older transaction of the server has ended. What once was
    readable stays so.
    """
    db.session.commit()
    end = time.monotonic() + PATIENCE
    while queries.held_back() and time.monotonic() < end:
        db.session.rollback()
        threading.Event().wait(0.01)
    db.session.rollback()
