"""Every read of workarounds, and of whom they help."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, load_only

from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.discussion.counting import is_counted
from portal.discussion.models import Link, Post
from portal.discussion.queries import visible_posts
from portal.errors import NotFound
from portal.forums.models import Topic
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.moderation.converting.models import Conversion
from portal.moderation.workarounds.models import Help, Workaround
from portal.voting.models import Vote

MOST = 3
"""For how many ideas an answer can be marked on the page of its question."""


@cache
def family() -> sa.Select[int]:
    """The ids of a row of Idea, and of those that were merged into it."""
    own = aliased(Idea)
    return sa.select(own.id).where(sa.or_(own.id == Idea.id, own.merged_into_id == Idea.id)).correlate(Idea)


@cache
def counting() -> sa.ColumnElement[Any]:
    """The id of the workaround of a row of Idea: its own one, else the last that came with what was merged into it.

    Nothing moves when ideas are merged: each has its workaround again when they are parted.
    """
    its, own = aliased(Workaround), aliased(Idea)
    family = sa.or_(own.id == Idea.id, own.merged_into_id == Idea.id)
    held = sa.select(its.id).join(own, own.id == its.idea_id).where(family, its.ended_at.is_(None))
    own_first = own.merged_into_id.is_not(None)
    return held.order_by(own_first, its.id.desc()).limit(1).correlate(Idea).scalar_subquery()


def of_idea(viewer: Viewer) -> sa.ColumnElement[Any]:
    """The id of the workaround of a row of Idea, where the viewer may read it."""
    seen = visible_posts(viewer).where(Post.id == Workaround.post_id).correlate(Workaround).exists()
    its = sa.select(Workaround.id).where(Workaround.id == counting(), seen)
    return its.correlate(Idea).scalar_subquery()


def helps(viewer: Viewer) -> sa.ColumnElement[Any]:
    """Whether the viewer says that the workaround of a row of Idea helps, and is counted."""
    if viewer.id is None:
        return sa.false()
    mine = sa.exists().where(Help.idea_id.in_(family()), Help.person_id == viewer.id, Help.counted.is_(True))
    return mine.correlate(Idea)


def told(workaround_id: int | None) -> Workaround | None:
    """What a page shows of it; no query where there is none."""
    if workaround_id is None:
        return None
    author = joinedload(Workaround.post).joinedload(Post.author).joinedload(Person.company)
    by = joinedload(Workaround.marked_by).load_only(Person.name)
    return db.session.scalar(sa.select(Workaround).where(Workaround.id == workaround_id).options(author, by))


def in_force(idea_id: int) -> Workaround | None:
    """The workaround that holds for an idea, as it is now, to act on."""
    its = sa.select(counting()).select_from(Idea).where(Idea.id == idea_id).scalar_subquery()
    held = sa.select(Workaround).where(Workaround.id == its)
    return db.session.scalar(held.execution_options(populate_existing=True))


def all_in_force(idea: Idea) -> Sequence[Workaround]:
    """Its own and those of what was merged into it, to act on."""
    its = sa.or_(Idea.id == idea.id, Idea.merged_into_id == idea.id)
    held = sa.select(Workaround).join(Idea, Idea.id == Workaround.idea_id)
    held = held.where(its, Workaround.ended_at.is_(None)).order_by(Workaround.id)
    return db.session.scalars(held.execution_options(populate_existing=True)).all()


def find_post(post_id: int, viewer: Viewer) -> Post:
    """The post, where the viewer may read it. Raises NotFound."""
    post = db.session.scalar(visible_posts(viewer).where(Post.id == post_id))
    if post is None:
        raise NotFound("This post does not exist, or a moderator hid it.")
    return post


def is_shown(post: Post) -> bool:
    """Whether neither the post, nor what it comments on or stands under, is hidden now."""
    return db.session.scalar(sa.select(Post.id).where(Post.id == post.id, stands())) is not None


@cache
def stands() -> sa.ColumnElement[bool]:
    """The same, asked of a row of Post."""
    place = aliased(Idea)
    topic = sa.exists().where(Topic.id == Post.topic_id, Topic.hidden_at.is_not(None))
    idea = sa.exists().where(place.id == Post.idea_id, place.hidden_at.is_not(None))
    return sa.and_(is_counted(), ~topic.correlate(Post), ~idea.correlate(Post))


def belongs(post: Post, idea: Idea) -> bool:
    """Whether the post stands under the idea, one that was merged into it, or answers a question that is linked with it."""
    if post.idea_id is not None:
        owner = sa.select(Idea.id).where(Idea.id == post.idea_id)
        here = sa.or_(Idea.id == idea.id, Idea.merged_into_id == idea.id)
        return db.session.scalar(owner.where(here)) is not None
    linked = sa.select(Idea.id).where(Idea.id == idea.id, _is_linked(post.topic_id))
    return post.may_answer and db.session.scalar(linked) is not None


def linked_with(topic_id: int, viewer: Viewer) -> Sequence[Idea]:
    """The first ideas that a question is linked with, which the viewer may know about and which stand for themselves."""
    ideas = visible_to(viewer).where(_is_linked(topic_id), Idea.merged_into_id.is_(None))
    ideas = ideas.where(Idea.hidden_at.is_(None)).options(load_only(Idea.title, Idea.author_id))
    return db.session.scalars(ideas.order_by(Idea.id).limit(MOST)).all()


def has_ideas(viewer: Viewer) -> sa.ColumnElement[Any]:
    """For staff: whether a row of Topic is linked with ideas, or one became the other. No query more on pages without."""
    if not viewer.is_staff:
        return sa.false()
    made = sa.exists().where(Conversion.topic_id == Topic.id, Conversion.ended_at.is_(None))
    forth = sa.exists().where(Link.from_topic_id == Topic.id, Link.to_idea_id.is_not(None))
    back = sa.exists().where(Link.to_topic_id == Topic.id, Link.from_idea_id.is_not(None))
    return sa.or_(*(each.correlate(Topic) for each in (made, forth, back)))


def _is_linked(topic_id: int | None) -> sa.ColumnElement[bool]:
    """Whether a row of Idea is linked with a question, or was made of it, or the question of it."""
    made = sa.select(Conversion.idea_id).where(Conversion.topic_id == topic_id, Conversion.ended_at.is_(None))
    forth = sa.select(Link.to_idea_id).where(Link.from_topic_id == topic_id, Link.to_idea_id.is_not(None))
    back = sa.select(Link.from_idea_id).where(Link.to_topic_id == topic_id, Link.from_idea_id.is_not(None))
    return sa.or_(Idea.id.in_(made), Idea.id.in_(forth), Idea.id.in_(back))


def posts_in_force(idea_ids: Sequence[int]) -> dict[int, int]:
    """The post that is the workaround of each of these ideas, where there is one. One query."""
    held = sa.select(Idea.id, Workaround.post_id).join(Workaround, Workaround.id == counting())
    return {row.id: row.post_id for row in db.session.execute(held.where(Idea.id.in_(idea_ids)))}


@cache
def counts() -> sa.ColumnElement[bool]:
    """What must hold for a row of Help so that it counts: its post is the workaround of the idea that counts now, for
    which its person has a vote."""
    own = aliased(Idea)
    top = sa.select(sa.func.coalesce(own.merged_into_id, own.id)).where(own.id == Help.idea_id)
    about = (Workaround.idea_id == Help.idea_id, Workaround.post_id == Help.post_id)
    voted = (Vote.counts_for_id == Idea.id, Vote.person_id == Help.person_id, Vote.value == 1)
    held = sa.exists().where(
        Idea.id == top.correlate(Help).scalar_subquery(), Workaround.id == counting(), *about, *voted
    )
    return held.correlate(Help)


@cache
def helped_now() -> sa.ColumnElement[Any]:
    """How many people the workaround of a row of Idea helps, counted from the rows; none for one that was merged."""
    its = sa.select(sa.func.count(Help.id)).where(Help.idea_id.in_(family()), Help.counted.is_(True))
    return sa.case((Idea.merged_into_id.is_(None), its.correlate(Idea).scalar_subquery()), else_=0)
