"""Who wanted a quiet idea is asked whether they still do, once, and never about many on a day."""

from datetime import timedelta

from portal import clock
from portal.activity.models import Entry
from portal.admin.rules.queries import quiet_ideas
from portal.database import db
from portal.ideas.inquiries.cli import ask_and_close
from portal.ideas.inquiring import asking
from portal.ideas.inquiring.models import Inquiry
from portal.ideas.models import StatusChange
from portal.notifications import following
from portal.notifications.models import Notice
from portal.voting import casting
from tests.factories import EPOCH
from tests.ideas.inquiring.looking import NOW, asked, audited, look, tell
from tests.ideas.reading import shown
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


def test_whoever_is_against_it_has_nothing_to_say_and_is_not_asked(make, cast, as_, catch_up):
    """Neither by a notice nor on a page, though they follow it by their vote; nor are they counted beforehand."""
    board = make.board(quiet_months=12, votes_against=True)
    quiet = make.idea(board=board, author=cast.customer, title="Fax reports")
    with clock.at(EPOCH + timedelta(days=3)):
        casting.cast(quiet, by=cast.other_customer, value=-1)
        casting.cast(quiet, by=make.person())
        following.follow(quiet, by=cast.other_customer)
    db.session.commit()
    me, path = as_(cast.other_customer), f"/ideas/{quiet.id}"
    with clock.at(NOW):
        assert quiet_ideas(board, 12) == (1, 2)
    look()
    told = {each.person_id for each in db.session.query(Notice).filter_by(kind="inquiry")}
    assert len(told) == 2
    assert cast.other_customer.id not in told
    assert "Yes, I still want it" not in shown(me.get(path))
    assert "Do you still want this?" in shown(as_(cast.customer).get("/ideas/?mine=written"))
    assert me.put(f"{path}/still-wanted", data={"says": "no"}).status_code == 403
    casting.cast(quiet, by=cast.customer, value=-1)
    db.session.commit()
    assert "Do you still want this?" not in shown(as_(cast.customer).get("/ideas/?mine=written"))
    assert asked(quiet) == [None]


def test_everybody_has_all_days_from_when_they_were_really_told(make, cast, board, quiet):
    """The one who asks runs, the one who tells people stood still for the whole time."""
    with clock.at(NOW):
        assert ask_and_close() == (1, 0)
    late = NOW + timedelta(days=40)
    with clock.at(late):
        assert ask_and_close() == (0, 0)
        tell()
        assert ask_and_close() == (0, 0)
    assert {each.what for each in db.session.query(Notice).filter_by(kind="inquiry")} == {"2027-08-10"}
    assert look(late + timedelta(days=30) - timedelta(seconds=1)) == (0, 0)
    assert look(late + timedelta(days=30)) == (0, 1)
    reason = db.session.query(StatusChange).one().reason
    assert reason.endswith("within 30 days nobody said that they still want it.")


def test_nobody_is_told_late_of_what_is_not_asked_any_more(make, cast, board, quiet):
    with clock.at(NOW):
        ask_and_close()
    with clock.at(NOW + timedelta(days=1)):
        casting.cast(quiet, by=make.person())
        tell()
    assert db.session.query(Notice).filter_by(kind="inquiry").count() == 0


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
