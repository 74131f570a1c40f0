"""Asking a question, or starting a discussion."""

import sqlalchemy as sa

from portal import clock, markup
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import TopicStarted
from portal.database import db
from portal.discussion.writing import SENT_TWICE
from portal.errors import Conflict
from portal.forums.models import Category, Topic


def start(*, category: Category, by: Person, title: str, body: str, kind: str = "question") -> Topic:
    """A new topic. The same topic sent twice gives the first one again.

    Raises Conflict when the category is archived.
    """
    if category.archived_at is not None:
        raise Conflict("This category is closed. Please choose another one.")
    title, body = markup.plain(title).strip(), markup.plain(body).strip()
    # Two copies of one form may arrive at once: whoever comes second waits here, and then sees the first.
    db.session.execute(sa.select(Person.id).where(Person.id == by.id).with_for_update(key_share=True))
    sent = {"author_id": by.id, "category_id": category.id, "kind": kind, "title": title, "body": body}
    earlier = sa.select(Topic).filter_by(**sent).where(Topic.created_at > clock.now() - SENT_TWICE)
    return db.session.scalar(earlier.order_by(Topic.id).limit(1)) or _add(category, by, sent)


def start_for(
    author: Person | None, ghost_name: str | None, *, category: Category, title: str, body: str
) -> Topic:
    """A new question in the name of somebody who asked it elsewhere. Raises Conflict when the category is archived."""
    if category.archived_at is not None:
        raise Conflict("This category is closed. Please choose another one.")
    sent = {"kind": "question", "title": markup.plain(title).strip(), "body": markup.plain(body).strip()}
    return _add(category, author, sent | {"ghost_name": ghost_name})


def _add(category: Category, author: Person | None, sent: dict[str, object]) -> Topic:
    now, cooked = clock.now(), markup.cook(str(sent["body"]))
    topic = Topic(
        **sent,
        author=author,
        category=category,
        body_html=cooked.html,
        cooked_with=cooked.version,
        created_at=now,
        last_activity_at=now,
    )
    db.session.add(topic)
    db.session.flush()
    journal.record(TopicStarted(actor_id=topic.author_id, topic_id=topic.id))
    return topic
