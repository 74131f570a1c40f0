"""Rules of voting: explained with how many people it touches first, saved then."""

import re

import pytest

from portal.activity.models import Entry
from portal.database import db
from portal.voting import casting

PLAIN = {
    "most_per_idea": "3",
    "least_votes_to_post": "0",
    "counts_hidden": "never",
    "counts_hidden_days": "14",
}


@pytest.fixture
def board(make, cast):
    """Two people with three and two open votes."""
    board = make.board(name="Mobile", most_per_idea=3)
    for person, weights in ((cast.customer, (3, 1)), (cast.other_customer, (2,))):
        for weight in weights:
            casting.cast(make.idea(board=board), by=person, weight=weight)
    db.session.commit()
    return board


@pytest.fixture
def put(as_, cast, board):
    desk = as_(cast.product_manager)
    return lambda **data: desk.put(f"/admin/boards/{board.id}/rules", data=PLAIN | data)


def test_a_budget_is_explained_and_then_set(put, board, rows):
    answer = put(vote_budget="2")
    assert answer.status_code == 422
    assert "Everybody may have 2 votes" in answer.text
    assert "1 person has more open votes than that: they keep them, and cast no more until" in answer.text
    db.session.refresh(board)
    assert board.vote_budget is None
    mark = re.search(r'name="agreed"[^>]*value="([0-9a-f]+)"', answer.text).group(1)
    assert put(vote_budget="3", agreed=mark).status_code == 422
    assert put(vote_budget="2", agreed=mark).status_code == 303
    db.session.refresh(board)
    assert board.vote_budget == 2
    assert rows(Entry, kind="board_changed") == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"most_per_idea": "1"}, "2 votes of more weight stay as they are"),
        ({"importance": "y"}, "how important"),
        ({"votes_against": "y"}, "also vote against"),
        ({"least_votes_to_post": "2"}, "4 people who took part here have voted less"),
        ({"closes_at": "2020-01-01T10:00"}, "closes at once: 3 votes of 2 people"),
        ({"opens_at": "2090-01-01T10:00"}, "Ideas are taken on 1 January 2090"),
        ({"votes_from": "2090-01-01T10:00"}, "3 votes of 2 people that are there stay"),
        ({"counts_hidden": "until_voted"}, "The counts of 3 open ideas"),
        ({"counts_hidden": "first_days", "counts_hidden_days": "5"}, "younger than 5 days"),
        ({"explores": "y"}, "It is one of 3 ideas of at most 4 voters"),
    ],
)
def test_each_rule_says_what_it_does(put, change, sentence):
    answer = put(**change)
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize(
    "change",
    [
        {"vote_budget": "0"},
        {"most_per_idea": "11"},
        {"counts_hidden": "always"},
        {"opens_at": "2030-01-02T10:00", "closes_at": "2030-01-01T10:00"},
        {"opens_at": "9999-01-02T10:00"},
        {"opens_at": "tomorrow"},
    ],
)
def test_nonsense_is_refused(put, change):
    answer = put(**change)
    assert answer.status_code == 422
    assert "Nothing is saved yet" not in answer.text


def test_nothing_changed_asks_nothing(put):
    assert put().status_code == 303
