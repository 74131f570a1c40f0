"""Writing a comment on an idea, a reply in a topic, or a comment on either's posts."""

from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal import clock, markup
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import PostWritten
from portal.database import db
from portal.discussion import counting
from portal.discussion.models import Post
from portal.discussion.subjects import kind_of, name_of
from portal.errors import Conflict, Unusable

SENT_TWICE = timedelta(minutes=10)
"""The same text by the same person in the same place within this time is one text sent twice."""


def write(subject: Any, *, by: Person, body: str, parent: Post | None = None) -> Post:
    """Add a post to an idea or topic and count it. With a `parent` it is a comment on that post.

    A comment on a comment becomes one on the same post. A text sent twice gives the first post again.
    Raises Conflict when the subject (or the parent) is locked or hidden and `by` does not moderate,
    NotAllowed when the place does not let them write, Unusable when the parent is a post of something else.
    """
    body = markup.plain(body).strip()
    _hold(subject)
    if parent is None and getattr(subject, "merged_into_id", None) is not None:
        raise Conflict("This idea was merged into another one. Write your comment there.")
    check_open(subject, by=by)
    kind_of(subject).check_writer(subject, by)
    top = None if parent is None else _top_of(parent, subject, by=by)
    place = {f"{name_of(subject)}_id": subject.id} | _under(top)
    unseen = top is not None and top.is_hidden and not top.aside
    return _just_written(place, by, body) or _add(subject, place, by, body, unseen=unseen)


def check_open(subject: Any, *, by: Person) -> None:
    """Raise Conflict when nothing may be added or changed here now, except by a moderator."""
    if by.may("moderate"):
        return
    word = name_of(subject)
    if subject.locked_at is not None:
        reason = f" The reason: {subject.locked_reason}" if subject.locked_reason else ""
        raise Conflict(f"This {word} is locked: it can be read, but nobody can add to it.{reason}")
    if subject.is_hidden:
        raise Conflict(f"This {word} is hidden. A moderator can restore it; until then nothing can be added.")


def _hold(subject: Any) -> None:
    """Read the state that decides, and keep others from changing it until this transaction ends."""
    state = ["locked_at", "locked_reason", "hidden_at", "last_position"]
    if name_of(subject) == "idea":
        state.append("merged_into_id")
    db.session.flush()
    db.session.refresh(subject, state, with_for_update=True)


def _top_of(parent: Post, subject: Any, *, by: Person) -> Post:
    """The post that a comment on `parent` stands under: `parent`, or what it comments on itself."""
    if getattr(parent, f"{name_of(subject)}_id") != subject.id:
        raise Unusable("The post you comment on belongs to something else. Reload the page and try again.")
    top = parent if parent.parent_id is None else db.session.get_one(Post, parent.parent_id)
    # Whoever hides a post holds its subject too: only now, with the subject held, does it stay as it is.
    db.session.refresh(top, ["hidden_at"])
    if (parent.is_hidden or top.is_hidden) and not by.may("moderate"):
        raise Conflict("The post you comment on is hidden. You can write a reply of your own instead.")
    return top


def _under(top: Post | None) -> dict[str, Any]:
    """A comment on an aside stands beside it, because both comment on the question itself."""
    if top is None or top.aside:
        return {"parent_id": None, "aside": top is not None}
    return {"parent_id": top.id, "aside": False}


def _just_written(place: dict[str, Any], by: Person, body: str) -> Post | None:
    same = {"author": by.id, "since": clock.now() - SENT_TWICE, "text": body}
    names = frozenset(name for name, value in place.items() if value is not None)
    return db.session.scalar(_same(names, *place), same | place)


@cache
def _same(given: frozenset[str], *names: str) -> sa.Select[Post]:
    """A post of an author with a text, since a moment, in a place with these columns, of which some are `given`."""
    there = (
        getattr(Post, name) == sa.bindparam(name) if name in given else getattr(Post, name).is_(None)
        for name in names
    )
    mine = (Post.author_id == sa.bindparam("author"), Post.body == sa.bindparam("text"))
    lately = Post.created_at > sa.bindparam("since", type_=Post.created_at.type)
    return sa.select(Post).where(*mine, lately, *there).order_by(Post.id).limit(1)


def _add(subject: Any, place: dict[str, Any], by: Person, body: str, *, unseen: bool) -> Post:
    now, cooked = clock.now(), markup.cook(body)
    weight = (0, 0) if unseen else (1, int(place["parent_id"] is None and not place["aside"]))
    position = counting.next_position(subject, weight, author_id=by.id, now=now)
    post = Post(
        **place,
        position=position,
        author=by,
        body=body,
        body_html=cooked.html,
        cooked_with=cooked.version,
        created_at=now,
    )
    db.session.add(post)
    db.session.flush()
    journal.record(PostWritten(actor_id=by.id, post_id=post.id, idea_id=post.idea_id, topic_id=post.topic_id))
    return post
