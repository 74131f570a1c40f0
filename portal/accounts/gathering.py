"""Gathering: who confirmed an address at a domain before it was known to be a company's comes into that company."""

import sqlalchemy as sa

from portal.accounts.matching import company_of
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import PersonChanged
from portal.database import db


def gather(company_id: int, domain: str, *, by_id: int | None) -> None:
    """Take in those who belong nowhere yet; `by_id` is whoever named the domain, None for the system."""
    unplaced = (Person.company_id.is_(None), Person.confirmed_at.is_not(None))
    below = sa.or_(Person.email.endswith(f"@{domain}"), Person.email.endswith(f".{domain}"))
    for person in db.session.scalars(sa.select(Person).where(*unplaced, below)):
        if company_of(person.email) == company_id:
            person.company_id = company_id
            journal.record(PersonChanged(actor_id=by_id, person_id=person.id, fields=["company"]))
