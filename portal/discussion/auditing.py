"""Audits: the numbers that ideas and topics carry about their posts, counted again from the posts."""

from collections.abc import Generator
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.activity.auditing import audits, compare
from portal.database import db
from portal.discussion.counting import is_counted
from portal.discussion.models import Post
from portal.discussion.subjects import KINDS, Kind

Differences = Generator[str, None, int]


@audits("posts counted on ideas and topics")
def count_posts() -> Differences:
    """`comments` of ideas, `replies` and `answers` of topics: visible posts (see counting.py)."""
    compared = 0
    for kind in KINDS:
        for name, rows in _counted(kind):
            compared += yield from compare(f"{name} of {kind}", rows)
    return compared


@audits("positions of posts")
def check_positions() -> Differences:
    """`last_position` is the highest position given, and at least every second position is taken."""
    compared = 0
    for kind in KINDS:
        rows, sparse = _positions(kind)
        compared += yield from compare(f"last position of {kind}", rows)
        for key, count, most, least in db.session.execute(sparse):
            yield f"positions of {kind} {key}: {count} posts between {least} and {most}"
    return compared


@cache
def _counted(name: str) -> list[tuple[str, sa.Select[Any]]]:
    """Of each number of a kind: its name, and rows of id, as stored, and as counted."""
    kind, rows = KINDS[name], []
    for number, condition in _numbers(kind):
        counted = _of(kind, sa.func.count()).where(is_counted(), condition).scalar_subquery()
        rows.append((number, sa.select(kind.model.id, getattr(kind.model, number), counted)))
    return rows


@cache
def _positions(name: str) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """The last positions of a kind, as stored and as given; and those whose posts are too few, or before the first."""
    kind = KINDS[name]
    highest = _of(kind, sa.func.coalesce(sa.func.max(Post.position), 0)).scalar_subquery()
    most, least = sa.func.max(Post.position), sa.func.min(Post.position)
    sparse = (
        sa.select(kind.column, sa.func.count(), most, least)
        .where(kind.column.is_not(None))
        .group_by(kind.column)
        .having(sa.or_(sa.func.count() * 2 < most, least < 1))
    )
    return sa.select(kind.model.id, kind.model.last_position, highest), sparse


def _numbers(kind: Kind) -> list[tuple[str, sa.ColumnElement[bool]]]:
    if kind.name == "idea":
        return [("comments", sa.true())]
    return [("replies", sa.true()), ("answers", sa.and_(Post.parent_id.is_(None), Post.aside.is_(False)))]


def _of(kind: Kind, number: Any) -> sa.Select[Any]:
    return sa.select(number).select_from(Post).where(kind.column == kind.model.id).correlate(kind.model)
