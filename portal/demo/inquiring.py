"""Asking in the demo whether quiet ideas are still wanted: on two boards, some days before its story ends."""

from collections.abc import Mapping

from portal.database import db
from portal.ideas.inquiring.asking import ask_some
from portal.ideas.models import Board

BOARDS = ("admin", "pocket")
MONTHS = 6
DAYS_AGO = 12
"""When their people were asked; what nobody wants is closed when the demo is some weeks old."""


def inquire(boards: Mapping[str, Board]) -> None:
    """These boards begin to ask, and do."""
    for board in (boards[key] for key in BOARDS if key in boards):
        board.quiet_months = MONTHS
        db.session.flush()
        while ask_some(board.id) is not None:
            pass
