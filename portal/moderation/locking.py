"""Locking: a locked idea takes no votes and comments, a locked topic no replies, until it is unlocked."""

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ContentLocked, ContentUnlocked
from portal.discussion.subjects import name_of
from portal.errors import Conflict
from portal.forums.models import Topic
from portal.ideas.models import Idea
from portal.moderation import logging
from portal.moderation.permitting import must_moderate
from portal.moderation.turning import turn


def lock(thing: Idea | Topic, *, by: Person, reason: str) -> bool:
    """Stop new words. False when it was locked already. Raises NotAllowed, and Conflict without a reason."""
    must_moderate(by)
    return shut(thing, by=by, reason=reason)


def shut(thing: Idea | Topic, *, by: Person, reason: str) -> bool:
    """The same, for acts that say themselves who may do it."""
    if not reason.strip():
        raise Conflict("Write a reason: everybody reads it beside the lock.")
    if not turn(thing, "locked", at=clock.now(), reason=reason.strip()):
        return False
    logging.note(thing, act="lock", by=by, reason=reason.strip())
    journal.record(
        ContentLocked(actor_id=by.id, subject=name_of(thing), subject_id=thing.id, reason=reason.strip())
    )
    return True


def unlock(thing: Idea | Topic, *, by: Person, reason: str) -> bool:
    """Let people speak again. False when it was not locked. Raises NotAllowed."""
    must_moderate(by)
    return open_again(thing, by=by, reason=reason)


def open_again(thing: Idea | Topic, *, by: Person, reason: str) -> bool:
    """The same, for acts that say themselves who may do it."""
    if not turn(thing, "locked", at=None, reason=None):
        return False
    logging.note(thing, act="unlock", by=by, reason=reason.strip())
    journal.record(
        ContentUnlocked(actor_id=by.id, subject=name_of(thing), subject_id=thing.id, reason=reason.strip())
    )
    return True
