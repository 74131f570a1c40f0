"""How many ideas a change of a field may touch."""

import sqlalchemy as sa

from portal.database import db
from portal.ideas.models import Idea


def how_many_ideas(board_id: int) -> int:
    """All ideas of a board, hidden ones too."""
    return db.session.scalar(sa.select(sa.func.count(Idea.id)).where(Idea.board_id == board_id)) or 0
