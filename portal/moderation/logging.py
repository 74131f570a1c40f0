"""The log: every act of a moderator leaves a line."""

from portal import clock
from portal.accounts.models import Person
from portal.database import db
from portal.discussion.models import Contribution
from portal.moderation.models import ModerationAct
from portal.moderation.subjects import pointer


def note(thing: Contribution, *, act: str, by: Person, reason: str) -> None:
    """Add a line: `act` is "hide", "restore", "lock", "unlock" or "keep"."""
    db.session.add(
        ModerationAct(act=act, moderator_id=by.id, reason=reason, at=clock.now(), **pointer(thing))
    )
