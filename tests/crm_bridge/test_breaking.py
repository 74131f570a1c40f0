"""A CRM that fails is left alone for a while, admins are told once, and nothing is lost."""

from datetime import timedelta

import pytest

from portal import clock
from portal.crm_bridge import breaking, cli, connecting, gateway, marking, queries
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.memory.gateway import SHELF, Memory
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmDirty, CrmLink, Entity
from portal.database import db
from tests.crm_bridge.following import catch_up
from tests.factories import EPOCH

ERRORS = []


class Failing(Memory):
    """Raises what is in ERRORS, one after the other, the last for ever; then works."""

    asked = 0

    def ensure_schema(self, kinds):
        type(self).asked += 1
        if ERRORS:
            raise ERRORS[0] if len(ERRORS) == 1 else ERRORS.pop(0)
        return super().ensure_schema(kinds)


@pytest.fixture
def down(app, monkeypatch, consenting, cast):
    """A connection whose CRM is down, with a person who waits."""
    monkeypatch.setattr("portal.crm_bridge.memory.gateway.Memory", Failing)
    Failing.asked = 0
    ERRORS[:] = [CrmError("No answer", permanent=False)]
    connecting.make_default()
    db.session.add(CrmConnection(name="acme", vendor="memory", settings={"name": "down"}))
    person = consenting()
    catch_up(CrmReader())
    db.session.query(CrmDirty).filter(CrmDirty.connection == DEFAULT).delete()
    marking.mark("acme", Entity.PERSON, [person.id])
    db.session.commit()
    yield
    ERRORS.clear()
    SHELF.pop("down", None)


def row():
    db.session.expire_all()
    found = db.session.get_one(CrmConnection, "acme")
    db.session.rollback()
    return found


def worker(settings, minutes, start=EPOCH):
    """Let the worker try once each minute."""
    for minute in range(minutes):
        with clock.at(start + timedelta(minutes=minute)):
            cli.push_waiting(settings, lambda: False)


def letters(settings):
    return [path.read_text() for path in sorted((settings.folder / "mail").glob("*.eml"))]


def test_after_five_failures_it_rests_and_then_tries_again(settings, down, cast, rows):
    worker(settings, 4)
    assert (row().failures, row().opened_at, letters(settings)) == (4, None, [])
    worker(settings, 6, EPOCH + timedelta(minutes=4))
    opened = row()
    assert Failing.asked == 6
    assert opened.opened_at == EPOCH + timedelta(minutes=4)
    assert opened.not_before == EPOCH + timedelta(minutes=9 + 10)
    [letter] = letters(settings)
    assert cast.admin.email in letter
    assert "The CRM connection acme stopped" in letter
    assert rows(CrmDirty, connection="acme") == 1
    ERRORS.clear()
    worker(settings, 1, EPOCH + timedelta(minutes=30))
    closed = row()
    assert (closed.failures, closed.opened_at, closed.not_before) == (0, None, None)
    assert rows(CrmLink, connection="acme", state="done") == 1
    assert rows(CrmDirty, connection="acme") == 0


def test_who_is_not_known_is_not_tried_five_times(settings, down):
    ERRORS[:] = [CrmError("Bad token", permanent=False, auth=True)]
    worker(settings, 4)
    assert (Failing.asked, len(letters(settings))) == (1, 1)
    assert row().not_before == EPOCH + breaking.FIRST_WAIT


def test_a_limit_is_waited_for_and_is_no_failure_for_long(settings, down, rows):
    until = EPOCH + timedelta(hours=3)
    ERRORS[:] = [CrmError("Used up", permanent=False, retry_at=until)]
    worker(settings, 100)
    assert (Failing.asked, row().opened_at, row().not_before) == (1, None, until)
    ERRORS.clear()
    worker(settings, 1, until)
    assert rows(CrmLink, connection="acme", state="done") == 1


def test_six_hours_down_and_the_backlog_drains_in_one_run(settings, down, make, consenting, rows):
    with make.in_one_transaction():
        more = [consenting().id for _ in range(150)]
    with clock.at(EPOCH - timedelta(minutes=1)):
        marking.mark("acme", Entity.PERSON, more)
    db.session.commit()
    worker(settings, 6 * 60)
    # Five tries, then after 5, 10, 20, 40 and each 60 minutes.
    assert Failing.asked <= 15
    # Since when it lags is known all the while, and admins were told once.
    assert queries.state("acme").oldest_at == EPOCH - timedelta(minutes=1)
    db.session.rollback()
    assert len(letters(settings)) == 1
    ERRORS.clear()
    worker(settings, 1, EPOCH + timedelta(hours=7, minutes=30))
    assert rows(CrmLink, connection="acme", state="done") == 151
    assert rows(CrmDirty, connection="acme") == 0


def test_the_page_says_so_and_a_push_by_hand_does_not_wait(settings, down, as_, cast, rows):
    worker(settings, 5)
    pm, ada = as_(cast.product_manager), as_(cast.admin)
    with clock.at(EPOCH + timedelta(minutes=6)):
        page = pm.get("/crm/connections/acme").get_data(as_text=True)
        assert "The connection stopped" in page
        assert "The CRM did not take it: No answer. Since " in page
        assert "Download CSV" not in page
        assert ada.post("/crm/connections/acme/jobs", data={"act": "push"}).status_code == 303
    ERRORS.clear()
    worker(settings, 1, EPOCH + timedelta(minutes=7))
    assert rows(CrmLink, connection="acme", state="done") == 1
    assert "The connection stopped" not in pm.get("/crm/connections/acme").get_data(as_text=True)


def test_a_push_that_got_something_through_is_no_row_of_failures(app):
    connecting.make_default()
    for _ in range(9):
        assert not breaking.failed(DEFAULT, CrmError("Locked", permanent=False), wrote=True)
    assert gateway.GATEWAYS
    assert db.session.get_one(CrmConnection, DEFAULT).failures == 1
