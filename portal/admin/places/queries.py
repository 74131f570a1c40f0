"""Every read of boards and categories at the desk."""

from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy as sa

from portal.database import db
from portal.errors import NotFound
from portal.forums.models import Category, Topic
from portal.ideas.models import Board, Idea

Place = Board | Category
KINDS: dict[str, Any] = {"boards": Board, "categories": Category}


def listed(kind: str) -> Sequence[Place]:
    """All of one kind in their order, archived ones last."""
    model = KINDS[kind]
    order = (model.archived_at.is_not(None), model.position, model.name)
    return cast(Sequence[Place], db.session.scalars(sa.select(model).order_by(*order)).all())


def find(kind: str, place_id: int) -> Place:
    """One board or category. Raises NotFound."""
    place: Place | None = db.session.get(KINDS[kind], place_id)
    if place is None:
        raise NotFound("There is no such place. Perhaps its number is that of another one.")
    return place


def is_used(place: Place) -> bool:
    """Whether anything stands in it."""
    inside = Idea.board_id if isinstance(place, Board) else Topic.category_id
    return db.session.scalar(sa.select(inside).where(inside == place.id).limit(1)) is not None


def is_taken(kind: str, name: str, but: Place | None) -> bool:
    """Whether another place of this kind has the name."""
    model = KINDS[kind]
    same = sa.select(model.id).where(
        sa.func.lower(model.name) == name.lower(), model.id != (but.id if but else 0)
    )
    return db.session.scalar(same.limit(1)) is not None


def next_position(kind: str) -> int:
    """Behind all the others."""
    last = db.session.scalar(sa.select(sa.func.max(KINDS[kind].position)))
    return (last or 0) + 1
