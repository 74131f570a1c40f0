"""One yes keeps a quiet idea for all, and so does whatever somebody does for it; a no takes the own vote back."""

from datetime import timedelta

import pytest

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict, NotAllowed, Unusable
from portal.ideas.inquiring import answering, ending
from portal.ideas.inquiring.models import Inquiry, InquiryAnswer
from portal.ideas.merging.joining import merge
from portal.moderation import locking
from portal.voting import casting
from tests.factories import EPOCH
from tests.ideas.inquiring.living import LATELY
from tests.ideas.inquiring.looking import NOW, asked, audited, look


@pytest.mark.parametrize("what", [*LATELY, "a yes", "kept by staff", "a lock"])
def test_one_sign_of_life_ends_it_for_the_whole_period(make, cast, quiet, what):
    look()
    with clock.at(NOW + timedelta(days=29)):
        if what == "a yes":
            answering.answer(quiet, by=cast.other_customer, says="yes")
        elif what == "kept by staff":
            assert ending.keep(quiet, by=cast.moderator)
            assert not ending.keep(quiet, by=cast.moderator)
        elif what == "a lock":
            locking.lock(quiet, by=cast.moderator, reason="Heated")
            locking.unlock(quiet, by=cast.moderator, reason="Calm again")
        else:
            LATELY[what](make, cast, quiet)
    how = asked(quiet)[0]
    assert how not in (None, "closed")
    for days in (31, 200, 390):
        look(NOW + timedelta(days=days))
    assert (asked(quiet), quiet.standing.takes_votes) == ([how], True)
    look(NOW + timedelta(days=400))
    assert asked(quiet) == [how, None]
    assert audited() == []


def test_a_no_takes_the_own_vote_back_and_nothing_else(make, cast, board, quiet):
    look()
    with clock.at(NOW + timedelta(days=1)):
        assert answering.answer(quiet, by=cast.other_customer, says="no")
        assert not answering.answer(quiet, by=cast.other_customer, says="no")
        assert answering.answer(quiet, by=cast.customer, says="no")
        assert (quiet.votes_up, asked(quiet)) == (0, [None])
        with pytest.raises(NotAllowed, match="vote for it"):
            answering.answer(quiet, by=make.person(), says="yes")
        with pytest.raises(Unusable):
            answering.answer(quiet, by=cast.customer, says="perhaps")
        assert answering.answer(quiet, by=cast.other_customer, says="yes")
        assert not answering.answer(quiet, by=cast.other_customer, says="yes")
        with pytest.raises(Conflict, match="not asked any more"):
            answering.answer(quiet, by=cast.customer, says="yes")
    assert (asked(quiet), quiet.votes_up) == (["yes"], 0)
    kinds = [each.kind for each in db.session.query(Entry).order_by(Entry.id)][-5:]
    assert kinds[-2:] == ["inquiry_answered", "inquiry_ended"]
    assert audited() == []


def test_a_vote_on_an_idea_that_was_merged_into_it_counts_for_it(make, cast, board, quiet):
    board.most_per_idea = 2
    source, voter = make.idea(board=board), make.person()
    with clock.at(EPOCH + timedelta(days=5)):
        casting.cast(source, by=voter)
        merge(source, quiet, by=cast.admin)
    look()
    with clock.at(NOW + timedelta(days=1)):
        casting.cast(quiet, by=voter, weight=2)
    assert (asked(source), asked(quiet)) == ([], ["vote"])


def test_the_audit_sees_a_yes_that_ended_nothing(asked_now, cast):
    inquiry = db.session.query(Inquiry).one()
    facts = {"inquiry_id": inquiry.id, "person_id": cast.customer.id, "says": "yes", "at": clock.now()}
    db.session.add(InquiryAnswer(**facts))
    db.session.commit()
    assert [name for name, _ in audited()] == ["whether ideas are still wanted"]
