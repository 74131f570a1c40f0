"""Casting and withdrawing: who, what it changes, and what is refused."""

from datetime import timedelta

import pytest

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict, NotAllowed, Unusable
from portal.voting import casting, queries, ranking
from portal.voting.models import Vote


def told(kind):
    return [e.data for e in db.session.query(Entry).filter_by(kind=kind).order_by(Entry.id)]


def hot_from_rows(idea, half_life=30.0):
    return ranking.of_votes(queries.dated_values(idea.id), half_life, imported_hot=idea.imported_hot)


@pytest.fixture
def idea(make, cast):
    return make.idea(author=cast.customer)


def test_a_vote_counts_ranks_and_is_told(idea, cast, rows):
    assert casting.cast(idea, by=cast.other_customer)
    db.session.commit()
    assert (idea.votes_up, idea.votes_down, idea.score) == (1, 0, 1)
    assert idea.hot == pytest.approx(hot_from_rows(idea), abs=1e-9)
    assert rows(Vote, idea_id=idea.id, person_id=cast.other_customer.id, value=1) == 1
    plain = {"value": 1, "weight": 1, "importance": None}
    assert told("vote_cast") == [{"idea_id": idea.id, "author_id": cast.customer.id, **plain}]


def test_the_same_vote_again_changes_nothing(idea, cast, rows):
    assert casting.cast(idea, by=cast.customer)
    assert not casting.cast(idea, by=cast.customer)
    db.session.commit()
    assert idea.votes_up == rows(Vote) == len(told("vote_cast")) == 1


def test_withdrawing_takes_it_back_and_again_changes_nothing(idea, cast, rows):
    casting.cast(idea, by=cast.customer)
    with clock.at(clock.now() + timedelta(days=3)):
        casting.cast(idea, by=cast.other_customer)
    assert casting.withdraw(idea, by=cast.other_customer)
    assert not casting.withdraw(idea, by=cast.other_customer)
    db.session.commit()
    assert (idea.votes_up, rows(Vote)) == (1, 1)
    assert idea.hot == pytest.approx(hot_from_rows(idea), abs=1e-9)
    assert told("vote_withdrawn") == [{"idea_id": idea.id, "author_id": cast.customer.id, "value": 1}]
    casting.withdraw(idea, by=cast.customer)
    db.session.commit()
    db.session.refresh(idea)
    assert (idea.votes_up, idea.score, idea.hot) == (0, 0, ranking.NEVER_VOTED)


def test_the_in_memory_idea_equals_the_row(idea, cast):
    casting.cast(idea, by=cast.customer)
    seen = (idea.votes_up, idea.votes_down, idea.score, idea.hot)
    db.session.commit()
    db.session.refresh(idea)
    assert (idea.votes_up, idea.votes_down, idea.score, idea.hot) == seen


def test_turning_a_vote_round_where_votes_against_are_taken(make, cast, rows):
    idea = make.idea(board=make.board(votes_against=True))
    casting.cast(idea, by=cast.customer)
    assert casting.cast(idea, by=cast.customer, value=-1)
    assert not casting.cast(idea, by=cast.customer, value=-1)
    db.session.commit()
    assert (idea.votes_up, idea.votes_down, idea.score, rows(Vote)) == (0, 1, -1, 1)
    assert idea.hot == ranking.NEVER_VOTED
    assert casting.cast(idea, by=cast.customer)
    assert (idea.votes_up, idea.votes_down) == (1, 0)
    assert idea.hot == pytest.approx(hot_from_rows(idea), abs=1e-9)
    assert [d["value"] for d in told("vote_cast")] == [1, -1, 1]
    assert [d["value"] for d in told("vote_withdrawn")] == [1, -1]


def test_after_a_vote_against_the_rank_still_equals_the_rows(make, cast):
    idea = make.idea(board=make.board(votes_against=True))
    start = clock.now()
    with clock.at(start):
        casting.cast(idea, by=cast.customer, value=-1)
    with clock.at(start + timedelta(days=1)):
        casting.cast(idea, by=cast.other_customer)
    assert idea.hot == pytest.approx(hot_from_rows(idea), abs=1e-9)
    assert idea.hot > ranking.NEVER_VOTED


def test_no_votes_against_on_an_ordinary_board(idea, cast, rows):
    with pytest.raises(NotAllowed, match="no votes against"):
        casting.cast(idea, by=cast.customer, value=-1)
    assert rows(Vote) == 0


@pytest.mark.parametrize("value", [0, 2, -2])
def test_another_value_is_refused(idea, cast, value):
    with pytest.raises(Unusable):
        casting.cast(idea, by=cast.customer, value=value)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "shipped"}, "shipped"),
        ({"status": "declined"}, "declined"),
        ({"locked_at": clock.now()}, "locked"),
        ({"hidden_at": clock.now()}, "hidden"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_closed_idea_takes_no_votes(make, cast, rows, fields, words):
    idea = make.idea(**fields)
    for act in (casting.cast, casting.withdraw):
        with pytest.raises(Conflict, match=words):
            act(idea, by=cast.customer)
    assert rows(Vote) == 0


def test_the_half_life_of_the_board_shapes_the_rank(make, cast):
    idea = make.idea(board=make.board(half_life=7.0))
    casting.cast(idea, by=cast.customer)
    assert idea.hot == pytest.approx(hot_from_rows(idea, 7.0), abs=1e-9)


def test_imported_votes_stay_in_the_rank_after_a_withdrawal(make, cast):
    imported = ranking.of_votes([(clock.now() - timedelta(days=9), 1)] * 7, 30.0)
    idea = make.idea(imported_up=7, imported_hot=imported, hot=imported)
    casting.cast(idea, by=cast.customer)
    assert (idea.score, idea.votes_up) == (8, 1)
    assert idea.hot == pytest.approx(hot_from_rows(idea), abs=1e-9)
    casting.withdraw(idea, by=cast.customer)
    assert idea.hot == pytest.approx(imported, abs=1e-9)


def test_a_vote_on_an_answer(make, cast):
    answer = make.reply(make.topic(), author=cast.customer)
    assert casting.cast(answer, by=cast.other_customer, value=-1)
    assert casting.cast(answer, by=cast.other_customer, value=1)
    assert casting.withdraw(answer, by=cast.other_customer)
    db.session.commit()
    assert (answer.votes_up, answer.votes_down, answer.score) == (0, 0, 0)
    assert [d["value"] for d in told("answer_voted")] == [-1, 1]
    assert [d["value"] for d in told("answer_vote_withdrawn")] == [-1, 1]


def test_nobody_votes_on_their_own_answer(make, cast):
    answer = make.reply(make.topic(), author=cast.customer)
    with pytest.raises(NotAllowed, match="own answer"):
        casting.cast(answer, by=cast.customer)


def test_comments_on_ideas_and_hidden_answers_take_no_votes(make, cast, idea):
    hidden = make.reply(make.topic(), hidden_at=clock.now())
    for post in (make.comment(idea), hidden):
        with pytest.raises(Conflict):
            casting.cast(post, by=cast.customer)


def test_own_marks_come_in_one_query(make, cast, at_most):
    board = make.board(votes_against=True)
    ideas = [make.idea(board=board) for _ in range(4)]
    casting.cast(ideas[0], by=cast.customer)
    casting.cast(ideas[1], by=cast.customer, value=-1)
    casting.cast(ideas[2], by=cast.other_customer)
    db.session.commit()
    ids = [idea.id for idea in ideas]
    viewer = cast.customer
    assert viewer.id
    with at_most(queries=1):
        assert queries.values_by(viewer, idea_ids=ids) == {ids[0]: 1, ids[1]: -1}
    with at_most(queries=0):
        assert queries.values_by(cast.stranger, idea_ids=ids) == {}
        assert queries.values_by(viewer, post_ids=[]) == {}
