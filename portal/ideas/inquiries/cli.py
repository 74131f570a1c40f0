"""`flask ideas stale`: ask about quiet ideas and close what nobody wants, as the worker does each day."""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import click
import sqlalchemy as sa

from portal import clock
from portal.activity.reading import never
from portal.activity.trying import in_words
from portal.cli import Commands
from portal.database import db, reading_only
from portal.ideas.inquiring import asking, closing, queries
from portal.ideas.inquiring.finding import asks_now
from portal.ideas.inquiring.models import Inquiry
from portal.ideas.models import Board, Idea

log = logging.getLogger(__name__)

Done = TypeVar("Done")

ideas = Commands("ideas", help="What is done with ideas when nobody does anything.")


def ask_and_close(stopping: Callable[[], bool] = never) -> tuple[int, int]:
    """Close what nobody wanted until its day, then ask about what is quiet: how many of each.

    In small transactions: killed anywhere, it goes on where it was. What fails is written down, tried again later, and
    keeps nothing else waiting.
    """
    closed = asked = 0
    while not stopping() and (idea_id := _first_due()) is not None:
        close, later = partial(closing.close, idea_id), partial(closing.postpone, idea_id)
        closed += bool(_try(close, later))
    for board_id in _boards():
        ask, later = partial(asking.ask_some, board_id), partial(asking.postpone, board_id)
        while not stopping() and (some := _try(ask, later)) is not None:
            asked += some
    return asked, closed


def _try(step: Callable[[], Done], later: Callable[[str], None]) -> Done | None:
    """One step in a transaction of its own; None when it failed, which is then noted by `later`."""
    try:
        done = step()
        db.session.commit()
    except Exception as failure:
        # Whatever it is, the others are not to wait for it.
        log.exception("A quiet idea could not be asked about or closed")
        db.session.rollback()
        later(in_words(failure))
        db.session.commit()
        return None
    return done


@ideas.command("stale")
@click.option("--dry-run", is_flag=True, help="Say what would be asked and closed now, and do nothing.")
def stale(dry_run: bool) -> None:
    """Ask whether quiet ideas are still wanted, and close those that nobody said yes to."""
    if dry_run:
        with reading_only():
            for line in _forecast():
                click.echo(line)
            db.session.rollback()
        return
    asked, closed = ask_and_close()
    click.echo(f"Asked about: {asked}. Inquiries ended: {closed}.")


def _forecast() -> Iterator[str]:
    """What would be done now, board by board."""
    boards = db.session.scalars(sa.select(Board).where(Board.quiet_months > 0).order_by(Board.id)).all()
    for board in boards:
        if not asks_now(board):
            yield f"{board.name}: takes no votes now, so nobody is asked."
            continue
        quiet = queries.quiet_ideas(board, board.quiet_months)
        number = db.session.scalar(sa.select(sa.func.count()).select_from(quiet.subquery())) or 0
        next_ones = db.session.execute(
            quiet.with_only_columns(Idea.id, Idea.title).limit(asking.room_on(board))
        ).all()
        mine = queries.due(clock.now()).join(Idea).where(Idea.board_id == board.id)
        late = db.session.scalars(mine).all()
        yield f"{board.name}: {number} quiet, {len(next_ones)} would be asked about today, {len(late)} are due."
        yield from (f"  ask    {key} {title}" for key, title in next_ones)
        yield from map(_fate, late)
    if not boards:
        yield "No board asks whether quiet ideas are still wanted."


def _fate(inquiry: Inquiry) -> str:
    idea = db.session.get_one(Idea, inquiry.idea_id)
    db.session.refresh(idea, ["board"])
    to = closing.ending_now(idea, inquiry)
    return f"  {f'close as {to.name}:' if to else 'leave open:'} {idea.id} {idea.title}"


def _first_due() -> int | None:
    with reading_only():
        due = queries.due(clock.now()).with_only_columns(Inquiry.idea_id).limit(1)
        idea_id: int | None = db.session.scalar(due)
        db.session.rollback()
    return idea_id


def _boards() -> list[int]:
    with reading_only():
        boards = asking.boards_to_look_at()
        db.session.rollback()
    return boards
