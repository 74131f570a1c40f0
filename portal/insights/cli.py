"""`flask insights`: fold what waits, or all there is. The worker's chore is here too: it ends its transactions."""

from collections.abc import Callable

import click
import sqlalchemy as sa

from portal import clock
from portal.activity.reading import never
from portal.cli import Commands
from portal.database import db, reading_only
from portal.insights import marking, recounting
from portal.voting.demand.models import Recount

insights = Commands("insights", help="The numbers of demand: count what waits, or all of them.")


def fold_waiting(stopping: Callable[[], bool] = never) -> int:
    """Begin the day if it is a new one, and count again all ideas that are marked; returns how many."""
    if _is_due():
        _begin_day(stopping)
    counted = 0
    while not stopping() and _has_marks():
        counted += recounting.recount_marked()
        db.session.commit()
    return counted


def _begin_day(stopping: Callable[[], bool]) -> None:
    """Killed anywhere, it begins again."""
    last: int | None = 0
    while last is not None:
        if stopping():
            return
        last = recounting.lengthen_waits(last)
        db.session.commit()
    recounting.begin_day()
    db.session.commit()


def _is_due() -> bool:
    with reading_only():
        due = recounting.folded_day() != clock.now().date()
        db.session.rollback()
    return due


def _has_marks() -> bool:
    with reading_only():
        marked = bool(db.session.scalar(sa.select(sa.exists(sa.select(Recount.idea_id)))))
        db.session.rollback()
    return marked


@insights.command("fold")
def fold() -> None:
    """Count what waits to be counted again, as the worker does each minute."""
    click.echo(f"Counted the demand for {fold_waiting()} ideas.")


@insights.command("rebuild")
def rebuild() -> None:
    """Count the demand for every idea again from the votes."""
    marking.mark_all()
    db.session.commit()
    click.echo(f"Counted the demand for {fold_waiting()} ideas.")
