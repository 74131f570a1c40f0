"""Sessions: a token in the cookie, its hash in the database, and an end that counts at once."""

from datetime import timedelta

import pytest

from portal import clock
from portal.accounts import queries, signing_in
from portal.accounts.models import SignInSession
from portal.database import db
from tests.factories import EPOCH


@pytest.fixture
def token(cast):
    made = signing_in.begin(cast.customer, browser="Browser " * 50)
    db.session.commit()
    return made


def test_the_token_is_not_stored(token):
    kept = db.session.query(SignInSession).one()
    assert token not in kept.token_hash
    assert len(kept.token_hash) == 64
    assert len(kept.browser) == 200


def test_one_query_finds_person_and_session(token, cast, at_most):
    with at_most(queries=1):
        person, visit = queries.signed_in(token)
        assert person.name == "Ines Duarte"
    assert visit.id == db.session.query(SignInSession).filter_by(person_id=person.id).one().id


@pytest.mark.parametrize("wrong", ["", "x", "é" * 300])
def test_a_wrong_token_is_nobody(token, wrong):
    assert queries.signed_in(wrong) is None


def test_an_ended_session_is_nobody(token, cast):
    session = db.session.query(SignInSession).one()
    assert not signing_in.end(cast.other_customer, session.id)
    assert queries.signed_in(token)
    assert signing_in.end(cast.customer, session.id)
    assert not signing_in.end(cast.customer, session.id)
    assert queries.signed_in(token) is None


def test_a_closed_account_is_nobody(token, cast):
    cast.customer.active = False
    db.session.commit()
    assert queries.signed_in(token) is None


def test_a_session_ends_by_itself_and_is_forgotten(token, cast, rows):
    with clock.at(clock.now() + timedelta(days=31)):
        assert queries.signed_in(token) is None
        signing_in.begin(cast.customer, browser="")
        assert rows(SignInSession) == 1


def test_all_but_one_are_ended(token, cast):
    other = signing_in.begin(cast.customer, browser="")
    foreign = signing_in.begin(cast.other_customer, browser="")
    assert signing_in.end_all(cast.customer, but=other) == 1
    assert queries.signed_in(token) is None
    assert queries.signed_in(other)
    assert queries.signed_in(foreign)


def test_a_visit_is_noted_at_most_once_in_some_minutes(token, cast):
    _, visit = queries.signed_in(token)
    assert not signing_in.is_worth_noting(visit)
    assert not signing_in.touch(visit)
    with clock.at(clock.now() + timedelta(minutes=6)) as later:
        assert signing_in.is_worth_noting(visit)
        assert signing_in.touch(visit)
        assert not signing_in.touch(visit)
        db.session.commit()
        assert db.session.query(SignInSession).one().last_seen_at == later
        assert cast.customer.last_active_at == later
        assert cast.other_customer.last_active_at != later


def test_a_vote_within_those_minutes_writes_no_visit(as_, cast, make, at_most):
    idea, browser = make.idea(), as_(cast.customer)
    with at_most(queries=40) as seen:
        assert browser.put(f"/ideas/{idea.id}/vote").status_code == 303
    assert not [each for each in seen if each.startswith("UPDATE sign_in_session")]


def test_reading_writes_nothing(as_, cast):
    browser = as_(cast.customer)
    db.session.query(SignInSession).update({"last_seen_at": EPOCH})
    browser.get("/account/")
    assert db.session.query(SignInSession).one().last_seen_at == EPOCH
