"""`flask ideas stale`: ask about quiet ideas and close what nobody wants, as the worker does each day."""

from collections.abc import Callable, Iterator

import click
import sqlalchemy as sa

from portal import clock
from portal.activity.reading import never
from portal.cli import Commands
from portal.database import db, reading_only
from portal.ideas.inquiring import asking, closing, queries
from portal.ideas.inquiring.finding import asks_now
from portal.ideas.inquiring.models import Inquiry
from portal.ideas.models import Board, Idea

ideas = Commands("ideas", help="What is done with ideas when nobody does anything.")


def ask_and_close(stopping: Callable[[], bool] = never) -> tuple[int, int]:
    """Close what nobody wanted until its day, then ask about what is quiet: how many of each.

    In small transactions: killed anywhere, it goes on where it was.
    """
    closed = asked = 0
    while not stopping() and _is_any_due():
        closed += closing.close_some()
        db.session.commit()
    for board_id in _boards():
        while not stopping() and (some := asking.ask_some(board_id)) is not None:
            asked += some
            db.session.commit()
        db.session.commit()
    return asked, closed


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


def _is_any_due() -> bool:
    with reading_only():
        due = db.session.scalar(sa.select(queries.due(clock.now()).exists()))
        db.session.rollback()
    return bool(due)


def _boards() -> list[int]:
    with reading_only():
        boards = asking.boards_to_look_at()
        db.session.rollback()
    return boards
