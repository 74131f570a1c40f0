"""Judging: a moderator decides on all open flags of one thing at once."""

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import FlagsJudged
from portal.database import db
from portal.discussion.models import Contribution
from portal.discussion.subjects import name_of
from portal.moderation import logging
from portal.moderation.models import Flag
from portal.moderation.permitting import must_moderate
from portal.moderation.subjects import pointer


def reject(thing: Contribution, *, by: Person, reason: str = "Nothing wrong with it") -> int:
    """The thing stays as it is; its open flags are closed as rejected. Returns how many there were."""
    must_moderate(by)
    count = close(thing, by=by, outcome="rejected")
    if count:
        logging.note(thing, act="keep", by=by, reason=reason)
    return count


def close(thing: Contribution, *, by: Person, outcome: str) -> int:
    """Close the open flags with an outcome ("upheld" or "rejected"); returns how many there were."""
    closing = (
        sa.update(Flag)
        .filter_by(**pointer(thing))
        .where(Flag.outcome.is_(None))
        .values(outcome=outcome, judged_by_id=by.id, judged_at=clock.now())
    )
    count = db.session.execute(closing).rowcount  # type: ignore[attr-defined]
    if count:
        journal.record(
            FlagsJudged(actor_id=by.id, subject=name_of(thing), subject_id=thing.id, outcome=outcome)
        )
    return int(count)
