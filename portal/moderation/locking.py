"""Locking: a locked idea takes no votes and comments, a locked topic no replies, until it is unlocked."""

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ContentLocked, ContentUnlocked
from portal.database import db
from portal.discussion.subjects import name_of
from portal.errors import Conflict
from portal.forums.models import Topic
from portal.ideas.models import Idea
from portal.moderation import logging
from portal.moderation.permitting import must_moderate


def lock(thing: Idea | Topic, *, by: Person, reason: str) -> bool:
    """Stop new words. False when it was locked already. Raises NotAllowed, and Conflict without a reason."""
    must_moderate(by)
    if not reason.strip():
        raise Conflict("Write a reason: everybody reads it beside the lock.")
    if not _set(thing, at=clock.now(), reason=reason.strip()):
        return False
    logging.note(thing, act="lock", by=by, reason=reason.strip())
    journal.record(
        ContentLocked(actor_id=by.id, subject=name_of(thing), subject_id=thing.id, reason=reason.strip())
    )
    return True


def unlock(thing: Idea | Topic, *, by: Person, reason: str) -> bool:
    """Let people speak again. False when it was not locked."""
    must_moderate(by)
    if not _set(thing, at=None, reason=None):
        return False
    logging.note(thing, act="unlock", by=by, reason=reason.strip())
    journal.record(
        ContentUnlocked(actor_id=by.id, subject=name_of(thing), subject_id=thing.id, reason=reason.strip())
    )
    return True


def _set(thing: Idea | Topic, *, at: object, reason: str | None) -> bool:
    model = type(thing)
    waiting = model.locked_at.is_(None) if at else model.locked_at.is_not(None)
    changing = (
        sa.update(model)
        .where(model.id == thing.id, waiting)
        .values(locked_at=at, locked_reason=reason)
        .execution_options(synchronize_session=False)
    )
    changed = bool(db.session.execute(changing).rowcount)  # type: ignore[attr-defined]
    db.session.expire(thing, ["locked_at", "locked_reason"])
    return changed
