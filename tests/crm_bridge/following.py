"""Letting a reader read all there is, also while other test processes have transactions open."""

import threading
import time

from portal.activity import queries, reading
from portal.database import db


def catch_up(reader):
    """On PostgreSQL an entry is readable once every older transaction of the server has ended: wait for them."""
    db.session.commit()
    patience = time.monotonic() + 30
    while queries.held_back() and time.monotonic() < patience:
        db.session.rollback()
        threading.Event().wait(0.01)
    return reading.catch_up(reader)
