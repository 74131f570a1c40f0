"""Every read of people and companies."""

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person, SignInSession
from portal.accounts.signing_in import LONGEST, hash_of
from portal.database import db


def signed_in(token: str) -> tuple[Person, SignInSession] | None:
    """Whose token this is, with the session; None when it ended, is too old, or the account is closed."""
    found = db.session.execute(
        sa.select(Person, SignInSession)
        .join(SignInSession, SignInSession.person_id == Person.id)
        .where(
            SignInSession.token_hash == hash_of(token),
            SignInSession.ended_at.is_(None),
            SignInSession.created_at > clock.now() - LONGEST,
            Person.active.is_(True),
        )
    ).first()
    return (found[0], found[1]) if found else None
