"""`flask ideas retention`: forget who voted on what was closed long ago, as the worker does each night."""

import logging
from collections.abc import Callable
from datetime import date, timedelta

import click
import sqlalchemy as sa

from portal import clock
from portal.activity.reading import never
from portal.database import db, reading_only
from portal.errors import Refusal
from portal.ideas.forgetting.finding import due, how_many
from portal.ideas.forgetting.replacing import forget_some
from portal.ideas.inquiries.cli import ideas
from portal.ideas.models import Board, Idea

log = logging.getLogger(__name__)

QUIET_HOURS = 3


def forget_voters(stopping: Callable[[], bool] = never) -> int:
    """Forget all that is due: how many voters. In small transactions: killed anywhere, it goes on where it was."""
    forgotten = 0
    for idea_id in _due():
        some = 1
        while some and not stopping():
            try:
                some = forget_some(idea_id)
                db.session.commit()
            except Refusal:
                # It was merged or parted at the same moment: another day will do.
                log.exception("The voters of idea %s could not be forgotten now", idea_id)
                db.session.rollback()
                some = 0
            forgotten += some
    return forgotten


class EachNight:
    """The chore of the worker: once a night and process, from a quiet hour on; what is left waits for the next night."""

    def __init__(self, hour: int) -> None:
        """`hour`: of UTC, when the night begins."""
        self.hour = hour
        self.done: date | None = None

    def __call__(self, stopping: Callable[[], bool]) -> None:
        night = self._night()
        if night is None or night == self.done:
            return

        def ends() -> bool:
            return stopping() or self._night() != night

        forget_voters(ends)
        self.done = None if stopping() else night

    def _night(self) -> date | None:
        """The day on which the night began that it is now; None by day."""
        since = clock.now() - timedelta(hours=self.hour)
        return since.date() if since.hour < QUIET_HOURS else None


@ideas.command("retention")
@click.option("--dry-run", is_flag=True, help="Say what would be forgotten now, and do nothing.")
def retention(dry_run: bool) -> None:
    """Forget who voted on ideas that were closed as long ago as their boards say."""
    if not dry_run:
        click.echo(f"Voters forgotten: {forget_voters()}.")
        return
    with reading_only():
        boards = _boards()
        for board in boards:
            number, votes = how_many(board, board.forget_months)
            click.echo(
                f"{board.name}: who voted would be forgotten of {votes} votes, on {number} closed ideas."
            )
        if not boards:
            click.echo("No board forgets who voted.")
        db.session.rollback()


def _boards() -> list[Board]:
    return list(db.session.scalars(sa.select(Board).where(Board.forget_months > 0).order_by(Board.id)))


def _due() -> list[int]:
    with reading_only():
        ids = [
            idea_id
            for board in _boards()
            for idea_id in db.session.scalars(due(board, board.forget_months).with_only_columns(Idea.id))
        ]
        db.session.rollback()
    return ids
