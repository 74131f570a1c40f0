"""What tests of notices may ask for."""

import threading
import time

import pytest

from portal.activity import queries, reading
from portal.database import db
from portal.notifications.noticing import NoticeReader


@pytest.fixture
def tell_now(app):
    """`tell_now()` commits, and lets people be told as far as the reader goes."""

    def read():
        db.session.commit()
        patience = time.monotonic() + 30
        while queries.held_back() and time.monotonic() < patience:
            db.session.rollback()
            threading.Event().wait(0.01)
        reading.catch_up(NoticeReader())
        assert not queries.lag(["notices"])[0].failure
        db.session.rollback()

    return read
