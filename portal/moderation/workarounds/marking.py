"""Marking a comment or an answer as the workaround of an idea, and ending that."""

from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person, Viewer
from portal.activity import journal
from portal.activity.events import ContentHidden, WorkaroundEnded, WorkaroundMarked, WorkaroundMarkedAgain
from portal.activity.journal import hears
from portal.database import db
from portal.discussion.models import Post
from portal.discussion.writing import check_open
from portal.errors import Conflict, NotAllowed, Unusable
from portal.ideas.merging.joining import hold
from portal.ideas.models import Idea
from portal.moderation.holding import hold_around
from portal.moderation.workarounds import queries
from portal.moderation.workarounds.counting import settle
from portal.moderation.workarounds.models import Workaround


def may_mark(viewer: Viewer, idea: Idea) -> bool:
    """Whether the viewer says what works around the idea: staff, and who wrote it."""
    return viewer.is_staff or idea.is_by(viewer)


def mark(idea: Idea, post: Post, *, by: Person) -> bool:
    """Make this the workaround of an idea, in the place of another one; False when it is already.

    Who voted is told of a post that was never marked for the idea before. Raises NotAllowed unless the person may,
    Unusable for a post of something else, Conflict for what is hidden, merged, locked or done.
    """
    if post.topic_id is not None:
        hold_around(post, [idea.id])
    _hold(idea, by)
    if reason := _why_not(idea, post):
        raise Conflict(reason)
    if not queries.belongs(post, idea):
        raise Unusable(
            "Only a comment on the idea, or an answer to a question that is linked with it, can be marked."
        )
    there = queries.in_force(idea.id)
    if there is not None and there.post_id == post.id:
        return False
    # What was said on an idea that was merged goes with it when it is parted.
    home = post.idea_id or idea.id
    for each in queries.all_in_force(idea):
        if each.idea_id in (home, idea.id):
            _end(each, by.id)
    before = db.session.query(Workaround).filter_by(idea_id=home, post_id=post.id).first()
    db.session.add(Workaround(idea_id=home, post=post, marked_by=by, at=clock.now()))
    settle([idea.id])
    names: dict[str, Any] = {"idea_id": idea.id, "post_id": post.id, "author_id": post.author_id}
    journal.record((WorkaroundMarkedAgain if before else WorkaroundMarked)(actor_id=by.id, **names))
    return True


def unmark(idea: Idea, *, by: Person) -> bool:
    """The idea has no workaround any more; False when it had none. What people said of it stays, and counts again when the
    same post is marked again. Raises NotAllowed."""
    _hold(idea, by)
    there = queries.in_force(idea.id)
    if there is None:
        return False
    for each in queries.all_in_force(idea):
        _end(each, by.id)
    settle([idea.id])
    journal.record(WorkaroundEnded(actor_id=by.id, idea_id=idea.id, post_id=there.post_id))
    return True


def _hold(idea: Idea, by: Person) -> None:
    hold(idea)
    if not may_mark(by, idea):
        raise NotAllowed("Staff and the author of the idea say what works around it. Say it in a comment.")
    check_open(idea, by=by)


def _why_not(idea: Idea, post: Post) -> str:
    if idea.is_merged:
        return "This idea was merged into another one. Mark it there."
    if idea.is_hidden or not queries.is_shown(post):
        return "What is hidden helps nobody. A moderator can restore it first."
    if idea.standing.is_complete:
        return "This idea is done: nobody has to work around it any more."
    return ""


def _finish(there: Workaround, by_id: int | None) -> None:
    _end(there, by_id)
    settle([there.idea_id])
    journal.record(WorkaroundEnded(actor_id=by_id, idea_id=there.idea_id, post_id=there.post_id))


def _end(there: Workaround, by_id: int | None) -> None:
    there.ended_at, there.ended_by_id = clock.now(), by_id
    db.session.flush()


@hears(ContentHidden)
def end_hidden(event: ContentHidden) -> None:
    """What nobody can read works round nothing: it ends with the post, with what that comments on, or the question."""
    if event.subject not in ("post", "topic"):
        return
    posts = sa.select(Post.id).where(Post.topic_id == event.subject_id)
    if event.subject == "post":
        posts = sa.select(Post.id).where(
            sa.or_(Post.id == event.subject_id, Post.parent_id == event.subject_id)
        )
    held = sa.select(Workaround).where(Workaround.post_id.in_(posts), Workaround.ended_at.is_(None))
    for there in db.session.scalars(held.order_by(Workaround.idea_id)).all():
        _finish(there, event.actor_id)
