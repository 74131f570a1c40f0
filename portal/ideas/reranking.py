"""Changing how fast demand fades on a board: every rank on it is worked out again."""

import math
from typing import Any

import sqlalchemy as sa

from portal.database import db
from portal.errors import Unusable
from portal.ideas.auditing import ranks
from portal.ideas.models import Board, Idea

SHORTEST, LONGEST = 1.0, 3650.0
"""Half-lives in days between which the order Hot means something."""


def change_half_life(board: Board, days: float) -> int:
    """Set the half-life of a board and rank its ideas anew; returns how many ranks changed.

    Dated imported votes have no rows: they are taken as cast at the one moment that their rank stands for.
    Raises Unusable for a half-life outside SHORTEST and LONGEST.
    """
    if not SHORTEST <= days <= LONGEST:
        raise Unusable(f"The half-life must be between {SHORTEST:g} and {LONGEST:g} days.")
    before, board.half_life = board.half_life, days
    if before == days:
        return 0
    _write("imported_hot", _imported(board, before / days))
    return _write("hot", [(key, new) for key, old, new in ranks(Idea.board_id == board.id) if old != new])


def _imported(board: Board, stretch: float) -> list[tuple[int, float]]:
    mine = sa.select(Idea.id, Idea.imported_hot, Idea.imported_up - Idea.imported_down)
    moved = []
    for key, hot, votes in db.session.execute(mine.where(Idea.board_id == board.id)):
        if hot is not None:
            size = math.log2(max(votes, 1))
            moved.append((key, size + (hot - size) * stretch))
    return moved


def _write(column: str, values: list[tuple[int, float]]) -> int:
    if values:
        rows: list[dict[str, Any]] = [{"id": key, column: value} for key, value in values]
        db.session.execute(sa.update(Idea), rows)
    return len(values)
