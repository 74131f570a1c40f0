"""Keeping a vote after the text changed. Nobody's vote goes because a text changed: each says so or says nothing."""

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import VoteConfirmed
from portal.database import db
from portal.errors import Conflict
from portal.ideas.confirming.models import Confirmation
from portal.ideas.models import Idea
from portal.voting.queries import vote_of


def keep(idea: Idea, *, by: Person) -> None:
    """The voter wants the text as it is now. Raises Conflict when they did not vote on it."""
    if vote_of(by, idea_id=idea.id) is None:
        raise Conflict("You have no vote on this idea, so there is none to keep. You can vote for it.")
    # Whoever confirms twice at once waits here, and then finds the row.
    db.session.execute(sa.select(Person.id).where(Person.id == by.id).with_for_update(key_share=True))
    mine = {"idea_id": idea.id, "person_id": by.id}
    again = sa.update(Confirmation).filter_by(**mine).values(at=clock.now())
    if not db.session.execute(again).rowcount:  # type: ignore[attr-defined]
        db.session.add(Confirmation(**mine, at=clock.now()))
    journal.record(VoteConfirmed(actor_id=by.id, idea_id=idea.id))
