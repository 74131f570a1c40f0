"""Writing entries of the changelog, and changing them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal import clock, markup
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ChangelogChanged
from portal.database import db
from portal.errors import Conflict
from portal.ideas.audiences.choosing import choose
from portal.ideas.audiences.queries import Chosen
from portal.ideas.changelog.models import ChangelogEntry, ChangelogLabel, Stage
from portal.ideas.deciding import must_decide


def write(
    *,
    by: Person,
    kinds: Sequence[str] = (),
    chosen: Chosen | None = None,
    key: str | None = None,
    **words: str,
) -> ChangelogEntry:
    """A new draft from title, body and audience; the same form (`key`) sent twice makes one.

    Raises NotAllowed unless the person decides on ideas.
    """
    must_decide(by)
    if key and (there := _by_key(key, by)) is not None:
        return there
    made = {"written_by_id": by.id, "created_at": clock.now(), "form_key": key}
    entry = ChangelogEntry(**made, **words | _cooked(words["body"]))
    db.session.add(entry)
    db.session.flush()
    _label(entry, kinds)
    choose(entry, chosen or Chosen())
    journal.record(ChangelogChanged(actor_id=by.id, entry_id=entry.id, fields=["title", "body"]))
    return entry


def change(
    entry: ChangelogEntry, *, by: Person, kinds: Sequence[str], chosen: Chosen, **words: str
) -> list[str]:
    """Set what differs of title, body, audience, kinds and companies; returns the names of it. One that was published
    says from then on that it was edited.

    Raises NotAllowed unless the person decides on ideas, Conflict for one that was withdrawn.
    """
    must_decide(by)
    db.session.refresh(entry, with_for_update=True)
    must_stand(entry)
    cooked = _cooked(words["body"])
    changed = [
        name for name, value in (words | cooked).items() if name in words and getattr(entry, name) != value
    ]
    for name, value in (words | cooked).items():
        setattr(entry, name, value)
    if _label(entry, kinds):
        changed.append("kinds")
    if choose(entry, chosen):
        changed.append("chosen")
    if changed:
        note(entry, by, changed)
    return changed


def note(entry: ChangelogEntry, by: Person, fields: Sequence[str]) -> None:
    """Journal a change, and mark it where readers may have read what was there before."""
    if entry.is_published:
        entry.edited_at = clock.now()
    entry.held_because = ""
    journal.record(ChangelogChanged(actor_id=by.id, entry_id=entry.id, fields=list(fields)))


def must_stand(entry: ChangelogEntry) -> None:
    """Raise Conflict for an entry that was withdrawn."""
    if entry.stage == Stage.WITHDRAWN:
        raise Conflict("This entry was withdrawn. Restore it first.")


def _cooked(body: str) -> dict[str, Any]:
    body = markup.plain(body).strip()
    cooked = markup.cook(body)
    return {"body": body, "body_html": cooked.html, "cooked_with": cooked.version}


def _label(entry: ChangelogEntry, kinds: Sequence[str]) -> bool:
    """Set the kinds; False when they were so."""
    held = set(db.session.scalars(sa.select(ChangelogLabel.kind).where(ChangelogLabel.entry_id == entry.id)))
    if held == set(kinds):
        return False
    gone = sa.delete(ChangelogLabel).where(ChangelogLabel.entry_id == entry.id)
    db.session.execute(gone.where(ChangelogLabel.kind.not_in(kinds)))
    db.session.add_all(ChangelogLabel(entry_id=entry.id, kind=key) for key in set(kinds) - held)
    db.session.flush()
    return True


def _by_key(key: str, by: Person) -> ChangelogEntry | None:
    mine = sa.select(ChangelogEntry).where(ChangelogEntry.written_by_id == by.id)
    return db.session.scalar(mine.where(ChangelogEntry.form_key == key))
