"""Flagging: a person asks a moderator to look. Once for each thing."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import Flagged
from portal.database import db
from portal.discussion.models import Contribution
from portal.discussion.subjects import name_of
from portal.errors import NotAllowed
from portal.moderation.models import Flag, FlagReason
from portal.moderation.subjects import pointer


def flag(thing: Contribution, *, by: Person, reason: FlagReason, note: str = "") -> Flag:
    """Put the thing into the queue of moderators. Doing it again returns the first flag and changes nothing.

    Raises NotAllowed for one's own text: the author may edit it instead.
    """
    if thing.is_by(by):
        raise NotAllowed("This is your own text. You can edit it instead of flagging it.")
    made = Flag(person_id=by.id, reason=reason, note=note.strip(), at=clock.now(), **pointer(thing))
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        return db.session.scalars(sa.select(Flag).filter_by(person_id=by.id, **pointer(thing))).one()
    journal.record(Flagged(actor_id=by.id, flag_id=made.id, subject=name_of(thing), subject_id=thing.id))
    return made
