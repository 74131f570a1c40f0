"""Pairs: what is new is looked for once, staff merge or dismiss, and what is decided stays so."""

import pytest

from portal.database import db
from portal.errors import NotAllowed
from portal.ideas.submitting import submit
from portal.search.pairs import cli, pairing
from portal.search.pairs.models import Pair, Unpaired
from tests.ideas.reading import shown


@pytest.fixture
def two(make, cast, catch_up, app):
    """Two ideas that say the same, found by the worker."""
    board = make.board(name="Mobile")
    for title in ("Export the calendar to a file", "Calendar export to a file", "Dark colours at night"):
        submit(board=board, by=cast.customer, title=title, body="Please.")
    catch_up()
    found = cli.look(app.extensions["search"])
    return found, db.session.query(Pair).one()


def test_the_worker_finds_a_pair_once(two, app, rows):
    found, pair = two
    assert (found, pair.outcome, rows(Unpaired)) == (1, None, 0)
    pairing.keep(pair.other_id, {pair.one_id: 0.9})
    assert rows(Pair) == 1


def test_staff_merge_from_the_list(two, as_, cast, rows):
    browser = as_(cast.moderator)
    assert "Calendar export to a file" in shown(browser.get("/ideas/pairs/"))
    assert browser.put(f"/ideas/pairs/{two[1].id}/merging").status_code == 303
    pair = db.session.get(Pair, two[1].id)
    assert (pair.outcome, pair.decided_by_id) == ("merged", cast.moderator.id)
    assert "Nothing to merge" in shown(browser.get("/ideas/pairs/"))
    assert browser.put(f"/ideas/pairs/{pair.id}/merging").status_code == 303


def test_what_is_dismissed_stays_dismissed(two, as_, cast, catch_up, app):
    browser = as_(cast.product_manager)
    assert browser.put(f"/ideas/pairs/{two[1].id}/dismissal").status_code == 303
    db.session.add(Unpaired(idea_id=two[1].other_id))
    db.session.commit()
    assert cli.look(app.extensions["search"]) == 0
    assert "Nothing to merge" in shown(browser.get("/ideas/pairs/"))
    assert db.session.get(Pair, two[1].id).decided_by_id == cast.product_manager.id


def test_customers_decide_nothing(two, cast):
    with pytest.raises(NotAllowed):
        pairing.dismiss(two[1], by=cast.customer)
