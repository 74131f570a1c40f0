"""Every read of posts. Nothing here commits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.discussion.models import Post, Revision
from portal.discussion.subjects import KINDS, name_of

COMMENTS_SHOWN = 5
PAGE = 20
FARTHEST = 2**31 - 1  # the largest position that a column holds


def not_hidden_from(viewer: Viewer, post: Any = Post) -> sa.ColumnElement[bool]:
    """The post's own state: shown to all, or hidden and then only to its author and moderators."""
    if viewer.may("moderate"):
        return sa.true()
    shown = post.hidden_at.is_(None)
    return shown if viewer.id is None else sa.or_(shown, post.author_id == viewer.id)


@cache
def _parent() -> type[Post]:
    return aliased(Post)


def visible_posts(viewer: Viewer) -> sa.Select[Post]:
    """Posts this viewer may know about: they, what they comment on, and their subject are visible."""
    parent = _parent()
    fine = sa.exists().where(parent.id == Post.parent_id, not_hidden_from(viewer, parent)).correlate(Post)
    subjects = [
        sa.exists().where(kind.model.id == kind.column, kind.rule(viewer)).correlate(Post)
        for kind in KINDS.values()
    ]
    own = sa.and_(not_hidden_from(viewer), sa.or_(Post.parent_id.is_(None), fine))
    return sa.select(Post).where(own, sa.or_(sa.false(), *subjects))


def with_author(posts: sa.Select[Post]) -> sa.Select[Post]:
    """The same posts with what their line of authorship shows."""
    return posts.options(_author())


@cache
def _author() -> Any:
    return joinedload(Post.author).joinedload(Person.company)


@dataclass(frozen=True)
class Shown:
    """A post as a page shows it, with the first comments on it; `more` of them can be asked for."""

    post: Post
    comments: Sequence[Post] = ()
    more: int = 0


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What a page says of its posts for this viewer.

    `open`: the viewer is offered to write here. `votes`: the viewer's own by post id. `takes_votes`: answers
    have a vote. `may_accept`: the viewer is offered to accept an answer. `accepted_id`: the accepted one.
    """

    open: bool = False
    takes_votes: bool = False
    may_accept: bool = False
    accepted_id: int | None = None
    votes: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Stretch:
    """Neighbouring posts of one subject; the first comments on the subject itself (asides), and how many more
    there are; and the pinned post, which stands elsewhere on the page.

    `earlier` and `later`: whether there are more on that side.
    """

    rows: Sequence[Shown]
    asides: Sequence[Post] = ()
    more_asides: int = 0
    pinned: Shown | None = None
    earlier: bool = False
    later: bool = False

    @property
    def first(self) -> int:
        return self.rows[0].post.position

    @property
    def last(self) -> int:
        return self.rows[-1].post.position

    @property
    def before(self) -> int:
        """What the stretch before this one ends with."""
        return self.first - 1

    @property
    def after(self) -> int:
        """What the stretch after this one begins with."""
        return self.last + 1

    @property
    def voted_on(self) -> list[int]:
        """The ids of the posts that take votes."""
        return [each.post.id for each in [*self.rows, *filter(None, [self.pinned])]]


def stretch(
    subject: Any,
    viewer: Viewer,
    *,
    start: int | None = None,
    end: int | None = None,
    pinned: Post | None = None,
    size: int = PAGE,
) -> Stretch:
    """Posts without a parent, in order: `size` from position `start` on, or the last `size` up to `end`.

    It reads by position, so the last stretch of a long discussion costs what the first costs. Two queries:
    the posts, and the comments on them (and on the pinned one).
    """
    start, end = start and min(start, FARTHEST), end and min(end, FARTHEST)
    posts = _of(subject, viewer).where(Post.parent_id.is_(None), Post.aside.is_(False))
    if pinned is not None:
        posts = posts.where(Post.id != pinned.id)
    if end is None:
        posts = posts.where(Post.position >= (start or 1)).order_by(Post.position)
    else:
        posts = posts.where(Post.position <= end).order_by(Post.position.desc())
    found = list(db.session.scalars(with_author(posts).limit(size + 1)))
    more, found = len(found) > size, found[:size]
    if end is None:
        return _stretch(subject, viewer, found, pinned, earlier=(start or 1) > 1, later=more)
    later = end < subject.last_position
    return _stretch(subject, viewer, found[::-1], pinned, earlier=more, later=later)


def _stretch(
    subject: Any, viewer: Viewer, posts: list[Post], pinned: Post | None, *, earlier: bool, later: bool
) -> Stretch:
    here = [*filter(None, [pinned]), *posts]
    under = _first_comments(sa.or_(_inside(here), _is_aside(subject)), viewer)
    asides, more_asides = under.get(None, ([], 0))
    shown = [Shown(post, *under.get(post.id, ([], 0))) for post in here]
    top = shown.pop(0) if pinned is not None else None
    return Stretch(shown, asides, more_asides, top, earlier=earlier, later=later)


def with_comments(posts: Iterable[Post], viewer: Viewer) -> list[Shown]:
    """The posts, each with its first comments and how many more there are, in one query."""
    posts = list(posts)
    under = _first_comments(_inside(posts), viewer)
    return [Shown(post, *under.get(post.id, ([], 0))) for post in posts]


def _inside(posts: Sequence[Post]) -> sa.ColumnElement[bool]:
    return Post.parent_id.in_([post.id for post in posts])


def _is_aside(subject: Any) -> sa.ColumnElement[bool]:
    return sa.and_(getattr(Post, f"{name_of(subject)}_id") == subject.id, Post.aside.is_(True))


def _first_comments(
    which: sa.ColumnElement[bool], viewer: Viewer
) -> dict[int | None, tuple[list[Post], int]]:
    """By what they comment on (None: the subject itself), the first of these comments, and how many more."""
    ranked = sa.select(
        Post.id,
        sa.func.row_number().over(partition_by=Post.parent_id, order_by=Post.position).label("rank"),
        sa.func.count().over(partition_by=Post.parent_id).label("total"),
    ).where(which, not_hidden_from(viewer))
    top = ranked.subquery()
    rows = db.session.execute(
        with_author(sa.select(Post))
        .add_columns(top.c.total)
        .join(top, top.c.id == Post.id)
        .where(top.c.rank <= COMMENTS_SHOWN)
        .order_by(Post.position)
    )
    under: dict[int | None, tuple[list[Post], int]] = {}
    for comment, total in rows:
        known = under.get(comment.parent_id, ([], 0))[0]
        under[comment.parent_id] = ([*known, comment], total - len(known) - 1)
    return under


def _of(subject: Any, viewer: Viewer) -> sa.Select[Post]:
    """Posts of a subject that the viewer was already found to see."""
    return sa.select(Post).filter_by(**{f"{name_of(subject)}_id": subject.id}).where(not_hidden_from(viewer))


def comments_on(thing: Any, viewer: Viewer, *, after: int = 0, size: int = 50) -> tuple[list[Post], bool]:
    """Comments on a post (or on a subject itself) after a position, and whether there are more."""
    which = Post.parent_id == thing.id if isinstance(thing, Post) else _is_aside(thing)
    comments = sa.select(Post).where(which, not_hidden_from(viewer), Post.position > min(after, FARTHEST))
    found = list(db.session.scalars(with_author(comments.order_by(Post.position)).limit(size + 1)))
    return found[:size], len(found) > size


def is_among_first(comment: Post, viewer: Viewer) -> bool:
    """Whether a comment is one of those shown beneath its post or subject without asking for all."""
    beside = (
        sa.and_(Post.topic_id == comment.topic_id, Post.aside.is_(True))
        if comment.aside
        else Post.parent_id == comment.parent_id
    )
    before = sa.select(Post.id).where(beside, Post.position < comment.position, not_hidden_from(viewer))
    return len(db.session.scalars(before.limit(COMMENTS_SHOWN)).all()) < COMMENTS_SHOWN


def newest_post(subject: Any, viewer: Viewer) -> Post | None:
    """The last post of a subject that the viewer sees where it stands."""
    posts = visible_posts(viewer).where(getattr(Post, f"{name_of(subject)}_id") == subject.id)
    return db.session.scalar(posts.order_by(Post.position.desc()).limit(1))


def revisions_of(thing: Any) -> list[tuple[Revision, str]]:
    """What it said before each edit, newest first, with the name of who edited."""
    rows = db.session.execute(
        sa.select(Revision, Person.name)
        .outerjoin(Person, Person.id == Revision.edited_by_id)
        .where(getattr(Revision, f"{name_of(thing)}_id") == thing.id)
        .order_by(Revision.id.desc())
        .limit(50)
    )
    return [(revision, name or "Unknown") for revision, name in rows]


def position_of(post_id: int) -> int:
    """The position of a post within its subject."""
    return db.session.scalars(sa.select(Post.position).where(Post.id == post_id)).one()
