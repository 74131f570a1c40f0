"""Setting for whom a board is."""

from typing import Any

from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import BoardChanged
from portal.ideas.audiences.choosing import choose
from portal.ideas.audiences.queries import Chosen
from portal.ideas.models import Board


def admit(board: Board, *, by: Person, chosen: Chosen, **fields: Any) -> list[str]:
    """Set audience, who may do what, and the chosen companies; returns the names of what differs."""
    changed = [name for name, value in fields.items() if getattr(board, name) != value]
    for name in changed:
        setattr(board, name, fields[name])
    if choose(board, chosen):
        changed.append("chosen")
    if changed:
        journal.record(BoardChanged(actor_id=by.id, board_id=board.id, fields=changed))
    return changed
