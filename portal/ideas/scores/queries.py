"""Every read of formulas and scores. Whoever asks was found to be staff."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Viewer
from portal.database import db
from portal.ideas.models import Board, Idea
from portal.ideas.queries import listed_to
from portal.ideas.scores.models import Formula, Score
from portal.paging import Keyset, Page

BEST: Keyset[Any] = Keyset((Score.points, Score.id))


def in_force(board_id: int | None) -> Formula | None:
    """The formula that holds on a board: its own newest, else the newest of the house; None is the built-in RICE."""
    reach = sa.or_(Formula.board_id == board_id, Formula.board_id.is_(None))
    newest = sa.select(Formula).where(reach).order_by(Formula.board_id.is_(None), Formula.version.desc())
    return db.session.scalar(newest.limit(1))


def own(board_id: int | None) -> Formula | None:
    """The newest formula that a board (None: the house) has of its own."""
    its = Formula.board_id.is_(None) if board_id is None else Formula.board_id == board_id
    return db.session.scalar(sa.select(Formula).where(its).order_by(Formula.version.desc()).limit(1))


def score_of(idea: Idea) -> Score | None:
    """The score of an idea as it is now, with its formula and who gave it."""
    mine = sa.select(Score).where(Score.idea_id == idea.id, Score.current.is_(True))
    return db.session.scalar(mine.options(joinedload(Score.formula), joinedload(Score.scored_by)))


def scored_otherwise(board_id: int | None) -> int:
    """How many ideas that a formula is for carry a score by another version."""
    held = in_force(board_id)
    scores = sa.select(sa.func.count(Score.id)).join(Idea, Idea.id == Score.idea_id).where(Score.current)
    other = Score.formula_id.is_distinct_from(held.id if held else None)
    return db.session.scalar(scores.where(_under(board_id), other)) or 0


def current_scores(viewer: Viewer, board_id: int | None) -> Iterable[Any]:
    """The scores that hold now of the ideas that a formula is for, with their numbers and what these meant."""
    scored = listed_to(viewer).join(Score, sa.and_(Score.idea_id == Idea.id, Score.current))
    rows: Any = (
        scored.outerjoin(Formula, Formula.id == Score.formula_id)
        .where(_under(board_id))
        .with_only_columns(
            Score.idea_id, Score.points, Score.inputs, Idea.title, Formula.kind, Formula.factors
        )
    )
    return db.session.execute(rows.execution_options(yield_per=1_000))


def _under(board_id: int | None) -> sa.ColumnElement[bool]:
    """What must hold for a row of Idea that a formula of the board, or of the house, is for."""
    with_own = sa.select(Formula.board_id).where(Formula.board_id.is_not(None))
    return Idea.board_id == board_id if board_id else Idea.board_id.not_in(with_own)


def page_of(viewer: Viewer, board_id: int | None, cursor: str | None) -> Page[Any]:
    """A page of scores, the highest first, with their ideas and formulas."""
    scored = listed_to(viewer).join(Score, sa.and_(Score.idea_id == Idea.id, Score.current))
    scored = scored.join(Board, Board.id == Idea.board_id).outerjoin(Formula, Formula.id == Score.formula_id)
    if board_id is not None:
        scored = scored.where(Idea.board_id == board_id)
    shown: Any = scored.with_only_columns(
        *(Score.id, Score.points, Score.at, Score.idea_id, Idea.title, Board.name.label("board")),
        *(Formula.version, Formula.kind, Formula.board_id.label("formula_board")),
    )
    return BEST.page(lambda rows: db.session.execute(rows).all(), shown, cursor=cursor)
