"""Recounting demand: what was marked, and each day what the passing of time moves."""

from collections.abc import Collection
from datetime import date, timedelta

import sqlalchemy as sa

from portal import clock
from portal.database import db
from portal.ideas import waiting
from portal.ideas.models import Idea
from portal.insights.marking import mark
from portal.voting.demand import folding
from portal.voting.demand.folding import WINDOWS
from portal.voting.demand.models import FoldedDay, Recount, VoteDay
from portal.voting.rising import RECENT, USUAL

MOST_AT_ONCE = 200
"""How many ideas are counted again in one transaction."""
MOST_WAITS = 2_000
"""Of how many it is measured what waits, which is quicker."""


def recount(ids: Collection[int], today: date | None = None) -> None:
    """Write all numbers of demand for these ideas anew, from the rows."""
    today, ids = today or clock.now().date(), sorted(ids)
    for begin in range(0, len(ids), MOST_AT_ONCE):
        some = ids[begin : begin + MOST_AT_ONCE]
        folding.recount(some, today)
        waiting.remeasure(some, today)


def recount_marked() -> int:
    """Count again the next ideas that are marked; returns how many. 0 when none is left."""
    marks = sa.select(Recount.idea_id).order_by(Recount.idea_id).limit(MOST_AT_ONCE)
    ids = list(db.session.scalars(marks.with_for_update(skip_locked=True)))
    recount(ids)
    gone = sa.delete(Recount).where(Recount.idea_id.in_(ids))
    db.session.execute(gone, execution_options={"synchronize_session": False})
    return len(ids)


def folded_day() -> date | None:
    """The day as of which windows, what rises and what waits are counted; None before the first."""
    return db.session.scalar(sa.select(FoldedDay.day))


def lengthen_waits(after: int) -> int | None:
    """Measure what waits as of today, on the next ideas by id behind `after` about which nobody decided; returns the
    last of them, None when there were none. Doing it again changes nothing."""
    undecided = sa.select(Idea.id).where(Idea.id > after, waiting.is_undecided(), Idea.score > 0)
    ids = list(
        db.session.scalars(undecided.order_by(Idea.id).limit(MOST_WAITS).with_for_update(key_share=True))
    )
    waiting.remeasure(ids, clock.now().date())
    return ids[-1] if ids else None


def begin_day() -> bool:
    """On a new day, mark the ideas of which a vote leaves a window, or what counts as recent or usual; False when that
    was done. Before it, `lengthen_waits` went through all ideas.
    """
    today, before = clock.now().date(), folded_day()
    if before == today:
        return False
    mark(sa.select(Idea.id).where(_moved(before, today)))
    note_day()
    return True


def note_day() -> None:
    """Everything that is not marked is counted as of today."""
    db.session.execute(sa.delete(FoldedDay))
    db.session.execute(sa.insert(FoldedDay).values(id=1, day=clock.now().date()))


def _moved(before: date | None, today: date) -> sa.ColumnElement[bool]:
    if before is None or before > today:
        return sa.true()
    ages = [timedelta(days=each) for each in (*WINDOWS, RECENT, RECENT + USUAL)]
    left = sa.or_(*(VoteDay.day.between(before - age + timedelta(days=1), today - age) for age in ages))
    return sa.or_(Idea.id.in_(sa.select(VoteDay.idea_id).where(left)), Idea.rising > 0)
