"""Hiding and restoring. A hidden thing stays visible to its author, with the reason, and to moderators."""

from datetime import datetime

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ContentHidden, ContentRestored
from portal.database import db
from portal.discussion.models import Contribution, Post
from portal.discussion.subjects import name_of
from portal.errors import Conflict
from portal.forums.models import Topic
from portal.ideas.models import Idea
from portal.moderation import judging, logging
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
    if isinstance(thing, Post):
        _hold_subject(thing)
    return turn(thing, "hidden", at=at, reason=reason)


def _hold_subject(post: Post) -> None:
    """Nobody may comment on the post while its idea or topic is counted anew: the row is locked first.

    With an idea that was merged, the one that it counts for: the post may be the workaround of that one.
    """
    if post.idea_id:
        target = sa.select(Idea.merged_into_id).where(Idea.id == post.idea_id).scalar_subquery()
        rows = sa.select(Idea.id).where(sa.or_(Idea.id == post.idea_id, Idea.id == target)).order_by(Idea.id)
    else:
        rows = sa.select(Topic.id).where(Topic.id == post.topic_id)
    db.session.execute(rows.with_for_update())
