"""Closing: what became of an idea decides whether the votes on it hold their people's budgets."""

from portal.activity.events import StatusChanged
from portal.activity.journal import hears
from portal.database import db
from portal.ideas.merging import queries as merging
from portal.ideas.models import Idea
from portal.ideas.standing import Votes
from portal.ideas.statuses import queries
from portal.voting import returning, uniting


@hears(StatusChanged)
def follow_status(event: StatusChanged) -> None:
    """Votes are returned by a status that says so (shipped, declined), and count again when the idea leaves it."""
    before, now = queries.votes_under(event.idea_id, event.old), queries.votes_under(event.idea_id, event.new)
    if now == Votes.RETURNED:
        returning.give_back(event.idea_id)
    elif before == Votes.RETURNED:
        uniting.reopen(merging.family_of(db.session.get_one(Idea, event.idea_id)))
