"""Closing an account, so that nobody signs in with it, and opening it again."""

from portal.accounts import signing_in
from portal.accounts.granting import keep_one_admin
from portal.accounts.models import Person
from portal.accounts.permissions import Permission
from portal.activity import journal
from portal.activity.events import PersonChanged
from portal.errors import Conflict, NotAllowed


def close(person: Person, *, by: Person) -> bool:
    """End every session and let nobody in; what the person wrote stays. False when it was closed.

    Raises NotAllowed when `by` does not administer, Conflict for oneself and for the last admin.
    """
    _check(by)
    if not person.active:
        return False
    if person.id == by.id:
        raise Conflict("You cannot close your own account here. Ask another admin.")
    keep_one_admin(person)
    person.active = False
    signing_in.end_all(person)
    journal.record(PersonChanged(actor_id=by.id, person_id=person.id, fields=["active"]))
    return True


def reopen(person: Person, *, by: Person) -> bool:
    """Let the person sign in again. False when the account was open. Raises NotAllowed, Conflict when erased."""
    _check(by)
    if person.active:
        return False
    if person.erased_at is not None:
        raise Conflict("This account was erased; there is nothing left to open.")
    person.active = True
    journal.record(PersonChanged(actor_id=by.id, person_id=person.id, fields=["active"]))
    return True


def _check(by: Person) -> None:
    if not by.may(Permission.ADMINISTER):
        raise NotAllowed("Only an admin closes and opens accounts.")
