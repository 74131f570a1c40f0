"""What can be flagged, hidden and locked, each found from the viewer."""

from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.discussion import queries as discussion
from portal.discussion.models import Contribution, Post
from portal.discussion.subjects import KINDS, name_of
from portal.errors import NotFound

LOCKABLE = ("idea", "topic")


def find(viewer: Viewer, name: str, thing_id: int) -> Any:
    """The thing ("idea", "topic" or "post"), when the viewer may see it. Raises NotFound otherwise."""
    rows = visible(viewer, name)
    thing = None if rows is None else db.session.scalar(rows.where(model_of(name).id == thing_id))
    if thing is None:
        raise NotFound("It may have been removed, or the link is wrong.")
    return thing


def model_of(name: str) -> Any:
    """The table of a kind of thing."""
    return Post if name == "post" else KINDS[name].model


def visible(viewer: Viewer, name: str) -> sa.Select[Any] | None:
    """All things of that kind which the viewer may see, with their authors; None for an unknown kind."""
    if name == "post":
        return discussion.with_author(discussion.visible_posts(viewer))
    if name not in KINDS:
        return None
    author = KINDS[name].model.author
    return KINDS[name].visible_to(viewer).options(sa.orm.joinedload(author).joinedload(Person.company))


def pointer(thing: Contribution) -> dict[str, int]:
    """The column and id under which flags and log lines point to the thing."""
    return {f"{name_of(thing)}_id": thing.id}
