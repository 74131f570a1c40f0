"""Saying that a workaround helps for now, and taking that back. It is no vote, and changes none."""

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import HelpedByWorkaround, HelpedNoMore
from portal.database import db, insert_missing
from portal.discussion.writing import check_open
from portal.errors import Conflict, NotAllowed
from portal.ideas.merging.joining import hold
from portal.ideas.models import Idea
from portal.moderation.workarounds import queries
from portal.moderation.workarounds.counting import move, settle_person
from portal.moderation.workarounds.models import Help, Workaround
from portal.voting.queries import vote_of


def say(idea: Idea, *, by: Person) -> bool:
    """The workaround of the idea helps this person for now. False when they said so already.

    Raises Conflict where there is no workaround, NotAllowed for who has no vote for the idea, NotFound for who may
    not read it.
    """
    there = _held(idea, by)
    vote = vote_of(by, idea_id=idea.id)
    if vote is None or vote.value < 0:
        raise NotAllowed("Who voted for this says whether the workaround helps. Vote for it first.")
    said = _said(there, by)
    if said is not None and said.counted:
        return False
    row = {"idea_id": there.idea_id, "person_id": by.id, "post_id": there.post_id, "at": clock.now()}
    insert_missing(Help, [row | {"counted": False}])
    settle_person(idea.id, by.id)
    journal.record(HelpedByWorkaround(actor_id=by.id, idea_id=idea.id, post_id=there.post_id))
    return True


def take_back(idea: Idea, *, by: Person) -> bool:
    """It does not help after all. False when they had not said so. Raises Conflict where there is no workaround."""
    there = _held(idea, by)
    said = _said(there, by)
    if said is None:
        return False
    if said.counted:
        said.counted = False
        move(idea.id, -1)
    db.session.delete(said)
    journal.record(HelpedNoMore(actor_id=by.id, idea_id=idea.id, post_id=there.post_id))
    return True


def _held(idea: Idea, by: Person) -> Workaround:
    hold(idea)
    if idea.is_merged:
        raise Conflict("Staff merged this idea just now. Look at it again.")
    check_open(idea, by=by)
    there = queries.in_force(idea.id)
    if there is None:
        raise Conflict("There is no workaround for this idea now. Reload the page.")
    queries.find_post(there.post_id, by)
    return there


def _said(there: Workaround, by: Person) -> Help | None:
    mine = db.session.query(Help).filter_by(idea_id=there.idea_id, post_id=there.post_id, person_id=by.id)
    return mine.populate_existing().first()
