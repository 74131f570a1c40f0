"""Linking an entry with the ideas that it tells of."""

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.database import db
from portal.errors import Conflict
from portal.ideas.changelog import publishing, writing
from portal.ideas.changelog.models import ChangelogEntry, ChangelogIdea
from portal.ideas.deciding import must_decide
from portal.ideas.models import Idea


def link(entry: ChangelogEntry, idea: Idea, *, by: Person) -> bool:
    """Let an entry tell of an idea, which is shipped with it, or at once where it is published. False when it does.

    Raises NotAllowed unless the person decides on ideas, Conflict for an entry that was withdrawn and for an idea that
    was merged.
    """
    must_decide(by)
    db.session.refresh(entry, with_for_update=True)
    writing.must_stand(entry)
    if idea.is_merged:
        raise Conflict("This idea was merged into another one. Let the entry tell of that one.")
    if db.session.get(ChangelogIdea, (entry.id, idea.id)) is not None:
        return False
    db.session.add(ChangelogIdea(entry_id=entry.id, idea_id=idea.id, linked_at=clock.now()))
    db.session.flush()
    if entry.is_published:
        publishing.close_loop(entry, [idea.id], by=by)
    writing.note(entry, by, ["ideas"])
    return True


def unlink(entry: ChangelogEntry, idea_id: int, *, by: Person) -> bool:
    """Let it tell of the idea no more; the status of the idea stays. False when it does not."""
    must_decide(by)
    db.session.refresh(entry, with_for_update=True)
    writing.must_stand(entry)
    told = sa.delete(ChangelogIdea).where(
        ChangelogIdea.entry_id == entry.id, ChangelogIdea.idea_id == idea_id
    )
    if not db.session.execute(told.returning(ChangelogIdea.idea_id)).first():
        return False
    writing.note(entry, by, ["ideas"])
    return True
