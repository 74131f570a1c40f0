"""Every read of conversions."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only

from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.discussion.models import Post
from portal.discussion.subjects import KINDS
from portal.errors import NotFound
from portal.forums.models import Topic
from portal.ideas.models import Board, Idea
from portal.moderation.converting.models import Conversion

# By name: who follows what stands above this slice.
WATCH = sa.table(
    "watch", sa.column("person_id"), sa.column("idea_id"), sa.column("topic_id"), sa.column("stopped_at")
)


def in_force(thing: Idea | Topic) -> Conversion | None:
    """The conversion that this idea or question is part of now."""
    return db.session.scalar(_of(thing).where(Conversion.ended_at.is_(None)))


def last_ended(thing: Idea | Topic, made: str) -> Conversion | None:
    """The last one of this idea or question that was parted again, whose result is still out of sight."""
    result = Idea.hidden_at if made == "idea" else Topic.hidden_at
    ended = _of(thing).join(Conversion.idea).join(Topic, Topic.id == Conversion.topic_id)
    ended = ended.where(Conversion.made == made, Conversion.ended_at.is_not(None), result.is_not(None))
    return db.session.scalar(ended.order_by(Conversion.id.desc()).limit(1))


def find(conversion_id: int) -> Conversion:
    """One conversion, for those who convert. Raises NotFound."""
    found = told(conversion_id)
    if found is None:
        raise NotFound("There is no such conversion.")
    return found


def can_be_renewed(conversion: Conversion) -> bool:
    """Whether what was made can be brought back: it was parted, and nothing else was made meanwhile."""
    if conversion.ended_at is None or conversion.topic is None:
        return False
    return in_force(conversion.topic) is None and in_force(conversion.idea) is None


def hid(made: Idea | Topic, ended: Conversion) -> bool:
    """Whether what is hidden was hidden when these two were parted, now or an earlier time."""
    both = (Conversion.topic_id == ended.topic_id, Conversion.idea_id == ended.idea_id)
    parted = sa.select(Conversion.id).where(*both, Conversion.ended_reason == made.hidden_reason)
    return db.session.scalar(parted.limit(1)) is not None


def _of(thing: Idea | Topic) -> sa.Select[Conversion]:
    its = Conversion.idea_id if isinstance(thing, Idea) else Conversion.topic_id
    return sa.select(Conversion).where(its == thing.id).options(*_around())


def _around() -> tuple[Any, ...]:
    return (
        joinedload(Conversion.topic),
        joinedload(Conversion.idea)
        .joinedload(Idea.board)
        .load_only(Board.name, Board.audience, Board.own_only),
        joinedload(Conversion.by).load_only(Person.name),
        joinedload(Conversion.ended_by).load_only(Person.name),
    )


def of_idea(viewer: Viewer) -> sa.ColumnElement[Any]:
    """The id of the conversion in force of a row of Idea, where the viewer may know about the question."""
    seen = sa.exists().where(Topic.id == Conversion.topic_id, KINDS["topic"].rule(viewer))
    known = sa.or_(Conversion.topic_id.is_(None), seen.correlate(Conversion))
    return _id(Conversion.idea_id == Idea.id, known).correlate(Idea).scalar_subquery()


def of_topic(viewer: Viewer) -> sa.ColumnElement[Any]:
    """The id of the conversion in force of a row of Topic, where the viewer may know about the idea."""
    seen = sa.exists().where(Idea.id == Conversion.idea_id, KINDS["idea"].rule(viewer))
    its = _id(Conversion.topic_id == Topic.id, seen.correlate(Conversion))
    return its.correlate(Topic).scalar_subquery()


def _id(*conditions: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(Conversion.id).where(Conversion.ended_at.is_(None), *conditions)


def told(conversion_id: int | None) -> Conversion | None:
    """What a page says of it; no query where there is none."""
    if conversion_id is None:
        return None
    return db.session.scalar(sa.select(Conversion).where(Conversion.id == conversion_id).options(*_around()))


def followers_of(thing: Idea | Topic) -> int:
    """How many people would follow what is made of it: who follows it, and of a question who wrote in it."""
    its = WATCH.c.idea_id if isinstance(thing, Idea) else WATCH.c.topic_id
    people = sa.select(WATCH.c.person_id).where(its == thing.id, WATCH.c.stopped_at.is_(None))
    if isinstance(thing, Topic):
        wrote = sa.select(Post.author_id).where(Post.topic_id == thing.id, Post.hidden_at.is_(None))
        people = people.union(wrote.where(Post.author_id.is_not(None)))  # type: ignore[assignment]
    found = people.subquery()
    others = found.c.person_id != (thing.author_id or 0)
    return db.session.scalar(sa.select(sa.func.count(sa.distinct(found.c.person_id))).where(others)) or 0


def author_of(thing: Idea | Topic) -> Person | None:
    """Who wrote it; None for a ghost."""
    return db.session.get(Person, thing.author_id) if thing.author_id else None


def sees(person: Person, idea: Idea) -> bool:
    """Whether the person may know about an idea."""
    seen = KINDS["idea"].visible_to(person).where(Idea.id == idea.id)
    return db.session.scalar(seen.options(load_only(Idea.id))) is not None
