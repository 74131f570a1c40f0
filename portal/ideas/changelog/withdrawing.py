"""Withdrawing a published entry, with a reason that its readers see; restoring ends it."""

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ChangelogRestored, ChangelogWithdrawn
from portal.database import db
from portal.errors import Conflict
from portal.ideas.changelog.models import ChangelogEntry, Stage
from portal.ideas.deciding import must_decide


def withdraw(entry: ChangelogEntry, *, by: Person, reason: str) -> bool:
    """Take it back; its ideas stay as they are. False when it was withdrawn already.

    Raises NotAllowed unless the person decides on ideas, Conflict for one that was never published.
    """
    must_decide(by)
    db.session.refresh(entry, with_for_update=True)
    if entry.stage == Stage.WITHDRAWN:
        return False
    if entry.stage != Stage.PUBLISHED:
        raise Conflict("Nobody has read this entry yet. Change it, or leave it as a draft.")
    entry.stage, entry.withdrawn_at = Stage.WITHDRAWN, clock.now()
    entry.withdrawn_reason, entry.decided_by_id = reason.strip(), by.id
    journal.record(ChangelogWithdrawn(actor_id=by.id, entry_id=entry.id, reason=entry.withdrawn_reason))
    return True


def restore(entry: ChangelogEntry, *, by: Person) -> bool:
    """Show it again, where it stood; nobody is told a second time. False when it was not withdrawn."""
    must_decide(by)
    db.session.refresh(entry, with_for_update=True)
    if entry.stage != Stage.WITHDRAWN:
        return False
    entry.stage, entry.withdrawn_at, entry.withdrawn_reason = Stage.PUBLISHED, None, ""
    entry.edited_at = clock.now()
    journal.record(ChangelogRestored(actor_id=by.id, entry_id=entry.id))
    return True
