"""Ending inquiries: one yes does, and so does whatever somebody does for the idea, in the transaction of that act."""

from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import (
    BoardChanged,
    ContentHidden,
    ContentLocked,
    ContentRestored,
    ContentUnlocked,
    IdeaEdited,
    IdeaLabelled,
    IdeaMerged,
    IdeaMoved,
    IdeaPlanned,
    IdeaScored,
    InquiryEnded,
    InternallyNoted,
    OfficialAnswerGiven,
    PostWritten,
    RoadmapItemChosen,
    RoadmapItemMoved,
    StatusChanged,
    ValuesChanged,
    VoteAddedFor,
    VoteCast,
    VoteChanged,
    VoteConfirmed,
    VoteTakenOver,
)
from portal.activity.journal import hears
from portal.database import db, insert_missing
from portal.errors import NotAllowed
from portal.ideas.inquiring import queries
from portal.ideas.inquiring.models import Ended, IdeaTouch, Inquiry, InquiryLook
from portal.ideas.models import Board, Idea

TOUCHES = (IdeaPlanned, IdeaScored, IdeaLabelled, IdeaMoved, RoadmapItemMoved, RoadmapItemChosen)
"""Acts of staff of which no row of the idea has the time."""
_RUNNING = sa.select(Inquiry.id).where(Inquiry.idea_id == sa.bindparam("about"), Inquiry.ended_at.is_(None))
MODERATES = (ContentHidden, ContentRestored, ContentLocked, ContentUnlocked)


def end(idea_id: int, how: Ended, by_id: int | None) -> bool:
    """End the inquiry about an idea; False when there is none."""
    inquiry_id = db.session.scalar(_RUNNING, {"about": idea_id})
    if inquiry_id is None:
        return False
    ended = sa.update(Inquiry).where(Inquiry.id == inquiry_id, Inquiry.ended_at.is_(None))
    ended = ended.values(ended_at=clock.now(), ended=how, ended_by_id=by_id).returning(Inquiry.id)
    if db.session.scalar(ended, execution_options={"synchronize_session": "fetch"}) is None:
        return False
    journal.record(InquiryEnded(actor_id=by_id, idea_id=idea_id, inquiry_id=inquiry_id, how=how))
    return True


def keep(idea: Idea, *, by: Person) -> bool:
    """Staff keep the idea open and end the inquiry. False when nobody is asked. Raises NotAllowed for customers."""
    if not by.is_staff:
        raise NotAllowed(
            "Only staff end this. If you still want the idea, say so on its page or vote for it."
        )
    db.session.refresh(idea, ["status"], with_for_update=True)
    return end(idea.id, Ended.STAFF, by.id)


@hears(VoteCast, VoteChanged, VoteAddedFor, VoteTakenOver, VoteConfirmed)
def hear_vote(event: Any) -> None:
    """A vote says that the idea is wanted for which it counts, unless it is against it."""
    own = db.session.get_one(Idea, event.idea_id)
    counting = db.session.get_one(Idea, own.merged_into_id or own.id)
    if getattr(event, "value", 1) > 0 and counting.is_asked:
        end(counting.id, Ended.VOTE, event.actor_id)


@hears(PostWritten)
def hear_comment(event: PostWritten) -> None:
    """Somebody talks about the idea."""
    if event.idea_id is not None:
        end(event.idea_id, Ended.COMMENT, event.actor_id)


@hears(IdeaEdited, ValuesChanged)
def hear_edit(event: IdeaEdited | ValuesChanged) -> None:
    """Somebody works on its text."""
    end(event.idea_id, Ended.EDIT, event.actor_id)


@hears(StatusChanged, OfficialAnswerGiven, InternallyNoted, *TOUCHES)
def hear_staff(event: Any) -> None:
    """Staff do something with the idea."""
    end(event.idea_id, Ended.STAFF, event.actor_id)


@hears(IdeaMerged)
def hear_merge(event: IdeaMerged) -> None:
    """Both ideas of a merge were just looked at."""
    for idea_id in (event.idea_id, event.into_id):
        end(idea_id, Ended.STAFF, event.actor_id)


@hears(*TOUCHES)
def touch(event: Any) -> None:
    """Keep the time of the act."""
    _touch(event.idea_id)


@hears(*MODERATES)
def hear_moderation(event: Any) -> None:
    """A moderator hid, restored, locked or unlocked the idea."""
    if event.subject == "idea":
        end(event.subject_id, Ended.STAFF, event.actor_id)
        _touch(event.subject_id)


@hears(BoardChanged)
def follow_rule(event: BoardChanged) -> None:
    """Another rule is looked at today; where the board asks no more, what runs ends and its ideas stay open."""
    if "quiet_months" not in event.fields:
        return
    looked = sa.update(InquiryLook).where(InquiryLook.board_id == event.board_id)
    db.session.execute(looked.values(looked_on=None))
    if not db.session.get_one(Board, event.board_id).quiet_months:
        for idea_id in db.session.scalars(
            queries.open_on(event.board_id).with_only_columns(Inquiry.idea_id)
        ).all():
            end(idea_id, Ended.RULE, event.actor_id)


def _touch(idea_id: int) -> None:
    at = {"at": clock.now()}
    moved = sa.update(IdeaTouch).where(IdeaTouch.idea_id == idea_id).values(at)
    if not db.session.execute(moved).rowcount:  # type: ignore[attr-defined]
        insert_missing(IdeaTouch, [{"idea_id": idea_id} | at])
