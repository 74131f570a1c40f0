"""Budgets, several votes, importance and phases: what they allow, what they refuse, and what comes back."""

from datetime import timedelta

import pytest

from portal import clock
from portal.database import db
from portal.errors import Conflict, Unusable
from portal.ideas.deciding import change_status
from portal.ideas.models import Idea
from portal.ideas.submitting import submit
from portal.moderation.hiding import hide, restore
from portal.voting import budgeting, casting, queries
from portal.voting.models import Vote


@pytest.fixture
def board(make):
    return make.board(name="Mobile", vote_budget=5, most_per_idea=3, importance=True)


@pytest.fixture
def ideas(make, board):
    return [make.idea(board=board, title=f"Wish {n}") for n in range(4)]


@pytest.fixture
def me(cast):
    return cast.customer


def left(person, board):
    return budgeting.balance(person, board, Idea).left


def test_votes_are_spent_and_the_refusal_names_what_can_be_taken_back(ideas, board, me):
    casting.cast(ideas[0], by=me, weight=3)
    casting.cast(ideas[1], by=me)
    db.session.commit()
    assert (left(me, board), ideas[0].weights_up, ideas[0].votes_up) == (1, 3, 1)
    with pytest.raises(Conflict, match=r"1 of 5 votes left.* takes 2\. .*“Wish 1”, “Wish 0” \(3\)\.$"):
        casting.cast(ideas[2], by=me, weight=2)
    assert casting.cast(ideas[2], by=me)
    with pytest.raises(Conflict, match="0 of 5"):
        casting.cast(ideas[1], by=me, weight=2)
    assert casting.cast(ideas[0], by=me, weight=1)
    assert left(me, board) == 2


def test_another_weight_keeps_the_date_and_moves_the_rank(ideas, me):
    casting.cast(ideas[0], by=me)
    before = queries.vote_of(me, idea_id=ideas[0].id).cast_at
    casting.cast(ideas[0], by=me, weight=2, importance=3)
    db.session.commit()
    vote = queries.vote_of(me, idea_id=ideas[0].id)
    assert (vote.weight, vote.importance, vote.cast_at) == (2, 3, before)
    assert not casting.cast(ideas[0], by=me)


@pytest.mark.parametrize("words", [{"weight": 4}, {"weight": 0}, {"importance": 4}, {"importance": 0}])
def test_what_cannot_be_a_vote_is_refused(ideas, me, words):
    with pytest.raises(Unusable):
        casting.cast(ideas[0], by=me, **words)


def test_one_vote_without_importance_on_an_ordinary_board(make, me):
    idea = make.idea()
    for words in ({"weight": 2}, {"importance": 1}):
        with pytest.raises(Unusable):
            casting.cast(idea, by=me, **words)


def test_deciding_returns_votes_and_reopening_takes_them_back_without_a_debt(ideas, board, me, cast):
    casting.cast(ideas[0], by=me, weight=3)
    change_status(ideas[0], to="declined", by=cast.product_manager, ground="rare")
    db.session.commit()
    assert (left(me, board), ideas[0].votes_up) == (5, 1)
    for idea in (ideas[1], ideas[2]):
        casting.cast(idea, by=me, weight=2)
    change_status(ideas[0], to="open", by=cast.product_manager)
    db.session.commit()
    balance = budgeting.balance(me, board, Idea)
    assert (balance.spent, balance.left, balance.words) == (7, 0, "0 of 5 votes left")
    with pytest.raises(Conflict, match="0 of 5"):
        casting.cast(ideas[3], by=me)
    casting.cast(ideas[0], by=me, weight=1)
    assert left(me, board) == 0
    casting.withdraw(ideas[0], by=me)
    assert left(me, board) == 1


def test_a_hidden_idea_holds_no_votes(ideas, board, me, cast):
    casting.cast(ideas[0], by=me, weight=2)
    hide(ideas[0], by=cast.moderator, reason="Twice")
    assert left(me, board) == 5
    restore(ideas[0], by=cast.moderator, reason="Not twice")
    assert left(me, board) == 3


def test_a_lowered_budget_takes_nothing_away(ideas, board, me):
    for idea in ideas[:2]:
        casting.cast(idea, by=me, weight=2)
    board.vote_budget, board.most_per_idea = 2, 1
    db.session.commit()
    assert (left(me, board), ideas[0].weights_up) == (0, 2)
    assert not casting.cast(ideas[0], by=me)
    with pytest.raises(Unusable, match="One vote is enough"):
        casting.cast(ideas[0], by=me, weight=3)
    assert casting.cast(ideas[0], by=me, weight=1)


def test_budgets_are_of_one_board(make, ideas, board, me):
    casting.cast(make.idea(board=make.board(vote_budget=1)), by=me)
    assert left(me, board) == 5
    assert budgeting.balance(me, make.board(), Idea) is None


def test_phases(make, me, cast):
    now = clock.now()
    board = make.board(
        opens_at=now, votes_from=now + timedelta(days=1), closes_at=now + timedelta(days=2), name="Spring"
    )
    with clock.at(now - timedelta(hours=1)), pytest.raises(Conflict, match="opens on"):
        submit(board=board, by=me, title="Wish", body="Please")
    with clock.at(now + timedelta(hours=1)):
        idea = submit(board=board, by=me, title="Wish", body="Please")
        assert idea.votes_up == 0
        with pytest.raises(Conflict, match="Voting on this board begins"):
            casting.cast(idea, by=me)
    with clock.at(now + timedelta(days=1)):
        assert casting.cast(idea, by=me)
        with pytest.raises(Conflict, match="collects votes now"):
            submit(board=board, by=me, title="Other wish", body="Please")
        assert submit(board=board, by=cast.product_manager, title="Other wish", body="Please").votes_up == 1
    with clock.at(now + timedelta(days=2)):
        for act in (casting.cast, casting.withdraw):
            with pytest.raises(Conflict, match="ended"):
                act(idea, by=me)


def test_votes_before_posting(make, ideas, board, me):
    board.least_votes_to_post = 2
    make.idea(board=board, author=me)
    casting.cast(ideas[0], by=me)
    with pytest.raises(Conflict, match="vote on one more idea"):
        submit(board=board, by=me, title="Wish", body="Please")
    casting.cast(ideas[1], by=me)
    assert submit(board=board, by=me, title="Wish", body="Please").votes_up == 1


def test_posting_with_no_votes_left_posts_without_a_vote(ideas, board, me, rows):
    board.vote_budget = 1
    casting.cast(ideas[0], by=me)
    assert submit(board=board, by=me, title="Wish", body="Please").votes_up == 0
    assert rows(Vote) == 1
