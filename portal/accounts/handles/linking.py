"""Linking a handle to one's account, and taking it away again."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import sqlalchemy as sa

from portal import clock
from portal.accounts.erasing import erases, rows_of
from portal.accounts.handles import queries
from portal.accounts.handles.models import Handle, Place
from portal.accounts.matching import is_free_mail
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import PersonChanged
from portal.database import db
from portal.errors import Conflict

MOST = 10


def link(person: Person, *, place: Place, address: str) -> Handle:
    """Note where the person says they are found. One that is there already stays as it is. Raises Conflict for too many."""
    db.session.refresh(person, ["id"], with_for_update={"key_share": True})
    theirs = queries.of(person.id)
    for each in theirs:
        if (each.place, each.address) == (place, address):
            return each
    if len(theirs) >= MOST:
        raise Conflict(f"{MOST} are enough. Take one away before you add another.")
    handle = Handle(person_id=person.id, place=place, address=address, added_at=clock.now())
    db.session.add(handle)
    db.session.flush()
    _record(person)
    return handle


def unlink(person: Person, handle: Handle) -> None:
    """Take one away."""
    db.session.delete(handle)
    _record(person)


def _record(person: Person) -> None:
    journal.record(PersonChanged(actor_id=person.id, person_id=person.id, fields=["handles"]))


def is_proven(handle: Handle, person: Person) -> bool:
    """Whether it leads to the domain of the confirmed mail address of the person; all else is only said. Of a free mail
    service no domain proves anything."""
    if handle.href is None or person.email is None or person.confirmed_at is None:
        return False
    host = (urlsplit(handle.href).hostname or "").removeprefix("www.")
    domain = person.email.rpartition("@")[2]
    is_there = host == domain or host.endswith(f".{domain}")
    return is_there and not is_free_mail(domain)


@erases(order=12)
def forget_handles(person_id: int, _texts: bool) -> Mapping[str, int]:
    """None is kept."""
    return {"handles": rows_of(sa.delete(Handle).where(Handle.person_id == person_id))}
