"""Reads of handles."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.accounts.handles.models import Handle
from portal.database import db
from portal.errors import NotFound


def of(person_id: int) -> Sequence[Handle]:
    """Where this person says they are found, the first added first."""
    theirs = sa.select(Handle).where(Handle.person_id == person_id)
    return db.session.scalars(theirs.order_by(Handle.id).limit(50)).all()


def own(person_id: int, handle_id: int) -> Handle:
    """One of this person. Raises NotFound."""
    found = db.session.get(Handle, handle_id)
    if found is None or found.person_id != person_id:
        raise NotFound("You have no such link; perhaps you took it away already.")
    return found
