"""Offering to exports on what ground ideas were declined."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal import tables
from portal.database import db
from portal.ideas.grounds import queries
from portal.ideas.models import Idea, StatusChange
from portal.tables import Cells, Column

COLUMNS = (Column("decline_reason", "What was decided", "The main reason for which it was declined"),)


def offer() -> None:
    """Let exports have this column."""
    tables.offer("grounds", COLUMNS, _cells)


def _cells(batch: Sequence[int]) -> Cells:
    """The ground of the last change into the status that an idea is in."""
    changes = (
        sa.select(StatusChange.idea_id, StatusChange.ground)
        .join(Idea, sa.and_(Idea.id == StatusChange.idea_id, Idea.status == StatusChange.new))
        .where(StatusChange.idea_id.in_(batch))
        .order_by(StatusChange.id)
    )
    found = {row.idea_id: row.ground for row in db.session.execute(changes)}
    names = queries.names() if any(found.values()) else {}
    return {key: {"decline_reason": names.get(ground or "", ground)} for key, ground in found.items()}
