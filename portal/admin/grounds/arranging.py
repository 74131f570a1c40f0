"""Adding a ground, changing it, and giving it up."""

import sqlalchemy as sa
from slugify import slugify

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import GroundsChanged
from portal.database import db
from portal.errors import Conflict, NotFound
from portal.ideas.grounds import queries
from portal.ideas.grounds.models import QUIET, Ground


def own() -> list[Ground]:
    """The grounds of the house as rows: the built-in ones are written down when there were none."""
    rows = list(queries.rows())
    db.session.add_all(rows)
    db.session.flush()
    return rows


def find(key: str) -> Ground:
    """One ground, to change it. Raises NotFound."""
    row = next((each for each in own() if each.key == key), None)
    if row is None:
        raise NotFound("There is no such reason.")
    return row


def add(*, by: Person, name: str, position: int) -> Ground:
    """A new ground; its key is made of its name and never changes."""
    taken = {each.key for each in own()} | {QUIET, queries.NOT_SAID}
    stem = slugify(name, separator="_", max_length=16).strip("_") or "ground"
    key = next(key for n in range(1, 10_000) if (key := stem if n == 1 else f"{stem}_{n}") not in taken)
    row = Ground(key=key, name=name, position=position)
    db.session.add(row)
    _record(row, by, ["added"])
    return row


def change(row: Ground, *, by: Person, name: str, position: int) -> list[str]:
    """Set what differs; returns the names of it."""
    fields = {"name": name, "position": position}
    changed = [each for each, value in fields.items() if getattr(row, each) != value]
    for each in changed:
        setattr(row, each, fields[each])
    if changed:
        _record(row, by, changed)
    return changed


def archive(row: Ground, *, by: Person) -> None:
    """It can be chosen no more; decisions that name it keep it. Raises Conflict for the last one."""
    if row.archived_at is not None:
        return
    others = sa.select(Ground.id).where(Ground.archived_at.is_(None), Ground.id != row.id).limit(1)
    if db.session.scalar(others) is None:
        raise Conflict(
            "Whoever declines an idea chooses one of these, so the last one stays. Add another first."
        )
    row.archived_at = clock.now()
    _record(row, by, ["archived_at"])


def reopen(row: Ground, *, by: Person) -> None:
    """It can be chosen again."""
    if row.archived_at is not None:
        row.archived_at = None
        _record(row, by, ["archived_at"])


def _record(row: Ground, by: Person, fields: list[str]) -> None:
    db.session.flush()
    journal.record(GroundsChanged(actor_id=by.id, key=row.key, fields=fields))
