"""Answering whether one still wants an idea: one yes keeps it open for all; a no takes the own vote back."""

from portal import clock
from portal.accounts.models import Person, Viewer
from portal.activity import journal
from portal.activity.events import InquiryAnswered
from portal.database import db
from portal.errors import Conflict, NotAllowed, Unusable
from portal.ideas.inquiring import queries
from portal.ideas.inquiring.ending import end
from portal.ideas.inquiring.models import Ended, Inquiry, InquiryAnswer, Says
from portal.ideas.models import Idea
from portal.voting import casting
from portal.voting.models import Vote
from portal.voting.queries import own_vote

OVER = "This is not asked any more. What became of the idea stands below its text."
NOT_ASKED = "Who wrote this, voted for it or follows it is asked. If you want it too, vote for it: that keeps it open."


def is_asked(viewer: Viewer, idea: Idea, vote: Vote | None) -> bool:
    """Whether somebody is among those who are asked: its author, who is for it, who follows it; but nobody who is
    against it. Needs `is_followed`, which the page of an idea reads."""
    if not viewer.is_authenticated or (vote is not None and vote.value < 0):
        return False
    return idea.is_by(viewer) or bool(idea.is_followed) or vote is not None


def answer(idea: Idea, *, by: Person, says: str) -> bool:
    """Say "yes" or "no". False when the person said so before.

    Raises Unusable for another word, Conflict when nobody is asked about the idea, NotAllowed for who is not asked.
    """
    if says not in list(Says):
        raise Unusable("Say yes or no.")
    casting.hold(idea)
    inquiry, vote = queries.newest(idea.id), own_vote(by, idea)
    said = queries.answer_of(by, inquiry) if inquiry else None
    if said and said.says == says:
        return False
    if inquiry is None or inquiry.ended_at is not None:
        raise Conflict(OVER)
    if not said and not is_asked(by, idea, vote):
        raise NotAllowed(NOT_ASKED)
    _write(inquiry, said, by, says)
    if says == Says.YES:
        end(idea.id, Ended.YES, by.id)
    elif vote is not None and vote.value > 0:
        casting.withdraw(idea, by=by)
    return True


def _write(inquiry: Inquiry, said: InquiryAnswer | None, by: Person, says: str) -> None:
    if said is None:
        said = InquiryAnswer(inquiry_id=inquiry.id, person_id=by.id)
        db.session.add(said)
    said.says, said.at = says, clock.now()
    journal.record(InquiryAnswered(actor_id=by.id, idea_id=inquiry.idea_id, inquiry_id=inquiry.id, says=says))
