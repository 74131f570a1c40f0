"""Giving a person another role."""

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.accounts.permissions import Permission, Role
from portal.activity import journal
from portal.activity.events import RoleChanged
from portal.database import db
from portal.errors import Conflict, NotAllowed


def change_role(person: Person, *, to: Role, by: Person | None, reason: str) -> bool:
    """Give the role; False when the person has it. `by` is None at the command line.

    Raises NotAllowed when `by` does not administer, Conflict for the last admin and for who cannot sign in.
    """
    if by is not None and not by.may(Permission.ADMINISTER):
        raise NotAllowed("Only an admin gives roles.")
    if person.role == to:
        return False
    if person.email is None or person.erased_at is not None:
        raise Conflict(f"{person.name} cannot sign in here, so a role would mean nothing.")
    keep_one_admin(person)
    old, person.role = person.role, to.value
    actor_id = by.id if by else None
    changed = RoleChanged(actor_id=actor_id, person_id=person.id, old=old, new=to.value, reason=reason)
    journal.record(changed)
    return True


def keep_one_admin(person: Person) -> None:
    """Raises Conflict when this person is the only one left who can administer."""
    if person.role != Role.ADMIN:
        return
    admins = sa.select(Person.id).where(Person.role == Role.ADMIN, Person.active.is_(True))
    # Locked, so that two admins who demote each other at once do not both succeed.
    others = set(db.session.scalars(admins.with_for_update())) - {person.id}
    if person.active and not others:
        raise Conflict(f"{person.name} is the last admin. Make somebody else an admin first.")
