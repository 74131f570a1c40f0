"""Finding quiet ideas: open ones about which nothing happened for as long as their board says."""

from calendar import monthrange
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from portal import clock
from portal.discussion.models import Post
from portal.ideas.confirming.models import Confirmation
from portal.ideas.inquiring.models import IdeaTouch, Inquiry
from portal.ideas.merging.models import Merge
from portal.ideas.models import Board, Idea, Party
from portal.ideas.plans.models import InternalNote, Plan
from portal.ideas.waiting import is_undecided
from portal.voting.models import Vote

DATED: tuple[InstrumentedAttribute[Any], ...] = (
    Idea.created_at,
    Idea.edited_at,
    Idea.status_at,
    Idea.last_staff_word_at,
)
"""What an idea says itself of when something happened to it."""


def months_before(now: datetime, months: int) -> datetime:
    """The same day and hour so many calendar months ago, or the last day of that month."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))


def asks_now(board: Board) -> bool:
    """Whether a board asks, and may close what nobody wants: it has the rule, is not archived, and takes votes."""
    open_to_votes = board.who_votes != Party.NOBODY and not board.why_no_votes(clock.now())
    return bool(board.quiet_months) and board.archived_at is None and open_to_votes


def is_quiet(board: Board, months: int) -> sa.ColumnElement[bool]:
    """What must hold for a row of Idea of the board: open, and no vote, comment or act of staff for so many months.

    Nor was it asked for in that time, or is now; nor does somebody of staff look after it who will look at it again.
    """
    now = clock.now()
    return quiet_on(board.id, months_before(now, months), now.date())


def quiet_on(board_id: Any, since: Any, today: Any) -> sa.ColumnElement[bool]:
    """The same by the id of the board, the first moment of those months and the day, as values or parameters."""
    asked = _any(Inquiry.idea_id, sa.or_(Inquiry.ended_at.is_(None), Inquiry.ended_at > since))
    return sa.and_(Idea.board_id == board_id, may_be_closed(today), nothing_since(since), ~asked)


def nothing_since(since: Any) -> sa.ColumnElement[bool]:
    """Whether nobody did anything for or to a row of Idea since a moment."""
    return sa.and_(
        *(sa.func.coalesce(each, since, type_=each.type) <= since for each in DATED),
        ~_any(Vote.counts_for_id, Vote.cast_at > since),
        ~_any(Vote.counts_for_id, Vote.taken_over_at > since),
        ~_any(Post.idea_id, Post.created_at > since, Post.hidden_at.is_(None)),
        ~_any(InternalNote.idea_id, InternalNote.at > since),
        ~_any(IdeaTouch.idea_id, IdeaTouch.at > since),
        ~_any(Confirmation.idea_id, Confirmation.at > since),
        ~_any(Merge.target_id, sa.or_(Merge.at > since, Merge.undone_at > since)),
        ~_any(Merge.source_id, sa.or_(Merge.at > since, Merge.undone_at > since)),
    )


def may_be_closed(today: Any) -> sa.ColumnElement[bool]:
    """What must hold for a row of Idea so that it may be closed on a day without somebody of staff deciding."""
    cared_for = _any(Plan.idea_id, Plan.owner_id.is_not(None), Plan.review_on > today)
    return sa.and_(is_undecided(), Idea.locked_at.is_(None), Idea.merged_into_id.is_(None), ~cared_for)


def _any(key: Any, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(key == Idea.id, *conditions).correlate(Idea)
