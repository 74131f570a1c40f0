"""What the worker does each minute: send what is marked, for a while."""

import pytest

from portal.activity.reading import readers
from portal.crm_bridge import cli, connecting, leasing, marking
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmDirty, CrmLink, Entity
from portal.database import db
from tests.crm_bridge.following import catch_up


def go_on():
    return False


@pytest.fixture
def marked(app, store, make, consenting, vote):
    """A person whose record waits."""
    person = consenting()
    vote(person, make.idea())
    catch_up(CrmReader())
    return person


def test_the_reader_is_registered(app):
    assert "crm" in readers.names()


def test_it_sends_what_is_marked(settings, marked, rows):
    cli.push_waiting(settings, go_on)
    assert rows(CrmLink, state="done") == 2
    assert rows(CrmDirty) == 0


def test_it_stops_when_it_should_and_the_rest_waits(settings, marked, rows):
    cli.push_waiting(settings, lambda: True)
    assert rows(CrmLink) == 0
    assert rows(CrmDirty) > 0
    assert db.session.get_one(CrmConnection, DEFAULT).lease_holder is None
    db.session.rollback()
    cli.push_waiting(settings, go_on)
    assert rows(CrmDirty) == 0


def test_it_leaves_a_paused_connection_alone(settings, marked, rows):
    db.session.get_one(CrmConnection, DEFAULT).paused = True
    db.session.commit()
    cli.push_waiting(settings, go_on)
    assert rows(CrmLink) == 0
    assert rows(CrmDirty) > 0


def test_while_somebody_else_pushes_it_waits_for_the_next_minute(settings, marked, rows, caplog):
    leasing.take(DEFAULT)
    db.session.commit()
    cli.push_waiting(settings, go_on)
    assert "Another push is under way" in caplog.text
    assert rows(CrmLink) == 0


def test_one_connection_that_fails_does_not_hold_up_the_others(settings, marked, rows, tmp_path):
    (tmp_path / "folder").mkdir()
    connecting.make_default()
    good, bad = str(tmp_path / "good.sqlite"), str(tmp_path / "folder")
    for name, path in (("a bad one", bad), ("z good one", good)):
        db.session.add(CrmConnection(name=name, vendor="embedded", settings={"path": path}))
    db.session.commit()
    for name in ("a bad one", "z good one"):
        marking.mark(name, Entity.PERSON, [marked.id])
    db.session.commit()
    cli.push_waiting(settings, go_on)
    assert rows(CrmLink, connection="z good one") == 2
    assert rows(CrmLink, connection="a bad one") == 0
    assert "unable to open" in db.session.get_one(CrmConnection, "a bad one").failure
