"""Every read of people and companies."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, with_expression
from sqlalchemy.sql.base import ExecutableOption

from portal import clock
from portal.accounts.models import Company, Person, SignInSession, Viewer
from portal.accounts.permissions import Permission
from portal.accounts.signing_in import LONGEST, Visit, hash_of
from portal.database import db
from portal.errors import NotFound

_unread: list[ExecutableOption] = []
"""Kept as it is given to a statement: making it takes longer than the statement, and each request reads who asks."""


def count_unread(number: sa.ColumnElement[int]) -> None:
    """From now on whoever signs in is read together with this number of theirs, an expression over Person."""
    _unread[:] = [with_expression(Person.unread, number)]
    _visits.cache_clear()


def signed_in(token: str) -> tuple[Person, Visit] | None:
    """Whose token this is, and their visit; None when the session ended, is too old, or the account is closed."""
    found = db.session.execute(_visits(), {"token": hash_of(token), "since": clock.now() - LONGEST}).first()
    return (found[0], Visit(*found[1:])) if found else None


@cache
def _visits() -> sa.Select[Person, int, datetime]:
    """The visit of a `token` that began `since` then, with its person."""
    whose = SignInSession.token_hash == sa.bindparam("token")
    visits = sa.select(Person, SignInSession.id, SignInSession.last_seen_at)
    people = visits.join(SignInSession, SignInSession.person_id == Person.id).options(*_unread)
    return people.where(*_going_on(sa.bindparam("since"), whose, Person.active.is_(True)))


def sessions(person: Person) -> Sequence[SignInSession]:
    """Where this person is signed in, the last seen first."""
    own = _going_on(clock.now() - LONGEST, SignInSession.person_id == person.id)
    mine = sa.select(SignInSession).where(*own)
    return db.session.scalars(mine.order_by(SignInSession.last_seen_at.desc()).limit(100)).all()


def _going_on(since: Any, *more: sa.ColumnElement[bool]) -> list[sa.ColumnElement[bool]]:
    return [SignInSession.ended_at.is_(None), SignInSession.created_at > since, *more]


def visible_to(viewer: Viewer, person_id: int) -> Person:
    """A person with the company. Raises NotFound for accounts that are not confirmed or were erased.

    Oneself and who administers also sees an account that is not confirmed yet.
    """
    one = sa.select(Person).where(Person.id == person_id, Person.erased_at.is_(None))
    if not viewer.may(Permission.ADMINISTER):
        known = Person.confirmed_at.is_not(None) | Person.source_system.is_not(None)
        one = one.where(known | (Person.id == viewer.id))
    person = db.session.scalar(
        one.options(joinedload(Person.company)).execution_options(populate_existing=True)
    )
    if person is None:
        raise NotFound("There is nobody here of that number. Perhaps the account was erased.")
    return person


def by_mail(email: str) -> Person | None:
    """Who has this address (in lower case), confirmed or not."""
    return db.session.scalar(sa.select(Person).where(Person.email == email))


def by_key(fs_uniquifier: str) -> Person | None:
    """Who has this key, which changes with the password."""
    return db.session.scalar(sa.select(Person).where(Person.fs_uniquifier == fs_uniquifier))


def company(company_id: int | None) -> Company | None:
    """One company, or None."""
    return db.session.get(Company, company_id) if company_id else None
