"""Labelling: the kinds of entries, which admins add, change and give up."""

from typing import Any

from slugify import slugify

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ChangelogKindsChanged
from portal.database import db
from portal.errors import NotAllowed, NotFound
from portal.ideas.changelog import queries
from portal.ideas.changelog.models import ChangelogKind


def add(*, by: Person, **fields: Any) -> ChangelogKind:
    """A new kind; its key never changes. Raises NotAllowed unless the person administers."""
    held = _own(by)
    key = _key(fields["name"], {each.key for each in held})
    kind = ChangelogKind(key=key, **fields)
    db.session.add(kind)
    journal.record(ChangelogKindsChanged(actor_id=by.id, key=key, fields=list(fields)))
    return kind


def change(key: str, *, by: Person, **fields: Any) -> list[str]:
    """Set what differs; returns the names of it. Raises NotAllowed and NotFound."""
    kind = _find(key, _own(by))
    changed = [name for name, value in fields.items() if getattr(kind, name) != value]
    for name in changed:
        setattr(kind, name, fields[name])
    if changed:
        journal.record(ChangelogKindsChanged(actor_id=by.id, key=key, fields=changed))
    return changed


def archive(key: str, *, by: Person) -> bool:
    """It can be given to no entry any more; those that have it keep it. False when it was so."""
    there = next((each for each in queries.kinds(archived=True) if each.key == key), None)
    if there is not None and there.archived_at is not None:
        return False
    return bool(change(key, by=by, archived_at=clock.now()))


def reopen(key: str, *, by: Person) -> bool:
    """It can be given again. False when it could."""
    return bool(change(key, by=by, archived_at=None))


def _own(by: Person) -> list[ChangelogKind]:
    """The kinds as rows; the built-in ones become rows with the first change."""
    if not by.may("administer"):
        raise NotAllowed("Only admins change the kinds of entries. Ask one of them.")
    held = list(queries.kinds(archived=True))
    db.session.add_all(each for each in held if each not in db.session)
    db.session.flush()
    return held


def _find(key: str, held: list[ChangelogKind]) -> ChangelogKind:
    found = next((each for each in held if each.key == key), None)
    if found is None:
        raise NotFound("There is no such kind of entries.")
    return found


def _key(name: str, taken: set[str]) -> str:
    stem = slugify(name, max_length=14, separator="_") or "kind"
    return next(key for n in range(len(taken) + 2) if (key := f"{stem}_{n}" if n else stem) not in taken)
