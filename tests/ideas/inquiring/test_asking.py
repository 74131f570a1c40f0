"""Who wanted a quiet idea is asked whether they still do, once, and never about many on a day."""

from datetime import timedelta

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.ideas.inquiries.cli import ask_and_close
from portal.ideas.inquiring import asking
from portal.ideas.inquiring.models import Inquiry
from portal.ideas.models import StatusChange
from portal.notifications import following
from portal.notifications.models import Notice
from tests.factories import EPOCH
from tests.ideas.inquiring.looking import NOW, audited, look
from tests.voting.test_concurrency import in_parallel


def test_who_wanted_it_is_asked_once(make, cast, board, quiet, catch_up):
    follower = make.person()
    with clock.at(EPOCH + timedelta(days=9)):
        following.follow(quiet, by=follower)
    assert look() == (1, 0)
    assert look(NOW + timedelta(hours=1)) == look(NOW + timedelta(days=20)) == (0, 0)
    catch_up()
    told = db.session.query(Notice).filter_by(kind="inquiry").all()
    assert {each.person_id for each in told} == {cast.customer.id, cast.other_customer.id, follower.id}
    assert {each.what for each in told} == {"2027-07-01"}
    opened = db.session.query(Entry).filter_by(kind="inquiry_opened").one()
    assert (opened.actor_id, opened.data["idea_id"], opened.data["until"]) == (None, quiet.id, "2027-07-01")


def test_a_huge_board_never_makes_a_flood(app, make, board, monkeypatch):
    """A few each day, in transactions of their own; whoever is killed goes on, and two at once ask once."""
    monkeypatch.setattr(asking, "MOST", 7)
    monkeypatch.setattr(asking, "BATCH", 3)
    author = make.person()
    ids = [make.idea(board=board, author=author).id for _ in range(20)]
    with clock.at(NOW):
        turns = iter([False, False, True])
        assert ask_and_close(lambda: next(turns)) == (3, 0)
        db.session.rollback()
        in_parallel(app, [lambda: _at(NOW)] * 3)
    assert db.session.query(Inquiry).count() == 7
    assert look(NOW + timedelta(hours=5)) == (0, 0)
    assert [look(NOW + timedelta(days=n))[0] for n in (1, 2, 3)] == [7, 6, 0]
    rows = db.session.query(Inquiry).order_by(Inquiry.id)
    assert [each.idea_id for each in rows] == ids
    in_parallel(app, [lambda: _at(NOW + timedelta(days=40))] * 3)
    assert db.session.query(StatusChange).count() == 20
    assert audited() == []


def _at(moment):
    with clock.at(moment):
        return ask_and_close()
