"""What tests of notices may ask for."""

import pytest

from portal.activity import queries, reading
from portal.database import db
from portal.notifications.noticing import NoticeReader
from tests import waiting


@pytest.fixture
def tell_now(app):
    """`tell_now()` commits, and lets people be told as far as the reader goes."""

    def read():
        waiting.until_all_can_be_read()
        reading.catch_up(NoticeReader())
        assert not queries.lag(["notices"])[0].failure
        db.session.rollback()

    return read
