"""Keeping exports: saving one, changing, copying and deleting it."""

from portal import clock
from portal.accounts.models import Person
from portal.accounts.permissions import Permission
from portal.activity import journal
from portal.activity.events import ExportDeleted, ExportSaved
from portal.database import db
from portal.errors import NotAllowed
from portal.transfer.building import Export
from portal.transfer.saved import scheduling
from portal.transfer.saved.models import SavedExport

LONGEST_NAME = 80


def save(export: Export, *, by: Person, name: str, shared: bool) -> SavedExport:
    """Keep an export under a name. Raises Unusable for one that means nothing."""
    export.check()
    saved = SavedExport(
        name=name, person=by, shared=shared, words=export.words(), created_at=clock.now(), schedule=None
    )
    db.session.add(saved)
    db.session.flush()
    journal.record(ExportSaved(actor_id=by.id, saved_id=saved.id, fields=["name", "shared", "words"]))
    return saved


def change(saved: SavedExport, export: Export, *, by: Person, name: str, shared: bool) -> list[str]:
    """Keep it otherwise; returns the names of the fields that changed. Raises NotAllowed and Unusable."""
    check_change(saved, by)
    export.check()
    new = {"name": name, "shared": shared, "words": export.words()}
    changed = [field for field, value in new.items() if getattr(saved, field) != value]
    for field in changed:
        setattr(saved, field, new[field])
    if changed:
        saved.changed_at = clock.now()
        journal.record(ExportSaved(actor_id=by.id, saved_id=saved.id, fields=changed))
    return changed


def copy(saved: SavedExport, *, by: Person) -> SavedExport:
    """One's own copy of it, without its schedule."""
    name = f"Copy of {saved.name}"[:LONGEST_NAME]
    copied = SavedExport(
        name=name, person=by, shared=False, words=saved.words, created_at=clock.now(), schedule=None
    )
    db.session.add(copied)
    db.session.flush()
    journal.record(ExportSaved(actor_id=by.id, saved_id=copied.id, fields=["name", "shared", "words"]))
    return copied


def delete(saved: SavedExport, *, by: Person) -> None:
    """Take it away, with its schedule and its files. Raises NotAllowed."""
    check_change(saved, by)
    scheduling.end(saved, by=by)
    scheduling.expire_files(saved)
    saved.deleted_at = clock.now()
    journal.record(ExportDeleted(actor_id=by.id, saved_id=saved.id))


def may_change(saved: SavedExport, person: Person) -> bool:
    """Whose it is may change it; admins may change what is shared."""
    return saved.person_id == person.id or (saved.shared and person.may(Permission.ADMINISTER))


def check_change(saved: SavedExport, person: Person) -> None:
    """Raises NotAllowed for whoever may only take and copy it."""
    if not may_change(saved, person):
        raise NotAllowed("This export is somebody else's. Copy it, and change the copy.")
