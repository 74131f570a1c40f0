"""Offering to exports what became of asking whether an idea is still wanted."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal import tables
from portal.accounts.models import Viewer
from portal.database import db
from portal.ideas.inquiring import queries
from portal.ideas.inquiring.models import Inquiry, Says
from portal.tables import Cells, Column

GROUP = "Still wanted?"
COLUMNS = (
    Column("still_wanted_asked_on", GROUP, "The day on which people were asked last"),
    Column("still_wanted_until", GROUP, "Until which day they can say so"),
    Column("still_wanted_yes", GROUP, "How many then said that they still want it", for_staff=True),
    Column("still_wanted_no", GROUP, "How many said: no longer", for_staff=True),
    Column("still_wanted_result", GROUP, "How it ended; empty while people are asked"),
)


def offer() -> None:
    """Let exports have these columns."""
    tables.offer("inquiries", COLUMNS, _cells)


def _cells(batch: Sequence[int], _viewer: Viewer) -> Cells:
    """Of the last time that people were asked about each."""
    last = sa.select(sa.func.max(Inquiry.id)).where(Inquiry.idea_id.in_(batch)).group_by(Inquiry.idea_id)
    inquiries = db.session.scalars(sa.select(Inquiry).where(Inquiry.id.in_(last))).all()
    said = queries.counted(inquiries)
    return {
        each.idea_id: {
            "still_wanted_asked_on": each.asked_at.date().isoformat(),
            "still_wanted_until": each.until.date().isoformat(),
            "still_wanted_yes": said[each.id][Says.YES],
            "still_wanted_no": said[each.id][Says.NO],
            "still_wanted_result": each.how,
        }
        for each in inquiries
    }
