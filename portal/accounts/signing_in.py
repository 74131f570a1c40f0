"""Beginning and ending the sign-in sessions of a person. The browser holds a random token, we keep its SHA-256."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person, SignInSession
from portal.database import db

LONGEST = timedelta(days=30)
"""A session ends by itself this long after signing in."""
UNTOUCHED = timedelta(minutes=5)
"""How coarsely `last_seen_at` is kept."""


def hash_of(token: str) -> str:
    """What is stored of a token. It is random, so a plain hash is enough."""
    return sha256(token.encode()).hexdigest()


def begin(person: Person, *, browser: str) -> str:
    """A new session of the person; returns the token for the cookie. Sessions long over are forgotten."""
    now = clock.now()
    old = SignInSession.created_at < now - LONGEST
    db.session.execute(sa.delete(SignInSession).where(SignInSession.person_id == person.id, old))
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignInSession(
            person_id=person.id,
            token_hash=hash_of(token),
            browser=browser.replace("\x00", "")[:200],
            created_at=now,
            last_seen_at=now,
        )
    )
    db.session.flush()
    return token


def end(person: Person, session_id: int) -> bool:
    """End one session of this person; False when there is none of that id that is still going."""
    return _end(SignInSession.person_id == person.id, SignInSession.id == session_id) > 0


def end_all(person: Person, *, but: str = "", but_id: int = 0) -> int:
    """End every session of the person, `but` the one of this token or id. Returns how many."""
    mine = SignInSession.person_id == person.id
    return _end(mine, SignInSession.token_hash != hash_of(but), SignInSession.id != but_id)


def _end(*which: sa.ColumnElement[bool]) -> int:
    ending = sa.update(SignInSession).where(SignInSession.ended_at.is_(None), *which)
    ended: int = db.session.execute(ending.values(ended_at=clock.now())).rowcount  # type: ignore[attr-defined]
    return ended


class Visit(NamedTuple):
    """What a request needs to know of its session; it holds also when the transaction that read it is over."""

    id: int
    last_seen_at: datetime


def is_worth_noting(visit: Visit) -> bool:
    """Whether the last noted visit of this session is long enough ago to write another."""
    return visit.last_seen_at < clock.now() - UNTOUCHED


def touch(visit: Visit) -> bool:
    """Note that the person was here. Says whether anything was written: at most once in some minutes."""
    now = clock.now()
    seen = sa.update(SignInSession).where(
        SignInSession.id == visit.id, SignInSession.last_seen_at < now - UNTOUCHED
    )
    if not db.session.execute(seen.values(last_seen_at=now)).rowcount:  # type: ignore[attr-defined]
        return False
    theirs = sa.select(SignInSession.person_id).where(SignInSession.id == visit.id).scalar_subquery()
    db.session.execute(sa.update(Person).where(Person.id == theirs).values(last_active_at=now))
    return True
