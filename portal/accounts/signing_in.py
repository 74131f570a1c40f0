"""Beginning and ending the sign-in sessions of a person. The browser holds a random token, we keep its SHA-256."""

import secrets
from datetime import timedelta
from hashlib import sha256

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


def touch(session: SignInSession) -> bool:
    """Note that the person was here. Says whether anything was written: at most once in some minutes."""
    now = clock.now()
    seen = sa.update(SignInSession).where(
        SignInSession.id == session.id, SignInSession.last_seen_at < now - UNTOUCHED
    )
    if not db.session.execute(seen.values(last_seen_at=now)).rowcount:  # type: ignore[attr-defined]
        return False
    active = sa.update(Person).where(Person.id == session.person_id)
    db.session.execute(active.values(last_active_at=now))
    return True
