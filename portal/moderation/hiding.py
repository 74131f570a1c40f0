"""Hiding and restoring. A hidden thing stays visible to its author, with the reason, and to moderators."""

from datetime import datetime

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ContentHidden, ContentRestored
from portal.discussion.models import Contribution, Post
from portal.discussion.subjects import name_of
from portal.errors import Conflict
from portal.forums.models import Topic
from portal.moderation import judging, logging
from portal.moderation.holding import hold_around
from portal.moderation.permitting import must_moderate
from portal.moderation.turning import turn


def hide(thing: Contribution, *, by: Person, reason: str) -> bool:
    """Take the thing out of sight and uphold its open flags. False when it was hidden already.

    Raises NotAllowed, and Conflict without a reason: the author reads it.
    """
    must_moderate(by)
    return take_away(thing, by=by, reason=reason)


def take_away(thing: Contribution, *, by: Person, reason: str) -> bool:
    """The same, for acts that say themselves who may do it."""
    if not reason.strip():
        raise Conflict("Write a reason: the author reads it beside the hidden text.")
    if not _set(thing, at=clock.now(), reason=reason.strip()):
        return False
    judging.close(thing, by=by, outcome="upheld")
    logging.note(thing, act="hide", by=by, reason=reason.strip())
    journal.record(
        ContentHidden(actor_id=by.id, subject=name_of(thing), subject_id=thing.id, reason=reason.strip())
    )
    return True


def restore(thing: Contribution, *, by: Person, reason: str) -> bool:
    """Put the thing back. False when it was not hidden. Raises NotAllowed."""
    must_moderate(by)
    return bring_back(thing, by=by, reason=reason)


def bring_back(thing: Contribution, *, by: Person, reason: str) -> bool:
    """The same, for acts that say themselves who may do it."""
    if not _set(thing, at=None, reason=None):
        return False
    logging.note(thing, act="restore", by=by, reason=reason.strip())
    journal.record(
        ContentRestored(actor_id=by.id, subject=name_of(thing), subject_id=thing.id, reason=reason.strip())
    )
    return True


def _set(thing: Contribution, *, at: datetime | None, reason: str | None) -> bool:
    if isinstance(thing, Post | Topic):
        hold_around(thing)
    return turn(thing, "hidden", at=at, reason=reason)
