"""The audits find what does not agree, and nothing else."""

import pytest

from portal.activity.auditing import audit_all
from portal.database import db
from portal.ideas import deciding
from portal.voting import casting, ranking


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
    assert found("votes on ideas and answers").compared == 2 * (3 + 1) + 3
    assert found("rank of ideas").compared == 3


@pytest.mark.parametrize(
    ("name", "which", "change"),
    [
        ("votes on ideas and answers", 0, {"votes_up": 7}),
        ("votes on ideas and answers", 1, {"votes_down": 0}),
        ("votes on ideas and answers", 0, {"weights_up": 9}),
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
