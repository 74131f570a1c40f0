"""Setting for whom a board is."""

from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import BoardChanged
from portal.admin.audiences.queries import Chosen, chosen_for
from portal.database import db
from portal.ideas.models import Admission, Board


def admit(board: Board, *, by: Person, chosen: Chosen, **fields: Any) -> list[str]:
    """Set audience, who may do what, and the chosen companies; returns the names of what differs."""
    changed = [name for name, value in fields.items() if getattr(board, name) != value]
    for name in changed:
        setattr(board, name, fields[name])
    if chosen != chosen_for(board):
        _choose(board, chosen)
        changed.append("chosen")
    if changed:
        journal.record(BoardChanged(actor_id=by.id, board_id=board.id, fields=changed))
    return changed


def _choose(board: Board, chosen: Chosen) -> None:
    db.session.execute(sa.delete(Admission).where(Admission.board_id == board.id))
    db.session.add_all(Admission(board_id=board.id, company_id=each) for each in sorted(chosen.companies))
    db.session.add_all(Admission(board_id=board.id, segment=each) for each in sorted(chosen.segments))
    db.session.add_all(Admission(board_id=board.id, tier=each) for each in sorted(chosen.tiers))
    db.session.flush()
