"""Making an account, and confirming that the person reads the mail address."""

import secrets

from portal import clock
from portal.accounts.matching import company_of
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import PersonConfirmed, PersonRegistered
from portal.database import db


def register(*, name: str, email: str, password: str) -> Person:
    """A new account that is not confirmed yet. `email` in lower case; `password` is already a hash.

    Raises IntegrityError when the address has an account.
    """
    person = Person(
        name=name,
        email=email,
        password=password,
        fs_uniquifier=secrets.token_hex(32),
        created_at=clock.now(),
    )
    db.session.add(person)
    db.session.flush()
    journal.record(PersonRegistered(actor_id=person.id, person_id=person.id))
    return person


def confirm(person: Person) -> None:
    """The person proved to read the address: from now on they may sign in, and belong to the company of its domain."""
    if person.confirmed_at is None:
        person.confirmed_at = clock.now()
    if person.company_id is None:
        person.company_id = company_of(person.email)
    confirmed = PersonConfirmed(actor_id=person.id, person_id=person.id, company_id=person.company_id)
    journal.record(confirmed)
