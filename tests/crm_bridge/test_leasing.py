"""One pushes at a time; who is dead or silent holds nobody up."""

import os
from datetime import timedelta

import pytest

from portal import clock
from portal.crm_bridge import connecting, leasing
from portal.crm_bridge.models import DEFAULT, CrmConnection
from portal.database import db
from portal.errors import Conflict
from tests.factories import EPOCH

OF_NOBODY = 2**22 + 7
"""A process number beyond what Linux gives out."""


@pytest.fixture
def held_by(app):
    """Puts the lease into somebody's hands, until two minutes after EPOCH."""

    def put(holder):
        connecting.make_default()
        row = db.session.get_one(CrmConnection, DEFAULT)
        row.lease_holder, row.lease_until = holder, EPOCH + leasing.LASTS
        db.session.commit()

    return put


def test_there_is_one_holder(app):
    holder = leasing.take(DEFAULT)
    with pytest.raises(Conflict, match="Another push is under way"):
        leasing.take(DEFAULT)
    leasing.give_back(DEFAULT, holder)
    assert leasing.take(DEFAULT) != holder


def test_a_holder_on_another_machine_is_waited_for(held_by):
    held_by("elsewhere 1 7 abc")
    with clock.at(EPOCH + timedelta(seconds=119)), pytest.raises(Conflict):
        leasing.take(DEFAULT)
    with clock.at(EPOCH + timedelta(seconds=121)):
        assert leasing.take(DEFAULT)


def test_a_holder_of_this_machine_that_is_dead_is_replaced_at_once(held_by):
    held_by(f"{leasing._machine()} {OF_NOBODY} 7 abc")
    with clock.at(EPOCH):
        assert leasing.take(DEFAULT)


def test_a_process_that_got_the_number_of_a_dead_one_is_not_taken_for_it(held_by):
    held_by(f"{leasing._machine()} {os.getpid()} 7 abc")
    with clock.at(EPOCH):
        assert leasing.take(DEFAULT)


def test_a_holder_of_this_machine_that_lives_is_waited_for(held_by):
    me = os.getpid()
    held_by(f"{leasing._machine()} {me} {leasing._began(me)} abc")
    with clock.at(EPOCH), pytest.raises(Conflict):
        leasing.take(DEFAULT)


def test_who_lost_the_lease_is_told_so_before_the_next_call(app):
    with clock.at(EPOCH):
        first = leasing.take(DEFAULT)
    with clock.at(EPOCH + leasing.LASTS * 2):
        held = db.session.get_one(CrmConnection, DEFAULT)
        held.lease_holder = "elsewhere 1 7 abc"
        db.session.flush()
        with pytest.raises(Conflict, match="took over"):
            leasing.keep(DEFAULT, first)


def test_giving_back_what_is_somebody_elses_changes_nothing(held_by):
    held_by("elsewhere 1 7 abc")
    leasing.give_back(DEFAULT, "me 1 7 abc")
    assert db.session.get_one(CrmConnection, DEFAULT).lease_holder == "elsewhere 1 7 abc"


def test_the_numbers_of_calls_only_grow(app):
    with clock.at(EPOCH):
        holder = leasing.take(DEFAULT)
        first, second = leasing.keep(DEFAULT, holder), leasing.keep(DEFAULT, holder)
    with clock.at(EPOCH - timedelta(days=9)):
        third = leasing.keep(DEFAULT, holder)
    assert first < second < third


def test_the_numbers_go_on_when_the_database_was_put_back(app):
    holder = leasing.take(DEFAULT)
    before = leasing.keep(DEFAULT, holder)
    db.session.get_one(CrmConnection, DEFAULT).seq = 0
    db.session.flush()
    with clock.at(clock.now() + timedelta(seconds=1)):
        assert leasing.keep(DEFAULT, holder) > before
