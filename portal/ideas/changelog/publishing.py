"""Publishing entries: by hand, or by the worker at their time; once, whoever tries how often."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ChangelogPublished, ChangelogScheduled, IdeaAnnounced
from portal.database import db
from portal.errors import Conflict, Refusal
from portal.ideas import deciding
from portal.ideas.changelog import queries
from portal.ideas.changelog.models import ChangelogEntry, Stage
from portal.ideas.deciding import must_decide
from portal.ideas.models import Audience, Idea
from portal.ideas.statuses.queries import set_of
from portal.voting import holding

UNDECIDED = "{} may not decide any more, so it was not published at its time. Publish or schedule it again."


def schedule(entry: ChangelogEntry, at: datetime | None, *, by: Person) -> bool:
    """Have it published at a moment, or (None) not by itself. False when that was so already.

    Raises NotAllowed unless the person decides on ideas, Conflict for one that was published or a moment that is over.
    """
    must_decide(by)
    db.session.refresh(entry, with_for_update=True)
    if entry.stage not in (Stage.DRAFT, Stage.SCHEDULED):
        raise Conflict("This entry was published already. You can change or withdraw it.")
    if entry.publish_at == at:
        return False
    if at is not None and at <= clock.now():
        raise Conflict("This moment is over. Choose a later one, or publish it now.")
    entry.publish_at, entry.stage = at, Stage.SCHEDULED if at else Stage.DRAFT
    entry.decided_by_id, entry.held_because = by.id, ""
    when = at.isoformat() if at else None
    journal.record(ChangelogScheduled(actor_id=by.id, entry_id=entry.id, publish_at=when))
    return True


def publish(entry: ChangelogEntry, *, by: Person) -> bool:
    """Publish it now. False when it was published already. Raises NotAllowed unless the person decides on ideas."""
    must_decide(by)
    waiting = sa.and_(ChangelogEntry.id == entry.id, ChangelogEntry.stage.in_((Stage.DRAFT, Stage.SCHEDULED)))
    return _publish(entry, by, waiting)


def publish_due(entry_id: int) -> bool:
    """Publish a scheduled entry whose time has come, in the name of who scheduled it. False when there is none.

    Whoever claims the row first publishes it; everything is in the one transaction of the caller, so that what a
    killed worker began did not happen. Where that person may not decide any more, it waits as a draft and says why.
    """
    entry = db.session.get(ChangelogEntry, entry_id)
    by = db.session.get(Person, entry.decided_by_id) if entry and entry.decided_by_id else None
    if entry is None or by is None:
        return False
    is_due = sa.and_(
        ChangelogEntry.id == entry_id,
        ChangelogEntry.stage == Stage.SCHEDULED,
        ChangelogEntry.publish_at <= clock.now(),
    )
    if not by.active or not by.may("decide"):
        _hold_back(entry, by, is_due)
        return False
    return _publish(entry, by, is_due)


def _publish(entry: ChangelogEntry, by: Person, claim: sa.ColumnElement[bool]) -> bool:
    now = {"stage": Stage.PUBLISHED, "published_at": clock.now(), "publish_at": None}
    taken = sa.update(ChangelogEntry).where(claim).values(**now, decided_by_id=by.id, held_because="")
    if not db.session.execute(taken.returning(ChangelogEntry.id)).first():
        return False
    db.session.refresh(entry)
    ids = queries.idea_ids_of(entry)
    close_loop(entry, ids, by=by)
    journal.record(ChangelogPublished(actor_id=by.id, entry_id=entry.id, idea_ids=list(ids)))
    return True


def _hold_back(entry: ChangelogEntry, by: Person, claim: sa.ColumnElement[bool]) -> None:
    held = {"stage": Stage.DRAFT, "publish_at": None, "held_because": UNDECIDED.format(by.name)[:300]}
    gone = sa.update(ChangelogEntry).where(claim).values(**held).returning(ChangelogEntry.id)
    if db.session.execute(gone).first():
        journal.record(ChangelogScheduled(actor_id=None, entry_id=entry.id, publish_at=None))
    db.session.expire(entry)


def close_loop(entry: ChangelogEntry, idea_ids: Sequence[int], *, by: Person) -> None:
    """Ship the ideas that an entry tells of. Each gets one event, by which those who wanted it are told once.

    An entry that is not for everybody is named nowhere. Of an idea that was shipped before, those hear who may read
    the entry; of one for staff nobody does. For an idea that was merged since it was linked stands the one that counts
    for it.
    """
    is_told = entry.audience != Audience.STAFF
    counting = sa.func.coalesce(Idea.merged_into_id, Idea.id)
    there = set(db.session.scalars(sa.select(counting).where(Idea.id.in_(idea_ids))))
    holding.hold_with_authors(Idea, there)
    for idea_id in sorted(there):
        idea = db.session.get(Idea, idea_id)
        if idea is not None and not idea.is_hidden and not _ships(idea, entry, by) and is_told:
            told = IdeaAnnounced(actor_id=by.id, idea_id=idea.id, author_id=idea.author_id, entry_id=entry.id)
            journal.record(told)


def _ships(idea: Idea, entry: ChangelogEntry, by: Person) -> bool:
    """Give it the status that means done on its board; False when it has one, or the board knows none."""
    there = set_of(idea.board_id, archived=True)
    if any(each.key == idea.status and each.is_complete for each in there):
        return False
    done = next((each.key for each in there if each.is_complete and not each.archived), None)
    reason = f"Shipped, see the changelog: {entry.title}" if entry.audience == Audience.PUBLIC else ""
    try:
        return done is not None and deciding.change_status(idea, to=done, by=by, reason=reason)
    except Refusal:
        # What stands in the way of one idea keeps neither the entry nor the others.
        return False
