"""Saying for whom a board is: explained first, saved then."""

import re

import pytest

from portal.activity.models import Entry
from portal.admin.audiences.queries import Chosen, chosen_for
from portal.database import db
from portal.ideas.models import Admission, Audience
from portal.ideas.submitting import submit

OPEN = {"audience": "public", "who_posts": "everyone", "who_votes": "everyone", "who_comments": "everyone"}


@pytest.fixture
def desk(as_, cast):
    return as_(cast.admin)


@pytest.fixture
def board(make, cast):
    board = make.board(name="Prices")
    idea = submit(board=board, by=cast.other_customer, title="Rebates", body="Please")
    make.comment(idea)
    return board


def put(desk, board, **data):
    return desk.post(f"/admin/boards/{board.id}/audience", data=OPEN | {"_method": "put"} | data)


def agreed(answer):
    return re.search(r'name="agreed"[^>]*value="([0-9a-f]+)"', answer.text).group(1)


def test_closing_a_board_is_explained_and_then_done(desk, board, cast, make):
    make.person(company=cast.company)
    make.person(confirmed_at=None)
    wanted = {"audience": "companies", "companies": "northwind utilities\n\nNorthwind  Utilities"}
    answer = put(desk, board, **wanted)
    assert answer.status_code == 422
    for sentence in (
        "Nothing is saved yet",
        "1 idea and 1 comment",
        "hidden from everybody who has not signed in",
        "2 customers no longer see it",
        "1 of them wrote or voted there",
        "2 customers see the board",
    ):
        assert sentence in answer.text
    assert board.audience == Audience.PUBLIC
    assert put(desk, board, **wanted, agreed=agreed(answer)).status_code == 303
    assert (board.audience, chosen_for(board)) == ("companies", Chosen(frozenset({cast.company.id})))
    entry = db.session.query(Entry).filter_by(kind="board_changed").one()
    assert entry.data["fields"] == ["audience", "chosen"]
    assert "For the chosen companies" in desk.get("/admin/boards").text
    assert "Northwind Utilities" in desk.get(f"/admin/boards/{board.id}/audience").text


def test_an_explanation_that_grew_old_is_given_anew(desk, board, cast, make):
    answer = put(desk, board, audience="staff")
    make.person()
    again = put(desk, board, audience="staff", agreed=agreed(answer))
    assert (again.status_code, board.audience) == (422, "public")
    assert put(desk, board, audience="staff", agreed=agreed(again)).status_code == 303


def test_opening_names_strangers_and_search_engines(desk, board):
    board.audience, board.own_only = Audience.STAFF, True
    answer = put(desk, board)
    for sentence in ("will see it, with everything in it", "search engines too", "believing that only staff"):
        assert sentence in answer.text


def test_what_changes_nobodys_view_is_saved_at_once(desk, board):
    assert put(desk, board, who_posts="staff", tiers="enterprise").status_code == 303
    assert (board.who_posts, chosen_for(board).tiers) == ("staff", {"enterprise"})
    assert put(desk, board, who_posts="staff").status_code == 303
    assert not chosen_for(board)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"audience": "companies"}, "Choose at least one company"),
        ({"audience": "companies", "companies": "Nobody\nElse"}, "There is no company called Nobody, Else"),
        ({"audience": "moon"}, "Not a valid choice"),
        ({"who_votes": "moon"}, "Not a valid choice"),
        ({"tiers": "moon"}, "not a valid choice"),
        ({"companies": "x" * 20_001}, "at most 20,000"),
    ],
)
def test_what_is_wrong_is_said(desk, board, data, says):
    answer = put(desk, board, **data)
    assert answer.status_code == 422
    assert says.lower() in answer.text.lower()
    assert board.audience == Audience.PUBLIC


def test_a_choice_that_no_company_has_any_more_can_be_taken_away(desk, board):
    db.session.add(Admission(board_id=board.id, segment="Whalers"))
    db.session.commit()
    assert "Whalers" in desk.get(f"/admin/boards/{board.id}/audience").text


def test_an_unknown_board_is_not_found(desk):
    assert desk.get("/admin/boards/4711/audience").status_code == 404
