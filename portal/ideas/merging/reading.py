"""Reading with an idea what was said on those that were merged into it: one list, by date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Viewer
from portal.database import db
from portal.discussion import queries as posts
from portal.discussion.models import Post
from portal.discussion.queries import Stretch
from portal.ideas.models import Idea

_AT = (Post.created_at, Post.id)


@dataclass(frozen=True)
class Together(Stretch):
    """Neighbouring comments on an idea and on those that count for it, by date. It is found by the comment that it
    begins with, or that stands after it, and not by position: each idea counts its own.

    `origins`: the ideas that comments may have come from, by id; `next_id`: the comment with which the stretch after
    this one begins.
    """

    origins: Mapping[int, Idea] = field(default_factory=dict)
    next_id: int = 0

    @property
    def before(self) -> int:
        return self.rows[0].post.id

    @property
    def after(self) -> int:
        return self.next_id


def together(
    idea: Idea, origins: Mapping[int, Idea], viewer: Viewer, *, start: int | None, end: int | None, size: int
) -> Together:
    """`size` comments from the one with the id `start` on, or the last ones before `end`, or the first. Two queries.

    `origins` are the ideas that count for this one, of which the viewer was found to see each.
    """
    end = end if start is None else None
    found = _some(_tops(idea, origins, viewer), start, end, size + 1)
    more, found = len(found) > size, found[: size + 1]
    if end is not None:
        shown = posts.with_comments(found[:size][::-1], viewer)
        return Together(shown, earlier=more, later=True, origins=origins, next_id=end)
    shown = posts.with_comments(found[:size], viewer)
    next_id = found[size].id if more else 0
    return Together(shown, earlier=start is not None, later=more, origins=origins, next_id=next_id)


def is_on_first_stretch(
    post_id: int, idea: Idea, origins: Mapping[int, Idea], viewer: Viewer, size: int
) -> bool:
    """Whether a comment is among the first `size` of them. One query."""
    first = _tops(idea, origins, viewer).with_only_columns(Post.id).order_by(*_AT).limit(size)
    return post_id in db.session.scalars(first).all()


def _tops(idea: Idea, origins: Mapping[int, Idea], viewer: Viewer) -> sa.Select[Any]:
    here = Post.idea_id.in_([idea.id, *origins])
    return sa.select(Post).where(here, Post.parent_id.is_(None), posts.not_hidden_from(viewer))


def _some(tops: sa.Select[Any], start: int | None, end: int | None, count: int) -> Sequence[Post]:
    rows, mark = posts.with_author(tops), start or end
    if mark is not None:
        moment = sa.select(Post.created_at).where(Post.id == mark).scalar_subquery()
        here, there = sa.tuple_(*_AT), sa.tuple_(moment, sa.literal(mark, Post.id.type))
        rows = rows.where(here < there if end is not None else here >= there)
    order = _AT if end is None else [each.desc() for each in _AT]
    return db.session.scalars(rows.order_by(*order).limit(count)).all()
