"""Veiling counts: who sees how many want an idea, where the board hides that so that nobody follows the crowd.

Neither the number nor the orders Hot and Top tell it to those who may not know. Staff know always; what was
decided, and a board whose voting ended, hide nothing.
"""

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Viewer
from portal.ideas.filtering import IdeaFilter
from portal.ideas.models import CLOSED, Board, Idea
from portal.voting.ruling import Hidden


def shows_count(viewer: Viewer, idea: Idea, *, voted: bool) -> bool:
    """Whether the viewer, who voted on it or not, sees how many want this idea. Needs its board."""
    board = idea.board
    if viewer.is_staff or idea.status in CLOSED or not _hides(board):
        return True
    until = board.hides_until(idea.created_at)
    return voted if until is None else clock.now() >= until


def hides_order(viewer: Viewer, board: Board | None) -> bool:
    """Whether no idea of this board may stand in the order of its votes for this viewer."""
    hides = board is not None and not viewer.is_staff and _hides(board)
    return hides and board is not None and board.counts_hidden == Hidden.UNTIL_VOTED


def fitting(wanted: IdeaFilter, viewer: Viewer, board: Board | None) -> IdeaFilter:
    """The filter with an order that this viewer may have on this board."""
    return wanted.but(sort="new", days=0) if hides_order(viewer, board) else wanted


def veiled_boards(viewer: Viewer, wanted: IdeaFilter, boards: Iterable[Board]) -> list[Board]:
    """The boards of which ideas are missing from this order, because their counts are hidden."""
    if viewer.is_staff or wanted.sort == "new":
        return []
    return [each for each in boards if _hides(each) and wanted.board in (None, each.id)]


def unveiled(veiled: Iterable[Board]) -> list[sa.ColumnElement[bool]]:
    """What must hold for ideas that stand in an order of votes, where these boards hide counts."""
    return [_shown_of(board) for board in veiled]


def _hides(board: Board) -> bool:
    over = board.closes_at is not None and clock.now() >= board.closes_at
    return board.hides_counts and not over


def _shown_of(board: Board) -> sa.ColumnElement[bool]:
    elsewhere = Idea.board_id != board.id
    if board.counts_hidden == Hidden.UNTIL_VOTED:
        return elsewhere
    return sa.or_(elsewhere, Idea.created_at <= clock.now() - timedelta(days=board.counts_hidden_days))
