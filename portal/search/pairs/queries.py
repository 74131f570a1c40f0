"""Every read of pairs."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, load_only

from portal.accounts.models import Person
from portal.database import db
from portal.errors import NotFound
from portal.ideas.models import Board, Idea
from portal.search.pairs.models import Pair, Unpaired

SHOWN = 50


def waiting() -> Sequence[Pair]:
    """The pairs that nobody decided, the surest first, of ideas that both stand for themselves and are not hidden."""
    return _pairs(Pair.outcome.is_(None), Pair.covers.desc(), Pair.id.desc())


def dismissed() -> Sequence[Pair]:
    """The same of those that are not the same, by whom and when that was said: the last first."""
    return _pairs(Pair.outcome == "dismissed", Pair.decided_at.desc(), Pair.id.desc())


def _pairs(which: sa.ColumnElement[bool], *order: Any) -> Sequence[Pair]:
    one, other = aliased(Idea), aliased(Idea)
    brief = (Idea.title, Idea.score, Idea.status, Idea.board_id, Idea.written_status, Idea.comments)
    pairs = (
        sa.select(Pair)
        .join(one, one.id == Pair.one_id)
        .join(other, other.id == Pair.other_id)
        .where(which)
        .where(*(each.merged_into_id.is_(None) for each in (one, other)))
        .where(*(each.hidden_at.is_(None) for each in (one, other)))
    )
    shown = [
        joinedload(side).options(load_only(*brief), joinedload(Idea.board).load_only(Board.name))
        for side in (Pair.one, Pair.other)
    ]
    by = joinedload(Pair.decided_by).load_only(Person.name)
    return db.session.scalars(pairs.options(*shown, by).order_by(*order).limit(SHOWN)).all()


def find(pair_id: int) -> Pair:
    """One pair, to decide. Raises NotFound."""
    pair = db.session.get(Pair, pair_id, options=[joinedload(Pair.one), joinedload(Pair.other)])
    if pair is None:
        raise NotFound("There is no such pair. Look at the list again.")
    return pair


def unpaired(limit: int) -> Sequence[tuple[int, str]]:
    """Ideas to look for, the newest first: their ids and titles; an empty title for what stands in no list."""
    stands = sa.and_(Idea.hidden_at.is_(None), Idea.merged_into_id.is_(None))
    title = sa.case((stands, Idea.title), else_="")
    rows = sa.select(Idea.id, title).join(Unpaired, Unpaired.idea_id == Idea.id)
    return [(row[0], row[1]) for row in db.session.execute(rows.order_by(Idea.id.desc()).limit(limit))]


def newest_of(source: str, limit: int) -> Sequence[int]:
    """The newest ideas that came from a source."""
    ids = sa.select(Idea.id).where(Idea.source_system == source).order_by(Idea.id.desc())
    return db.session.scalars(ids.limit(limit)).all()
