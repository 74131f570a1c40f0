"""Holding what hiding a post or a question changes, in the one order: questions first, then ideas by their numbers."""

from collections.abc import Collection

import sqlalchemy as sa

from portal.database import db
from portal.discussion.models import Post
from portal.forums.models import Topic
from portal.ideas.models import Idea

# By name: workarounds stand above this.
WORKAROUND = sa.table("workaround", sa.column("idea_id"), sa.column("post_id"), sa.column("ended_at"))


def hold_around(thing: Post | Topic, also: Collection[int] = ()) -> None:
    """Keep others until the end from commenting here, and from changing the ideas that something here works around;
    `also` are ids of ideas that the same transaction will need.

    On PostgreSQL by row locks. Nobody comments while an idea or a topic is counted anew, and nobody marks what is hidden
    at the same moment.
    """
    topic_id = thing.id if isinstance(thing, Topic) else thing.topic_id
    if topic_id is not None:
        db.session.execute(sa.select(Topic.id).where(Topic.id == topic_id).with_for_update())
    ids = {*also, *_worked_around(thing)}
    if isinstance(thing, Post) and thing.idea_id is not None:
        ids.add(thing.idea_id)
    if ids:
        ids |= set(_counting(ids))
        family = sa.or_(Idea.id.in_(ids), Idea.merged_into_id.in_(ids))
        db.session.execute(sa.select(Idea.id).where(family).order_by(Idea.id).with_for_update())


def _worked_around(thing: Post | Topic) -> Collection[int]:
    """The ideas whose workaround would be hidden with it."""
    held = sa.select(WORKAROUND.c.idea_id).where(WORKAROUND.c.ended_at.is_(None))
    return db.session.scalars(held.where(WORKAROUND.c.post_id.in_(_posts_of(thing)))).all()


def _posts_of(thing: Post | Topic) -> sa.Select[int]:
    """The ids of what is hidden with a post, or a question."""
    if isinstance(thing, Topic):
        return sa.select(Post.id).where(Post.topic_id == thing.id)
    return sa.select(Post.id).where(sa.or_(Post.id == thing.id, Post.parent_id == thing.id))


def _counting(ids: Collection[int]) -> Collection[int]:
    """The ideas that count for these."""
    tops = sa.select(Idea.merged_into_id).where(Idea.id.in_(ids), Idea.merged_into_id.is_not(None))
    return [each for each in db.session.scalars(tops) if each is not None]
