"""Audits: what topics and people carry about replies and accepted answers, worked out again from the rows."""

from collections.abc import Generator
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity.auditing import audits, compare
from portal.database import db
from portal.discussion.counting import is_counted
from portal.discussion.models import Post
from portal.forums.models import Acceptance, Topic

Differences = Generator[str, None, int]


@audits("last activity of topics")
def check_last_activity() -> Differences:
    """`last_activity_at` is when the newest visible reply was written (or the topic), `last_author_id` by whom."""
    rows, wrong = _activity()
    compared = yield from compare("last activity of topic", rows)
    for topic_id, person_id in db.session.execute(wrong):
        yield f"last author of topic {topic_id}: stored {person_id}, who did not write its newest reply"
    return compared


@audits("accepted answers")
def check_acceptances() -> Differences:
    """A topic is solved exactly while an answer is accepted, which is a visible answer to this very question."""
    rows, odd = _acceptances()
    compared = yield from compare("solved (1) or not (0) of topic", rows)
    for topic_id, post_id in db.session.execute(odd):
        yield f"accepted answer of topic {topic_id}: post {post_id} is no visible answer to it"
    return compared


@audits("accepted answers of people")
def count_accepted_answers() -> Differences:
    """`accepted_answers` counts the acceptances of what the person wrote."""
    return (yield from compare("accepted answers of person", _accepted()))


@cache
def _activity() -> tuple[Any, Any]:
    newest = _replies(sa.func.max(Post.created_at)).scalar_subquery()
    expected = sa.case((newest > Topic.created_at, newest), else_=Topic.created_at)
    by_this = Post.author_id.is_not_distinct_from(Topic.last_author_id)
    written = sa.exists(_replies(Post.id).where(Post.created_at == newest, by_this))
    nobody = sa.and_(newest.is_(None), Topic.last_author_id.is_(None))
    wrong = sa.select(Topic.id, Topic.last_author_id).where(~written, ~nobody)
    return sa.select(Topic.id, Topic.last_activity_at, expected), wrong


@cache
def _acceptances() -> tuple[Any, Any]:
    accepted = sa.exists().where(Acceptance.topic_id == Topic.id)
    stored, counted = (sa.cast(each, sa.Integer) for each in (Topic.solved_at.is_not(None), accepted))
    fits = sa.and_(
        Post.topic_id == Topic.id,
        Post.parent_id.is_(None),
        Post.aside.is_(False),
        Post.hidden_at.is_(None),
        Topic.kind == "question",
    )
    odd = (
        sa.select(Acceptance.topic_id, Acceptance.post_id)
        .join(Topic, Topic.id == Acceptance.topic_id)
        .join(Post, Post.id == Acceptance.post_id)
        .where(~fits)
    )
    return sa.select(Topic.id, stored, counted), odd


@cache
def _accepted() -> sa.Select[Any]:
    counted = (
        sa.select(sa.func.count())
        .select_from(Acceptance)
        .join(Post, Post.id == Acceptance.post_id)
        .where(Post.author_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )
    return sa.select(Person.id, Person.accepted_answers, counted)


def _replies(what: Any) -> sa.Select[Any]:
    return sa.select(what).select_from(Post).where(Post.topic_id == Topic.id, is_counted()).correlate(Topic)
