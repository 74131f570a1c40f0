"""Following an idea: by asking for it, and by posting it, commenting or voting. Who said stop is left alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import (
    FollowingArranged,
    FollowingStopped,
    IdeaBecameQuestion,
    IdeaFollowed,
    IdeaSubmitted,
    PostWritten,
    QuestionBecameIdea,
    VoteCast,
    VoteWithdrawn,
)
from portal.activity.journal import hears
from portal.activity.models import Entry
from portal.database import db, insert_missing
from portal.discussion.models import Post
from portal.notifications.models import Because, Watch

AT_ONCE = 1_000
"""How many rows go into one statement."""


def follow(idea: Any, *, by: Person) -> bool:
    """The person hears what becomes of the idea. False when they had asked for it already."""
    if not _add(by.id, idea.id, Because.ASKED):
        asked = sa.or_(Watch.stopped_at.is_not(None), Watch.because != Because.ASKED)
        again = sa.update(Watch).where(*_mine(by.id, idea.id), asked)
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


@hears(PostWritten)
def follow_commented(event: PostWritten) -> None:
    """Whoever comments follows the idea, also when the vote that made them a follower goes."""
    if event.idea_id is None or _add(event.actor_id, event.idea_id, Because.COMMENT):
        return
    by_vote = sa.update(Watch).where(*_mine(event.actor_id, event.idea_id), Watch.because == Because.VOTE)
    _changes(by_vote.values(because=Because.COMMENT))


@hears(QuestionBecameIdea)
def follow_idea_of_question(event: QuestionBecameIdea) -> None:
    """Who follows a question, or wrote in it, follows the idea that it became, since they began to; if staff let them."""
    if not event.followers:
        return
    wrote = sa.select(Post.author_id, sa.func.min(Post.created_at), sa.literal(str(Because.COMMENT)))
    wrote = wrote.where(
        Post.topic_id == event.topic_id, Post.hidden_at.is_(None), Post.author_id.is_not(None)
    )
    _carry(wrote.group_by(Post.author_id), idea_id=event.idea_id)
    asked = sa.select(Watch.person_id, Watch.since, Watch.because)
    asked = asked.where(Watch.topic_id == event.topic_id, Watch.stopped_at.is_(None))
    _carry(asked, idea_id=event.idea_id)


@hears(FollowingArranged)
def follow_as_arranged(event: FollowingArranged) -> None:
    """Whom a rule has follow something does, unless they said stop."""
    place = {"idea_id": event.idea_id} if event.idea_id else {"topic_id": event.topic_id}
    row = {"person_id": event.person_id, "since": clock.now(), "because": Because.ASKED}
    insert_missing(Watch, [row | place])


@hears(IdeaBecameQuestion)
def follow_question_of_idea(event: IdeaBecameQuestion) -> None:
    """Who follows an idea follows the question that it became; if staff let them."""
    if event.followers:
        followers = sa.select(Watch.person_id, Watch.since, Watch.because)
        followers = followers.where(Watch.idea_id == event.idea_id, Watch.stopped_at.is_(None))
        _carry(followers, topic_id=event.topic_id)


def _carry(people: Any, **place: int) -> None:
    """Have these people (id, since, because) follow something; who does, or said stop, is left alone."""
    rows = [
        {"person_id": person_id, "since": since, "because": because, **place}
        for person_id, since, because in db.session.execute(people)
    ]
    for first in range(0, len(rows), AT_ONCE):
        insert_missing(Watch, rows[first : first + AT_ONCE])


def follow_votes(entries: Sequence[Entry]) -> None:
    """Whoever votes follows the idea, and ceases to with the vote. A reader's matter: a vote waits for nothing."""
    for entry in entries:
        if entry.kind == VoteCast.kind:
            _add(entry.actor_id, entry.data["idea_id"], Because.VOTE, entry.at)
        elif entry.kind == VoteWithdrawn.kind:
            by_vote = (Watch.because == Because.VOTE, Watch.stopped_at.is_(None))
            db.session.execute(
                sa.delete(Watch).where(*_mine(entry.actor_id, entry.data["idea_id"]), *by_vote)
            )


def _mine(person_id: int | None, idea_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return Watch.person_id == person_id, Watch.idea_id == idea_id


def _add(person_id: int | None, idea_id: int, because: Because, at: datetime | None = None) -> bool:
    if person_id is None:
        return False
    since = at or clock.now()
    row = {"person_id": person_id, "idea_id": idea_id, "since": since, "because": because}
    return insert_missing(Watch, [row]) > 0


def _changes(update: sa.Update) -> bool:
    return bool(db.session.execute(update).rowcount)  # type: ignore[attr-defined]
