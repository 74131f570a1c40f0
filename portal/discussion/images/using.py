"""Following which images stand in which texts: a listener of the journal, in the transaction of the act."""

import re
from functools import cache
from itertools import islice
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity.events import (
    ChangelogChanged,
    Event,
    IdeaEdited,
    IdeaSubmitted,
    PostEdited,
    PostWritten,
    TopicEdited,
    TopicStarted,
)
from portal.activity.journal import hears
from portal.database import db
from portal.discussion.images import queries
from portal.discussion.images.models import Image, ImageUse
from portal.discussion.models import Post
from portal.discussion.subjects import KINDS
from portal.markup import IMAGE

MOST = 100
NEW = (IdeaSubmitted, TopicStarted, PostWritten)
_ADDRESS = re.compile(IMAGE)


@hears(IdeaSubmitted, IdeaEdited)
def follow_idea(event: Any) -> None:
    """The images of an idea."""
    _follow_text(event, KINDS["idea"].model, "idea_id")


@hears(TopicStarted, TopicEdited)
def follow_topic(event: Any) -> None:
    """The images of a topic."""
    _follow_text(event, KINDS["topic"].model, "topic_id")


@hears(PostWritten, PostEdited)
def follow_post(event: Any) -> None:
    """The images of a comment or a reply."""
    _follow_text(event, Post, "post_id")


@hears(ChangelogChanged)
def follow_entry(event: ChangelogChanged) -> None:
    """The images of an entry of the changelog."""
    if "body" in event.fields:
        _follow_text(event, queries.place("entry_id"), "entry_id")


def follow(text: str, *, by: Person, idea_id: int, part: str) -> None:
    """The images of an official answer ("answer") or a note ("note"); earlier ones stay, as earlier versions do."""
    keys = _keys_in(text)
    if keys:
        _set({"idea_id": idea_id}, keys, by, part, keep=True)


def _follow_text(event: Event, model: Any, name: str) -> None:
    place = {name: getattr(event, name)}
    text = db.session.scalar(_body(model), {"of": place[name]}) or ""
    keys = _keys_in(text)
    by = db.session.get(Person, event.actor_id) if event.actor_id else None
    if by is not None and (keys or not isinstance(event, NEW)):
        _set(place, keys, by, "text", keep=False)


@cache
def _body(model: Any) -> Any:
    return sa.select(model.body).where(model.id == sa.bindparam("of"))


def _keys_in(text: str) -> set[str]:
    """The keys of the first MOST images that a text names."""
    return {found["key"] for found in islice(_ADDRESS.finditer(text), MOST)}


def _set(place: dict[str, int], keys: set[str], by: Person, part: str, *, keep: bool) -> None:
    """Let these images stand there, as far as the writer may see them; whoever knows an address alone shows nothing."""
    there = set(queries.used_in(place, part))
    wanted = set(db.session.scalars(queries.visible_to(by).where(Image.key.in_(keys)))) if keys else set()
    known = sa.select(Image.id).where(Image.key.in_(keys))
    staying = there & set(db.session.scalars(known)) if keys else set()
    new = {image.id for image in wanted} - there
    for image_id in sorted(new):
        db.session.add(ImageUse(image_id=image_id, part=part, at=clock.now(), **place))
    gone = set() if keep else there - staying
    if gone:
        db.session.execute(
            sa.delete(ImageUse).filter_by(**place, part=part).where(ImageUse.image_id.in_(gone))
        )
    db.session.flush()
    _note(new | gone)


def _note(image_ids: set[int]) -> None:
    """Since when they stand in no text, if they do."""
    if not image_ids:
        return
    used = set(db.session.scalars(sa.select(ImageUse.image_id).where(ImageUse.image_id.in_(image_ids))))
    for image in db.session.scalars(sa.select(Image).where(Image.id.in_(image_ids))):
        image.unused_since = None if image.id in used else image.unused_since or clock.now()
    db.session.flush()
