"""Offering to exports why ideas have the status that they have: the public reason, and the ground of a decline."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal import tables
from portal.accounts.models import Viewer
from portal.database import db
from portal.ideas.grounds import queries
from portal.ideas.models import Idea, StatusChange
from portal.tables import Cells, Column

GROUP = "What was decided"
COLUMNS = (
    Column("status_reason", GROUP, "The public reason of the status, as why it was declined"),
    Column("decline_reason", GROUP, "The main reason for which it was declined"),
)


def offer() -> None:
    """Let exports have these columns."""
    tables.offer("grounds", COLUMNS, _cells)


def _cells(batch: Sequence[int], _viewer: Viewer) -> Cells:
    """The reason of the last change, and the ground of the last one into the status that an idea is in."""
    into_this = (Idea.status == StatusChange.new).label("into_this")
    changes = (
        sa.select(StatusChange.idea_id, StatusChange.reason, StatusChange.ground, into_this)
        .join(Idea, Idea.id == StatusChange.idea_id)
        .where(StatusChange.idea_id.in_(batch))
        .order_by(StatusChange.id)
    )
    rows = db.session.execute(changes).all()
    reasons = {row.idea_id: row.reason for row in rows}
    grounds = {row.idea_id: row.ground for row in rows if row.into_this}
    names = queries.names() if any(grounds.values()) else {}
    said = {key: names.get(ground or "", ground) for key, ground in grounds.items()}
    return {
        key: {"status_reason": reason, "decline_reason": said.get(key, "")} for key, reason in reasons.items()
    }
