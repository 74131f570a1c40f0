"""Every read of appeals."""

import sqlalchemy as sa

from portal.accounts.models import Viewer
from portal.ideas.appeals.models import Appeal
from portal.ideas.models import Idea


def has_appealed(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Whether the viewer said of a row of Idea that they still want it, since the last decision."""
    mine = sa.exists().where(Appeal.person_id == viewer.id, Appeal.idea_id == Idea.id)
    return mine.where(Appeal.closed_at.is_(None)).correlate(Idea)
