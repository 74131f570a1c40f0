"""A quiet idea that cannot be closed keeps no other waiting: it is noted for staff and tried again, later each time."""

from datetime import timedelta

import pytest

from portal.database import db
from portal.ideas import deciding
from portal.ideas.inquiring import queries
from portal.ideas.inquiring.models import Inquiry, InquiryLook
from tests.ideas.inquiring.looking import NOW, asked, look
from tests.ideas.reading import shown


@pytest.fixture
def board(make):
    return make.board(name="Field", quiet_months=12, quiet_days=30)


@pytest.fixture
def three(make, board):
    """Quiet ideas, and people are asked about all of them."""
    ideas = [make.idea(board=board, title=f"Fax {n}") for n in range(3)]
    assert look() == (3, 0)
    return ideas


def failing(monkeypatch, module, name, *, on):
    """This step of the work fails for the ideas or boards with these ids."""
    usual = getattr(module, name)

    def act(what, *args, **more):
        if getattr(what, "id", what) in on:
            raise ZeroDivisionError("of <unforeseen>")
        return usual(what, *args, **more)

    monkeypatch.setattr(module, name, act)


def test_what_cannot_be_closed_is_passed_over_and_tried_again(as_, cast, three, monkeypatch):
    broken = {three[0].id}
    failing(monkeypatch, deciding, "move", on=broken)
    due = NOW + timedelta(days=30)
    assert look(due) == (0, 2)
    assert [asked(each) for each in three] == [[None], ["closed"], ["closed"]]
    assert three[0].status == "open"
    page = shown(as_(cast.admin).get("/admin/health"))
    assert "Closing a quiet idea: Fax 0" in page
    assert "ZeroDivisionError: of <unforeseen>" in page
    waits = []
    for _ in range(12):
        inquiry = db.session.query(Inquiry).filter_by(idea_id=three[0].id).one()
        waits.append(inquiry.try_at - due)
        assert look(inquiry.try_at - timedelta(seconds=1)) == (0, 0)
        due = inquiry.try_at
        assert look(due) == (0, 0)
    assert waits[:3] == [timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=8)]
    assert max(waits) == timedelta(days=1)
    broken.clear()
    assert look(due + timedelta(days=1)) == (0, 1)
    assert (three[0].status, asked(three[0])) == ("declined", ["closed"])
    assert "tried again" not in shown(as_(cast.admin).get("/admin/health"))


def test_a_board_on_which_people_cannot_be_asked_keeps_no_other_waiting(as_, cast, make, board, monkeypatch):
    here, there = make.idea(board=board), make.idea(board=make.board(quiet_months=12))
    broken = {board.id}
    failing(monkeypatch, queries, "asked_since", on=broken)
    assert look() == (1, 0)
    assert (asked(here), asked(there)) == ([], [None])
    assert "Asking about quiet ideas: Field" in shown(as_(cast.admin).get("/admin/health"))
    broken.clear()
    assert look(NOW + timedelta(minutes=1)) == (0, 0)
    assert look(NOW + timedelta(minutes=2)) == (1, 0)
    looked = db.session.get(InquiryLook, board.id)
    assert (looked.tries, looked.try_at, looked.failure) == (0, None, None)
    assert "Asking about" not in shown(as_(cast.admin).get("/admin/health"))
