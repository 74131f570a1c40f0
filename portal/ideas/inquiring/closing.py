"""Closing what nobody wants: after the days of its inquiry an idea takes the status that its board says."""

from datetime import timedelta

import sqlalchemy as sa

from portal import clock
from portal.activity.trying import try_later
from portal.database import db
from portal.ideas import deciding
from portal.ideas.grounds.models import QUIET
from portal.ideas.inquiring import queries
from portal.ideas.inquiring.ending import end
from portal.ideas.inquiring.finding import asks_now, may_be_closed, nothing_since
from portal.ideas.inquiring.models import Ended, Inquiry
from portal.ideas.models import Board, Idea
from portal.ideas.standing import Standing
from portal.voting import casting

LONGEST_WAIT = timedelta(days=1)
"""An idea that could not be closed is tried again at least this often."""


def close(idea_id: int) -> bool:
    """End the inquiry about an idea whose day has come; False when it was ended meanwhile. The caller commits."""
    idea = db.session.get_one(Idea, idea_id)
    casting.hold(idea)
    inquiry = queries.newest(idea.id)
    if inquiry is None or inquiry.ended_at is not None or inquiry.until > clock.now():
        # Another worker was here, or somebody who wants it.
        return False
    _close(idea, inquiry)
    return True


def postpone(idea_id: int, failure: str) -> None:
    """The idea could not be closed: it is tried again later, and others go on. The caller commits."""
    inquiry = queries.newest(idea_id)
    if inquiry is not None and inquiry.ended_at is None:
        try_later(inquiry, failure, LONGEST_WAIT)


def ending_now(idea: Idea, inquiry: Inquiry) -> Standing | None:
    """The status that an idea takes when nobody wanted it; None where it is not to be closed. Needs the board.

    A vote that was cast while the question was being written down did not know of it: what happened since is looked up.
    """
    if not asks_now(idea.board):
        return None
    fits = sa.and_(Idea.id == idea.id, may_be_closed(clock.now().date()), nothing_since(inquiry.asked_at))
    return queries.ending_of(idea.board) if db.session.scalar(sa.select(sa.exists().where(fits))) else None


def _close(idea: Idea, inquiry: Inquiry) -> None:
    to = ending_now(idea, inquiry)
    if to is None:
        end(idea.id, Ended.OVERTAKEN, None)
        return
    # First the inquiry: a change of status by anybody else would keep the idea.
    end(idea.id, Ended.CLOSED, None)
    deciding.move(idea, to.key, None, reason=_reason(idea.board, inquiry), ground=QUIET)


def _reason(board: Board, inquiry: Inquiry) -> str:
    months = "a month" if board.quiet_months == 1 else f"{board.quiet_months} months"
    days = inquiry.days.days
    return f"Nothing happened here for {months}, and within {days} days nobody said that they still want it."
