"""Of what a CRM grants a day, a share is left to others; no restart and no second process takes more."""

import itertools
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from portal import clock
from portal.crm_bridge import connecting
from portal.crm_bridge.budgeting import Purse
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.models import DEFAULT, CrmConnection
from portal.database import db
from tests.factories import EPOCH


@pytest.fixture(autouse=True)
def connection(app):
    connecting.make_default()
    db.session.commit()


def used():
    row = db.session.get_one(CrmConnection, DEFAULT, populate_existing=True)
    found = row.calls_on, row.calls_used
    db.session.rollback()
    return found


def calls_until_no_more(purse):
    for number in itertools.count():
        try:
            purse.spend()
        except CrmError as error:
            return number, error
    raise AssertionError


def test_nine_tenths_of_the_day_are_ours_and_then_it_waits_for_the_next():
    with clock.at(EPOCH + timedelta(hours=9)):
        made, error = calls_until_no_more(Purse(DEFAULT, per_day=105))
        assert (made, str(error)) == (94, "94 calls were made today; 90 % of 105 are ours")
        assert error.retry_at == datetime(2026, 1, 2, tzinfo=UTC)
        assert not error.permanent
        assert calls_until_no_more(Purse(DEFAULT, per_day=105))[0] == 0
    with clock.at(EPOCH + timedelta(days=1)):
        assert calls_until_no_more(Purse(DEFAULT, per_day=105))[0] == 94


def test_what_was_not_used_is_put_back_and_a_kill_never_gives_more():
    with clock.at(EPOCH):
        tidy, killed = Purse(DEFAULT, per_day=100), Purse(DEFAULT, per_day=100)
        for _ in range(3):
            tidy.spend()
            killed.spend()
        tidy.settle()
        assert used() == ("2026-01-01", 13)
        assert calls_until_no_more(Purse(DEFAULT, per_day=100))[0] == 77


def test_what_the_crm_says_counts_more_than_what_we_know():
    with clock.at(EPOCH):
        purse = Purse(DEFAULT)
        purse.spend()
        purse.hear(899, 1_000)
        purse.spend()
        purse.hear(900, 1_000)
        made, error = calls_until_no_more(purse)
        assert (made, "90 % of 1,000 are ours" in str(error)) == (0, True)
        purse.settle()
        assert calls_until_no_more(Purse(DEFAULT))[0] == 0
        assert used() == ("2026-01-01", 900)


def test_two_at_once_take_no_more_than_one(app):
    made = []

    def spend():
        with app.app_context(), clock.at(EPOCH):
            made.append(calls_until_no_more(Purse(DEFAULT, per_day=400))[0])

    threads = [Thread(target=spend) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(made) == 360
