"""Every read of people at the desk."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts.models import Company, Person, SignInSession
from portal.accounts.permissions import STAFF
from portal.accounts.signing_in import LONGEST
from portal.database import db
from portal.errors import NotFound
from portal.paging import Keyset, Page

NEWEST: Keyset[Person] = Keyset((Person.id,))
STANDINGS = {
    "staff": Person.role.in_(STAFF),
    "unconfirmed": sa.and_(Person.confirmed_at.is_(None), Person.source_system.is_(None)),
    "closed": sa.and_(Person.active.is_(False), Person.erased_at.is_(None)),
    "imported": Person.source_system.is_not(None),
}
"""Groups of people that the list can be narrowed to."""


def search(text: str, standing: str, cursor: str | None) -> Page[Person]:
    """People whose name, mail address or company holds the text, newest first. Raises Unusable for a broken cursor."""
    people = sa.select(Person).options(joinedload(Person.company)).where(Person.erased_at.is_(None))
    if standing in STANDINGS:
        people = people.where(STANDINGS[standing])
    if text:
        firm = sa.exists().where(Company.id == Person.company_id, _holds(Company.name, text))
        people = people.where(sa.or_(_holds(Person.name, text), _holds(Person.email, text), firm))
    return NEWEST.page(lambda rows: db.session.scalars(rows).all(), people, cursor=cursor, size=50)


def _holds(column: Any, text: str) -> sa.ColumnElement[bool]:
    # SQLite only knows the small letters of English: what was typed is looked for as it is, too.
    return sa.or_(column.icontains(text, autoescape=True), column.contains(text, autoescape=True))


def find(person_id: int) -> Person:
    """One person with the company. Raises NotFound."""
    one = sa.select(Person).where(Person.id == person_id).options(joinedload(Person.company))
    person = db.session.scalar(one.execution_options(populate_existing=True))
    if person is None:
        raise NotFound("There is nobody of that number.")
    return person


def named(name: str) -> list[Company]:
    """Companies of this name, whatever its capitals; two at most, since two are too many."""
    same = sa.func.lower(Company.name) == sa.func.lower(name)
    return list(db.session.scalars(sa.select(Company).where(same | (Company.name == name)).limit(2)))


def devices(person_id: int) -> int:
    """On how many devices the person is signed in."""
    going_on = (SignInSession.ended_at.is_(None), SignInSession.created_at > clock.now() - LONGEST)
    count = sa.select(sa.func.count(SignInSession.id)).where(SignInSession.person_id == person_id, *going_on)
    return db.session.scalar(count) or 0
