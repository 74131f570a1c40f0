"""Asking about quiet ideas: a few at a time, each once, and never many of one board on a day."""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.activity import journal
from portal.activity.events import InquiryOpened
from portal.activity.trying import succeeded, try_later
from portal.database import UtcDateTime, db, insert_missing
from portal.ideas.inquiring import queries
from portal.ideas.inquiring.finding import asks_now, months_before, quiet_on
from portal.ideas.inquiring.models import Inquiry, InquiryLook
from portal.ideas.models import Board, Idea

BATCH = 5
"""How many ideas are asked about in one transaction."""
LONGEST_WAIT = timedelta(hours=4)
"""A board on which people could not be asked is looked at again at least this often."""
MOST = 25
"""How many ideas of one board are asked about on one day: nobody is flooded."""


def boards_to_look_at() -> list[int]:
    """The boards that ask and were not looked through today, by id."""
    today = clock.now().date()
    boards = sa.select(Board).outerjoin(InquiryLook, InquiryLook.board_id == Board.id)
    seen = sa.func.coalesce(InquiryLook.looked_on != today, sa.true())
    again = queries.waits_no_longer(InquiryLook, clock.now())
    rows = db.session.scalars(boards.where(Board.quiet_months > 0, seen, again).order_by(Board.id))
    return [board.id for board in rows if asks_now(board)]


def ask_some(board_id: int) -> int | None:
    """Ask about the next quiet ideas of a board; how many, or None when this board is done for today.

    The caller ends the transaction. Of two who look at the same time one finds nothing to do.
    """
    now = clock.now()
    look = _take_turn(board_id)
    if look is None or look.looked_on == now.date():
        return None
    board = db.session.get_one(Board, board_id, populate_existing=True)
    room = room_on(board) if asks_now(board) else 0
    ids = _hold(board, min(room, BATCH)) if room else []
    if len(ids) < BATCH:
        look.looked_on = now.date()
    for idea_id in ids:
        _ask(idea_id, now, board.quiet_days)
    succeeded(look)
    db.session.flush()
    return len(ids) if ids else None


def tell(idea_id: int) -> datetime | None:
    """People are told just now: from here on they have the days of their board, however late that is.

    Returns until when; None when nobody is asked any more. The caller ends the transaction.
    """
    inquiry = queries.newest(idea_id)
    if inquiry is None or inquiry.ended_at is not None:
        return None
    now, days = max(clock.now(), inquiry.told_at or inquiry.asked_at), inquiry.days
    inquiry.until, inquiry.told_at = now + days, now
    return inquiry.until


def postpone(board_id: int, failure: str) -> None:
    """People could not be asked: it is tried again later, and other boards go on. The caller commits."""
    look = _take_turn(board_id)
    if look is not None:
        try_later(look, failure, LONGEST_WAIT)


def room_on(board: Board) -> int:
    """About how many more ideas of a board people may be asked today."""
    begun = datetime.combine(clock.now().date(), time(), UTC)
    return max(MOST - queries.asked_since(board.id, begun), 0)


def _take_turn(board_id: int) -> InquiryLook | None:
    """The day of the board, held until the end of the transaction; None while another looks."""
    insert_missing(InquiryLook, [{"board_id": board_id, "looked_on": None}])
    turn = sa.select(InquiryLook).where(InquiryLook.board_id == board_id)
    held = turn.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return db.session.scalar(held)


def _hold(board: Board, count: int) -> list[int]:
    """The next quiet ideas, held, so that a vote waits for the question or the question for a vote."""
    now = clock.now()
    quiet = {"board": board.id, "since": months_before(now, board.quiet_months), "today": now.date()}
    ids = list(db.session.scalars(_next(), quiet | {"most": count}))
    if not ids:
        return []
    held = sa.select(Idea.id).where(Idea.id.in_(ids)).order_by(Idea.id)
    db.session.execute(held.with_for_update())
    return list(db.session.scalars(held.where(_quiet()), quiet))


# Put together once: every board that asks is looked at each day, and most have nothing quiet.
@cache
def _next() -> Any:
    ideas = sa.select(Idea.id).where(_quiet()).order_by(Idea.created_at, Idea.id)
    return ideas.limit(sa.bindparam("most"))


@cache
def _quiet() -> sa.ColumnElement[bool]:
    since = sa.bindparam("since", type_=UtcDateTime)
    return quiet_on(sa.bindparam("board"), since, sa.bindparam("today", type_=sa.Date))


def _ask(idea_id: int, now: datetime, days: int) -> None:
    until = now + timedelta(days=days)
    inquiry = Inquiry(idea_id=idea_id, asked_at=now, until=until)
    db.session.add(inquiry)
    db.session.flush()
    day = until.date().isoformat()
    journal.record(InquiryOpened(actor_id=None, idea_id=idea_id, inquiry_id=inquiry.id, until=day))
