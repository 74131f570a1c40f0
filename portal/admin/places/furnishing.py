"""Adding boards and categories, changing and archiving them."""

from typing import Any

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import BoardChanged, CategoryChanged
from portal.admin.places.queries import KINDS, Place
from portal.database import db
from portal.ideas.models import Board


def add(kind: str, *, by: Person, **fields: Any) -> Place:
    """A new board or category."""
    place: Place = KINDS[kind](created_at=clock.now(), **fields)
    db.session.add(place)
    db.session.flush()
    _record(place, by, list(fields))
    return place


def change(place: Place, *, by: Person, **fields: Any) -> list[str]:
    """Set what differs; returns the names of it."""
    changed = [name for name, value in fields.items() if getattr(place, name) != value]
    for name in changed:
        setattr(place, name, fields[name])
    if changed:
        _record(place, by, changed)
    return changed


def archive(place: Place, *, by: Person) -> bool:
    """Nothing new comes in; what is there stays readable. False when it is archived."""
    return place.archived_at is None and bool(change(place, by=by, archived_at=clock.now()))


def reopen(place: Place, *, by: Person) -> bool:
    """Things may come in again. False when they may."""
    return bool(change(place, by=by, archived_at=None))


def _record(place: Place, by: Person, fields: list[str]) -> None:
    if isinstance(place, Board):
        journal.record(BoardChanged(actor_id=by.id, board_id=place.id, fields=fields))
    else:
        journal.record(CategoryChanged(actor_id=by.id, category_id=place.id, fields=fields))
