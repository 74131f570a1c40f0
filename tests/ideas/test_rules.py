"""What the rules of a board show and hide where one votes."""

from datetime import timedelta

import pytest

from portal import clock
from portal.database import db
from portal.voting import casting


@pytest.fixture
def board(make):
    return make.board(name="Mobile", vote_budget=3, most_per_idea=2, importance=True)


@pytest.fixture
def veiled(make, cast):
    """Two ideas on a board that hides its counts; the older has more votes."""
    board = make.board(name="Veiled", counts_hidden="until_voted")
    liked, other = make.idea(board=board, title="Liked much"), make.idea(board=board, title="Liked by one")
    for person in (cast.moderator, cast.admin, cast.product_manager):
        casting.cast(liked, by=person)
    casting.cast(other, by=cast.moderator)
    db.session.commit()
    return board, liked, other


def test_one_votes_with_several_votes_and_importance(make, cast, as_, board):
    idea = make.idea(board=board)
    browser = as_(cast.customer)
    path = f"/ideas/{idea.id}"
    assert "3 of 3 votes left" in browser.get(path).text
    assert browser.put(f"{path}/vote", data={"weight": "2", "importance": "3"}).status_code == 303
    page = browser.get(path).text
    assert "1 of 3 votes left" in page
    assert '<option value="3" selected>Critical' in page
    assert "2 votes of 1 person" in page
    answer = browser.htmx("PUT", f"{path}/vote", data={"weight": "1"})
    assert f'id="balance-board-{board.id}"' in answer.text
    assert "2 of 3 votes left" in answer.text


def test_too_many_votes_are_refused_with_what_to_take_back(make, cast, as_, board):
    first, second = make.idea(board=board, title="Maps"), make.idea(board=board)
    browser = as_(cast.customer)
    browser.put(f"/ideas/{first.id}/vote", data={"weight": "2"})
    refused = browser.put(f"/ideas/{second.id}/vote", data={"weight": "2"})
    assert refused.status_code == 409
    assert "1 of 3 votes left" in refused.text
    assert "“Maps” (2)" in refused.text
    for nonsense in ({"weight": "9"}, {"weight": "x"}, {"importance": "4"}):
        assert browser.put(f"/ideas/{second.id}/vote", data=nonsense).status_code == 400


def test_neither_number_nor_order_tells_a_hidden_count(as_, cast, veiled):
    board, liked, _other = veiled
    for person in (None, cast.customer):
        browser = as_(person)
        for sort in ("hot", "top", "new"):
            page = browser.get(f"/ideas/?board={board.id}&sort={sort}").text
            assert page.index("Liked by one") < page.index("Liked much")
            assert "<b>3</b>" not in page
            assert "sort=top" not in page
        for path in ("/ideas/", "/ideas/?sort=top", "/", "/search/"):
            assert "Liked much" not in browser.get(path, follow_redirects=True).text
        assert "<b>3</b>" not in browser.get(f"/ideas/{liked.id}").text
    page = as_(cast.product_manager).get(f"/ideas/?board={board.id}&sort=top").text
    assert page.index("Liked much") < page.index("Liked by one")
    assert "<b>3</b>" in page


def test_who_voted_sees_the_count(as_, cast, veiled):
    _, liked, _ = veiled
    browser = as_(cast.customer)
    assert "<b>4</b>" in browser.htmx("PUT", f"/ideas/{liked.id}/vote").text
    assert "<b>4</b>" in browser.get(f"/ideas/{liked.id}").text
    assert "<b>3</b>" not in browser.htmx("DELETE", f"/ideas/{liked.id}/vote").text


def test_counts_are_hidden_for_the_first_days(make, as_, cast):
    board = make.board(counts_hidden="first_days", counts_hidden_days=10)
    now = clock.now()
    young = make.idea(board=board, title="Young", created_at=now - timedelta(days=9))
    old = make.idea(board=board, title="Grown", created_at=now - timedelta(days=11))
    for idea in (young, old):
        casting.cast(idea, by=cast.moderator)
        casting.cast(idea, by=cast.admin)
    db.session.commit()
    browser = as_(cast.customer)
    top = browser.get("/ideas/?sort=top").text
    assert "Grown" in top
    assert "Young" not in top
    assert "younger than 10 days" in top
    new = browser.get("/ideas/?sort=new").text
    assert new.count("<b>2</b>") == 1
    assert "Young" in new


def test_a_board_says_what_it_takes(make, as_, cast):
    now = clock.now()
    closed = make.board(closes_at=now - timedelta(days=1), name="Spring")
    idea = make.idea(board=closed)
    browser = as_(cast.customer)
    assert "ended on" in browser.get(f"/ideas/?board={closed.id}").text
    assert browser.put(f"/ideas/{idea.id}/vote").status_code == 409
    words = {"title": "A wish of mine", "body": "Please", "board": str(closed.id)}
    refused = browser.post("/ideas/", data=words)
    assert refused.status_code == 422
    assert "takes no new ideas" in refused.text
    assert "A wish of mine" in refused.text
