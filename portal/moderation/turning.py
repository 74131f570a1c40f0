"""Turning a state of a thing, hidden or locked, on and off; whoever comes second changes nothing."""

from datetime import datetime

import sqlalchemy as sa

from portal.database import db
from portal.discussion.models import Contribution


def turn(thing: Contribution, state: str, *, at: datetime | None, reason: str | None) -> bool:
    """Set `<state>_at` and `<state>_reason` ("hidden", "locked"); None ends it. False when it was so already."""
    model = type(thing)
    since = getattr(model, f"{state}_at")
    changing = (
        sa.update(model)
        .where(model.id == thing.id, since.is_(None) if at else since.is_not(None))
        .values({f"{state}_at": at, f"{state}_reason": reason})
        .execution_options(synchronize_session=False)
    )
    changed = bool(db.session.execute(changing).rowcount)  # type: ignore[attr-defined]
    db.session.expire(thing, [f"{state}_at", f"{state}_reason"])
    return changed
