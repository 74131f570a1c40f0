"""The numbers that an idea or a topic carries about its posts. They move in SQL, in the transaction of the post.

A post counts while it is visible: neither it nor the post that it comments on is hidden.
"""

from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.activity.events import ContentHidden, ContentRestored
from portal.activity.journal import hears
from portal.database import db
from portal.discussion.models import Post
from portal.discussion.subjects import model_of, subject_id


def next_position(subject: Any, weight: tuple[int, int], *, author_id: int | None, now: datetime) -> int:
    """Count a new post in and give its position within the subject. `weight`: so many posts, so many answers."""
    model: Any = type(subject)
    counted, names = _counting_in(model, *weight)
    given = {"of": subject.id, "now": now, "author": author_id}
    position = db.session.scalar(counted, given)
    db.session.expire(subject, names)
    return int(position)


@cache
def _counting_in(model: Any, posts: int, answers: int) -> tuple[sa.UpdateBase, list[str]]:
    """The statement that counts a new post in, and what it changes. Put together once: every post asks."""
    values = _moved(model, posts=posts, answers=answers) | {"last_position": model.last_position + 1}
    if model.__tablename__ == "topic" and posts:
        now = sa.bindparam("now", type_=model.last_activity_at.type)
        author = sa.bindparam("author", type_=model.last_author_id.type)
        later = model.last_activity_at > now
        values["last_activity_at"] = sa.case((later, model.last_activity_at), else_=now)
        values["last_author_id"] = sa.case((later, model.last_author_id), else_=author)
    counted = sa.update(model.__table__).where(model.id == sa.bindparam("of")).values(values)
    return counted.returning(model.__table__.c.last_position), list(values)


@hears(ContentHidden, ContentRestored)
def recount(event: ContentHidden | ContentRestored) -> None:
    """A post was hidden or restored: it, and with it the comments on it, count no more or count again."""
    if event.subject != "post":
        return
    post = db.session.get_one(Post, event.subject_id)
    model, key = model_of(post), subject_id(post)
    db.session.execute(sa.select(model.id).where(model.id == key).with_for_update())
    posts, answers = _weight(post)
    sign = 1 if isinstance(event, ContentRestored) else -1
    values = _moved(model, posts=sign * posts, answers=sign * answers)
    if post.topic_id is not None:
        values |= _latest(model, post.topic_id)
    changed = sa.update(model).where(model.id == key).values(values)
    db.session.execute(changed.execution_options(synchronize_session=False))
    subject = db.session.identity_map.get(db.session.identity_key(model, key))
    if subject is not None:
        db.session.expire(subject, list(values))


@cache
def is_counted() -> sa.ColumnElement[bool]:
    """Whether a row of `post` counts."""
    parent = aliased(Post)
    hidden_parent = sa.exists().where(parent.id == Post.parent_id, parent.hidden_at.is_not(None))
    return sa.and_(Post.hidden_at.is_(None), ~hidden_parent.correlate(Post))


def _moved(model: Any, *, posts: int, answers: int) -> dict[str, Any]:
    if model.__tablename__ == "idea":
        return {"comments": model.comments + posts}
    return {"replies": model.replies + posts, "answers": model.answers + answers}


def _weight(post: Post) -> tuple[int, int]:
    """How many posts and answers appear or vanish with this one."""
    if post.parent_id is not None:
        parent = db.session.get_one(Post, post.parent_id)
        return (0 if parent.is_hidden else 1), 0
    shown = sa.select(sa.func.count()).where(Post.parent_id == post.id, Post.hidden_at.is_(None))
    return 1 + (db.session.scalar(shown) or 0), int(post.may_answer)


def _latest(model: Any, topic_id: int) -> dict[str, Any]:
    newest = (
        sa.select(Post.created_at, Post.author_id)
        .where(Post.topic_id == topic_id, is_counted())
        .order_by(Post.created_at.desc(), Post.position.desc())
        .limit(1)
    )
    found = db.session.execute(newest).first()
    if found is None:
        return {"last_activity_at": model.created_at, "last_author_id": None}
    at = sa.case((model.created_at > found.created_at, model.created_at), else_=found.created_at)
    return {"last_activity_at": at, "last_author_id": found.author_id}
