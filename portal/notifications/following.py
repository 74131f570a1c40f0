"""Following an idea: by asking for it, and by posting it, voting or commenting. Who said stop is left alone."""

from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import (
    FollowingStopped,
    IdeaFollowed,
    IdeaSubmitted,
    PostWritten,
    VoteCast,
    VoteWithdrawn,
)
from portal.activity.journal import hears
from portal.database import db, insert_missing
from portal.notifications.models import Because, Watch


def follow(idea: Any, *, by: Person) -> bool:
    """The person hears what becomes of the idea. False when they followed it already."""
    if _add(by.id, idea.id, Because.ASKED):
        journal.record(IdeaFollowed(actor_id=by.id, idea_id=idea.id))
        return True
    again = sa.update(Watch).where(*_mine(by.id, idea.id), Watch.stopped_at.is_not(None))
    begun = {"stopped_at": None, "since": clock.now(), "because": Because.ASKED}
    if not _changes(again.values(begun)):
        return False
    journal.record(IdeaFollowed(actor_id=by.id, idea_id=idea.id))
    return True


def stop(idea: Any, *, by: Person) -> bool:
    """The person hears no more of the idea, also not as its author or voter. False when they had said so already."""
    _add(by.id, idea.id, Because.ASKED)
    following = sa.update(Watch).where(*_mine(by.id, idea.id), Watch.stopped_at.is_(None))
    if not _changes(following.values(stopped_at=clock.now())):
        return False
    journal.record(FollowingStopped(actor_id=by.id, idea_id=idea.id))
    return True


@hears(IdeaSubmitted)
def follow_own(event: IdeaSubmitted) -> None:
    """Whoever posts an idea follows it."""
    _add(event.actor_id, event.idea_id, Because.IDEA)


@hears(VoteCast)
def follow_voted(event: VoteCast) -> None:
    """Whoever votes follows the idea."""
    _add(event.actor_id, event.idea_id, Because.VOTE)


@hears(PostWritten)
def follow_commented(event: PostWritten) -> None:
    """Whoever comments follows the idea."""
    if event.idea_id is not None:
        _add(event.actor_id, event.idea_id, Because.COMMENT)


@hears(VoteWithdrawn)
def leave(event: VoteWithdrawn) -> None:
    """Whoever followed only by voting ceases to when the vote goes."""
    by_vote = (Watch.because == Because.VOTE, Watch.stopped_at.is_(None))
    gone = sa.delete(Watch).where(Watch.person_id == event.actor_id, Watch.idea_id == event.idea_id, *by_vote)
    db.session.execute(gone)


def _mine(person_id: int, idea_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return Watch.person_id == person_id, Watch.idea_id == idea_id


def _add(person_id: int | None, idea_id: int, because: Because) -> bool:
    if person_id is None:
        return False
    row = {"person_id": person_id, "idea_id": idea_id, "since": clock.now(), "because": because}
    return insert_missing(Watch, [row]) > 0


def _changes(update: sa.Update) -> bool:
    return bool(db.session.execute(update).rowcount)  # type: ignore[attr-defined]
