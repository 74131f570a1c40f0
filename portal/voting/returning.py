"""Returning votes: what was decided no longer holds anybody's budget; what is open again does."""

import sqlalchemy as sa

from portal import clock
from portal.database import db
from portal.voting.models import Vote, of_family

CLOSING, MERGING = "closing", "merging"


def give_back(idea_id: int) -> int:
    """Free the votes on an idea that takes none any more; they still count as wanted. Returns how many."""
    votes = sa.update(Vote).where(of_family(idea_id), Vote.returned_at.is_(None))
    return _set(votes.values(returned_at=clock.now(), returned_for=CLOSING))


def _set(votes: sa.Update) -> int:
    changed = db.session.execute(votes.returning(Vote.id), execution_options={"synchronize_session": "fetch"})
    return len(changed.all())
