"""What nobody wants is closed after its days, as its board says, and can be asked for again."""

from datetime import timedelta

import pytest

from portal import clock
from portal.database import db
from portal.ideas.appeals.appealing import appeal
from portal.ideas.inquiring import answering
from portal.ideas.models import StatusChange
from portal.ideas.standing import BUILT_IN, BoardStatus
from portal.notifications.models import Notice
from portal.voting.models import Vote
from tests.ideas.inquiring.looking import NOW, asked, audited, look


def test_what_nobody_wants_is_closed_and_can_be_asked_for_again(make, cast, board, quiet, catch_up):
    look()
    with clock.at(NOW + timedelta(days=2)):
        answering.answer(quiet, by=cast.customer, says="no")
    assert look(NOW + timedelta(days=29)) == (0, 0)
    assert look(NOW + timedelta(days=30)) == (0, 1)
    assert look(NOW + timedelta(days=31)) == (0, 0)
    assert (quiet.status, asked(quiet)) == ("declined", ["closed"])
    change = db.session.query(StatusChange).one()
    assert (change.ground, change.changed_by_id) == ("quiet", None)
    assert change.reason == (
        "Nothing happened here for 12 months, and within 30 days nobody said that they still want it."
    )
    vote = db.session.query(Vote).one()
    assert (vote.returned_for, vote.idea_id) == ("closing", quiet.id)
    catch_up()
    told = db.session.query(Notice).filter_by(kind="status", idea_id=quiet.id)
    assert sorted(each.person_id for each in told) == [cast.customer.id, cast.other_customer.id]
    board.revive_at = 1
    assert appeal(quiet, by=cast.other_customer)
    assert quiet.asked_again_at is not None
    assert audited() == []


@pytest.mark.parametrize(
    ("status", "becomes"), [("declined", "declined"), ("gone", "declined"), ("archive", "archive")]
)
def test_the_board_says_what_becomes_of_it(make, quiet, board, status, becomes):
    """A status that the board has no more is replaced by one that it has."""
    for place, each in enumerate(BUILT_IN):
        fields = {"key": each.key, "name": each.name, "meaning": each.meaning, "votes": each.votes}
        make._save(BoardStatus(board_id=board.id, position=place, **fields))
    make._save(BoardStatus(board_id=board.id, position=9, key="archive", name="Archive", votes="closed"))
    board.quiet_status = status
    look()
    look(NOW + timedelta(days=30))
    assert quiet.status == becomes


def test_what_may_not_be_closed_any_more_stays_open(quiet, board):
    look()
    board.closes_at = NOW + timedelta(days=3)
    assert look(NOW + timedelta(days=30)) == (0, 1)
    assert (quiet.status, asked(quiet)) == ("open", ["overtaken"])


def test_a_vote_that_did_not_know_of_the_question_counts_too(make, quiet):
    """Both at the same moment: the vote ended nothing, and the idea stays open all the same."""
    look()
    facts = {
        "person_id": make.person().id,
        "idea_id": quiet.id,
        "value": 1,
        "cast_at": NOW + timedelta(seconds=1),
    }
    make._save(Vote(**facts))
    look(NOW + timedelta(days=30))
    assert (quiet.status, asked(quiet)) == ("open", ["overtaken"])
