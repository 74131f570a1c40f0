"""The audits find what does not agree, and nothing else."""

import pytest

from portal.activity.auditing import audit_all
from portal.database import db
from portal.errors import Unusable
from portal.ideas import deciding
from portal.ideas.reranking import change_half_life
from portal.voting import casting, queries, ranking


def found(name):
    return next(each for each in audit_all() if each.name == name)


@pytest.fixture
def voted(make, cast):
    """An idea and an answer with votes, and ideas without."""
    idea = make.idea(board=make.board(votes_against=True))
    answer = make.reply(make.topic())
    for thing in (idea, answer):
        casting.cast(thing, by=cast.customer)
        casting.cast(thing, by=cast.other_customer, value=-1)
        casting.cast(thing, by=cast.moderator)
    deciding.answer(idea, by=cast.product_manager, body="Yes")
    imported = ranking.of_votes([(idea.created_at, 1)] * 3, 30.0)
    make.idea(imported_up=3, imported_hot=imported, hot=imported)
    make.idea()
    db.session.commit()
    return idea, answer


def test_a_sound_database_has_no_differences(voted):
    assert {each.name: each.differences for each in audit_all() if each.differences} == {}
    assert found("votes on ideas and answers").compared == 2 * (3 + 1)
    assert found("rank of ideas").compared == 3


@pytest.mark.parametrize(
    ("name", "which", "change"),
    [
        ("votes on ideas and answers", 0, {"votes_up": 7}),
        ("votes on ideas and answers", 1, {"votes_down": 0}),
        ("rank of ideas", 0, {"hot": 3.5}),
        ("versions of official answers", 0, {"answer_version": 4}),
    ],
)
def test_each_wrong_number_is_found(voted, name, which, change):
    for column, value in change.items():
        setattr(voted[which], column, value)
    db.session.commit()
    differences = found(name).differences
    assert len(differences) == 1
    assert str(next(iter(change.values()))) in differences[0]


def test_a_new_half_life_ranks_the_board_anew(make, cast):
    board, other = make.board(), make.board()
    old, apart = make.idea(board=board), make.idea(board=other)
    at = old.created_at
    imported = make.idea(
        board=board, imported_up=8, imported_hot=ranking.of_votes([(at, 1)] * 8, 30.0), hot=1.0
    )
    casting.cast(old, by=cast.customer)
    casting.cast(apart, by=cast.customer)
    before = apart.hot
    assert change_half_life(board, 7.0) == 2
    assert change_half_life(board, 7.0) == 0
    db.session.commit()
    assert old.hot == pytest.approx(ranking.of_votes(queries.dated_values(old.id), 7.0), abs=1e-9)
    assert imported.hot == pytest.approx(ranking.of_votes([(at, 1)] * 8, 7.0), abs=1e-9)
    assert apart.hot == before
    assert found("rank of ideas").differences == []
    for nonsense in (0.5, 4000, float("nan")):
        with pytest.raises(Unusable):
            change_half_life(board, nonsense)
