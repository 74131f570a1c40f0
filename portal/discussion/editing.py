"""Changing a text. The old one is kept, and the new one is cooked."""

from typing import Any

from portal import clock, markup
from portal.accounts.models import Person, Viewer
from portal.activity import journal
from portal.activity.events import Event, IdeaEdited, PostEdited, TopicEdited
from portal.database import db
from portal.discussion.models import Post, Revision
from portal.discussion.subjects import model_of, name_of, subject_id
from portal.discussion.writing import check_open
from portal.errors import Conflict, NotAllowed


def edit(thing: Any, *, by: Person, body: str, title: str | None = None) -> bool:
    """Replace the text (and the title) of an idea, topic or post; False when nothing would change.

    Raises NotAllowed unless `by` wrote it or moderates, Conflict when it is locked or hidden and `by` does
    not moderate.
    """
    body = markup.plain(body).strip()
    title = None if title is None else markup.plain(title).strip()
    db.session.flush()
    db.session.refresh(thing, _texts(thing), with_for_update=True)
    _check(thing, by)
    if body == thing.body and title in (None, getattr(thing, "title", None)):
        return False
    _keep(thing, by)
    cooked = markup.cook_again(body, thing.cooked_with)
    thing.body, thing.body_html, thing.cooked_with = body, cooked.html, cooked.version
    thing.edited_at = clock.now()
    if title is not None:
        thing.title = title
    journal.record(_event(thing, by))
    return True


def may_edit(viewer: Viewer, thing: Any) -> bool:
    """Whether a person is offered to change this text (its state may still refuse)."""
    return viewer.may("moderate") or thing.is_by(viewer)


def _texts(thing: Any) -> list[str]:
    return (
        ["body", "cooked_with", "hidden_at"]
        if isinstance(thing, Post)
        else ["body", "title", "cooked_with", "hidden_at", "locked_at"]
    )


def _check(thing: Any, by: Person) -> None:
    if not may_edit(by, thing):
        raise NotAllowed(
            "Only its author and moderators may change this text. You can write a reply instead."
        )
    if thing.is_hidden and not by.may("moderate"):
        raise Conflict("This is hidden, so it cannot be changed. A moderator can restore it.")
    is_post = isinstance(thing, Post)
    subject = db.session.get_one(model_of(thing), subject_id(thing)) if is_post else thing
    check_open(subject, by=by)


def _keep(thing: Any, by: Person) -> None:
    before = {f"{name_of(thing)}_id": thing.id, "title": getattr(thing, "title", None), "body": thing.body}
    db.session.add(Revision(**before, edited_by_id=by.id, at=clock.now()))


def _event(thing: Any, by: Person) -> Event:
    if isinstance(thing, Post):
        return PostEdited(actor_id=by.id, post_id=thing.id, idea_id=thing.idea_id, topic_id=thing.topic_id)
    if name_of(thing) == "idea":
        return IdeaEdited(actor_id=by.id, idea_id=thing.id)
    return TopicEdited(actor_id=by.id, topic_id=thing.id)
