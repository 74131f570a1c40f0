"""Every read of statuses."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Viewer
from portal.database import Id, db
from portal.ideas import seeing
from portal.ideas.models import Board, Idea
from portal.ideas.standing import BUILT_IN, BoardStatus, Meaning, Standing, Votes, meaning_of, votes_of


def rows_of(board_id: int | None) -> Sequence[BoardStatus]:
    """The rows that were made for a board, or for the house (None), in their order; archived ones last."""
    own = sa.select(BoardStatus).where(_of(board_id))
    order = (BoardStatus.archived_at.is_not(None), BoardStatus.position, BoardStatus.id)
    return db.session.scalars(own.order_by(*order)).all()


def _of(board_id: int | None) -> sa.ColumnElement[bool]:
    return BoardStatus.board_id.is_(None) if board_id is None else BoardStatus.board_id == board_id


def set_of(board_id: int | None, *, archived: bool = False) -> Sequence[Standing]:
    """The statuses that hold on a board (None: the house), in their order. One query."""
    return chosen(db.session.scalars(_set(), {"board": board_id}).all(), archived=archived)


@cache
def _set() -> sa.Select[BoardStatus]:
    board_id: Any = sa.bindparam("board", type_=Id)
    return sa.select(BoardStatus).where(in_reach(board_id)).order_by(BoardStatus.position, BoardStatus.id)


def in_reach(board_id: int | None) -> sa.ColumnElement[bool]:
    """What must hold for a row of BoardStatus that may hold on a board: its own, and the house's."""
    return sa.or_(BoardStatus.board_id == board_id, BoardStatus.board_id.is_(None))


def chosen(rows: Sequence[BoardStatus], *, archived: bool) -> Sequence[Standing]:
    """Of the rows in reach of a board those that hold: the own ones where there are any, else the house's."""
    own = [row for row in rows if row.board_id is not None] or rows
    return [row.standing for row in own if archived or row.archived_at is None] or BUILT_IN


def offered(viewer: Viewer, board: Board | None) -> Sequence[Standing]:
    """The statuses that a list can be narrowed to: of one board, or of all that the viewer sees, each key once."""
    if board is not None:
        return set_of(board.id)
    boards = sa.select(Board.id).where(seeing.boards_seen(viewer))
    seen = sa.or_(BoardStatus.board_id.is_(None), BoardStatus.board_id.in_(boards))
    order = (BoardStatus.board_id.is_not(None), BoardStatus.position, BoardStatus.id)
    rows = db.session.scalars(
        sa.select(BoardStatus).where(seen, BoardStatus.archived_at.is_(None)).order_by(*order)
    ).all()
    house = [row.standing for row in rows if row.board_id is None] or BUILT_IN
    every = [*house, *(row.standing for row in rows if row.board_id is not None)]
    return list({each.key: each for each in reversed(every)}.values())[::-1]


def votes_under(idea_id: int, key: str) -> str:
    """What the status `key` does to votes on the board of an idea."""
    return db.session.scalar(_under(votes_of), {"of": idea_id, "key": key}) or Votes.TAKES


def meaning_under(idea_id: int, key: str) -> str:
    """What the status `key` means on the board of an idea."""
    return db.session.scalar(_under(meaning_of), {"of": idea_id, "key": key}) or Meaning.ACTIVE


@cache
def _under(fact: Callable[[Any, Any], sa.ColumnElement[str]]) -> sa.Select[str]:
    """What a status says on the board of an idea. Put together once: every new status asks four times."""
    said = fact(Idea.board_id, sa.bindparam("key", type_=sa.String()))
    return sa.select(said).where(Idea.id == sa.bindparam("of"))


def is_closed() -> sa.ColumnElement[bool]:
    """What must hold for a row of Idea that is done with: shipped, declined, or what boards call so."""
    return meaning_of(Idea.board_id, Idea.status) != Meaning.ACTIVE


def is_complete() -> sa.ColumnElement[bool]:
    """What must hold for a row of Idea that was shipped, whatever its board calls it."""
    return meaning_of(Idea.board_id, Idea.status) == Meaning.COMPLETE


def keys() -> set[str]:
    """The keys of all statuses there are, archived ones too."""
    return {each.key for each in BUILT_IN} | set(db.session.scalars(sa.select(BoardStatus.key).distinct()))


def how_many(board_id: int | None) -> dict[str, int]:
    """Of each status that ideas are in: how many, on the board or on those that use the house's."""
    count = sa.select(Idea.status, sa.func.count()).where(ideas_under(board_id)).group_by(Idea.status)
    return {row.status: row[1] for row in db.session.execute(count)}


def ideas_under(board_id: int | None) -> sa.ColumnElement[bool]:
    """What must hold for a row of Idea that has its status from this board, or from the house."""
    if board_id is not None:
        return Idea.board_id == board_id
    with_own = sa.select(BoardStatus.board_id).where(BoardStatus.board_id.is_not(None))
    return Idea.board_id.not_in(with_own)
