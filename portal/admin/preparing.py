"""The very first start: what fills an empty database, and the link that makes the first admin."""

import json
import os
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

import sqlalchemy as sa

from portal import clock
from portal.accounts import registering
from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.activity import journal
from portal.activity.events import RoleChanged
from portal.database import db
from portal.errors import Conflict

GOOD_FOR = timedelta(hours=24)
_on_first_start: dict[str, Callable[[], object]] = {}


def on_first_start(name: str, fill: Callable[[], object]) -> None:
    """In demo mode, call `fill` once, when the database is empty. It commits by itself."""
    _on_first_start[name] = fill


def fill_empty() -> bool:
    """Call what was registered, if nobody is here yet."""
    if not is_empty():
        return False
    for fill in _on_first_start.values():
        fill()
    return True


def is_empty() -> bool:
    """Whether nobody has an account and nothing was imported."""
    return db.session.scalar(sa.select(Person.id).limit(1)) is None


def has_admin() -> bool:
    """Whether somebody can administer."""
    admins = sa.select(Person.id).where(Person.role == Role.ADMIN, Person.active.is_(True))
    return db.session.scalar(admins.limit(1)) is not None


def invite(folder: Path) -> str:
    """A new token for the page that makes the first admin; the one before is good no longer. We keep its SHA-256."""
    token = secrets.token_urlsafe(32)
    kept = {"token": _hash(token), "until": (clock.now() + GOOD_FOR).isoformat()}
    draft = _file(folder).with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(kept))
    os.replace(draft, _file(folder))
    return token


def is_invited(folder: Path, token: str) -> bool:
    """Whether this token may make the first admin now."""
    try:
        kept = json.loads(_file(folder).read_text())
        good = compare_digest(kept["token"], _hash(token)) and clock.now() < datetime.fromisoformat(
            kept["until"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return good and not has_admin()


def make_first_admin(folder: Path, token: str, *, name: str, email: str, password: str) -> Person:
    """The first admin, confirmed, because the link came from the machine itself. `password` is already a hash.

    Raises Conflict when the token is good no longer, IntegrityError when the address has an account.
    """
    if not is_invited(folder, token):
        raise Conflict("This link was used or is too old. Start the portal again to get another.")
    person = registering.register(name=name, email=email, password=password)
    registering.confirm(person)
    person.role = Role.ADMIN.value
    reason = "the first admin, by the link of the first start"
    old = Role.CUSTOMER.value
    changed = RoleChanged(actor_id=None, person_id=person.id, old=old, new=person.role, reason=reason)
    journal.record(changed)
    return person


def forget_invitation(folder: Path) -> None:
    """The link was used: it works no more."""
    _file(folder).unlink(missing_ok=True)


def _file(folder: Path) -> Path:
    return folder / "first_admin.json"


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
