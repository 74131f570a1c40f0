"""Every read of categories and topics."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload

from portal.accounts.models import Company, Person, Viewer
from portal.database import db
from portal.discussion.models import Post
from portal.errors import NotFound
from portal.forums.models import Acceptance, Category, Topic


def visible_to(viewer: Viewer) -> sa.Select[Topic]:
    """Topics this viewer may know about. Every read of topics starts here."""
    topics = sa.select(Topic)
    if viewer.may("moderate"):
        return topics
    shown = Topic.hidden_at.is_(None)
    return topics.where(shown if viewer.id is None else sa.or_(shown, Topic.author_id == viewer.id))


def for_list(viewer: Viewer) -> sa.Select[Topic]:
    """Topics with all that a row of a list shows; it reads no posts."""
    return visible_to(viewer).options(
        joinedload(Topic.author), joinedload(Topic.last_author), joinedload(Topic.category)
    )


def fetch(topics: sa.Select[Topic]) -> Sequence[Topic]:
    """The rows of a select."""
    return db.session.scalars(topics).all()


def categories() -> Sequence[Category]:
    """All categories in their order, archived ones last."""
    order = sa.case((Category.archived_at.is_(None), 0), else_=1)
    return db.session.scalars(sa.select(Category).order_by(order, Category.position, Category.id)).all()


def find(topic_id: int, viewer: Viewer) -> Topic:
    """The topic, to act on. Raises NotFound for what the viewer may not know about."""
    topic = db.session.scalar(visible_to(viewer).where(Topic.id == topic_id))
    if topic is None:
        raise NotFound("This question does not exist, or a moderator hid it.")
    return topic


@cache
def _of_the_answer() -> tuple[type[Post], type[Person], type[Company]]:
    """The accepted answer, who wrote it and their company, beside those of the topic. Made once: SQLAlchemy
    adapts every column to a new alias, which took a seventh of the page."""
    return aliased(Post), aliased(Person), aliased(Company)


def find_to_show(topic_id: int, viewer: Viewer, *more: sa.ColumnElement[Any]) -> Any:
    """The topic with all that its page shows of it, its accepted answer, and what `more` says of a row of Topic, in one
    query. Raises NotFound."""
    answer, writer, firm = _of_the_answer()
    found = db.session.execute(
        visible_to(viewer)
        .where(Topic.id == topic_id)
        .add_columns(answer, *more)
        .outerjoin(Acceptance, Acceptance.topic_id == Topic.id)
        .outerjoin(answer, answer.id == Acceptance.post_id)
        .outerjoin(writer, writer.id == answer.author_id)
        .outerjoin(firm, firm.id == writer.company_id)
        .options(
            joinedload(Topic.category),
            joinedload(Topic.author).joinedload(Person.company),
            contains_eager(answer.author.of_type(writer)).contains_eager(writer.company.of_type(firm)),
        )
    ).first()
    if found is None:
        raise NotFound("This question does not exist, or a moderator hid it.")
    return found


def accepted_id(topic_id: int) -> int | None:
    """The id of the accepted answer."""
    return db.session.scalar(sa.select(Acceptance.post_id).where(Acceptance.topic_id == topic_id))


def find_post(topic_id: int, post_id: int, posts: sa.Select[Post]) -> Post:
    """A post among `posts` (those the viewer sees) of this very topic. Raises NotFound."""
    post = db.session.scalar(posts.where(Post.id == post_id, Post.topic_id == topic_id))
    if post is None:
        raise NotFound("This reply does not exist here, or a moderator hid it.")
    return post
