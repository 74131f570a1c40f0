"""Carrying one voter's votes along: an idea that counts for others changes what that voter said on each of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.database import db
from portal.voting import uniting
from portal.voting.counting import Ballot, recount
from portal.voting.models import Vote, of_family, weight_counted
from portal.voting.returning import MERGING

Gone = tuple[int, int | None, int]
"""What a vote that was taken back said, who wrote its idea, and which idea that is."""


def agree(idea: Any, had: Vote, wanted: Ballot, at: datetime) -> set[int]:
    """The vote that counts says something else now: the voter's other votes in the family say no more than it.

    Returns the ids of the ideas whose votes were turned round with it.
    """
    rows, turned = _rows(idea, person_id=had.person_id, company_id=had.company_id), set[int]()
    for row in rows:
        if row.value != wanted.value:
            row.value, row.cast_at = wanted.value, at
            turned.add(row.idea_id or idea.id)
        row.weight, row.importance = min(row.weight, wanted.weight), wanted.importance
        row.counted = None if row.idea_id == idea.id else _capped(row.weight, idea.board.most_per_idea)
    db.session.flush()
    wake(idea, person_id=had.person_id, company_id=had.company_id)
    recount_all(idea, {row.idea_id or idea.id for row in rows})
    return turned


def take_back(idea: Any, *, person_id: int) -> list[Gone]:
    """All votes of a person on a held idea and on those that it counts for; the numbers move with them."""
    mine = sa.delete(Vote).where(of_family(idea.id), Vote.person_id == person_id)
    gone = [
        (value, idea_id) for value, idea_id in db.session.execute(mine.returning(Vote.value, Vote.idea_id))
    ]
    ids = {idea_id for _, idea_id in gone if idea_id is not None}
    recount_all(idea, ids)
    authors = authors_of(idea, ids)
    return [(value, authors[idea_id], idea_id) for value, idea_id in gone if idea_id is not None]


def authors_of(idea: Any, ids: Collection[int]) -> dict[int, int | None]:
    """Who wrote these ideas of a family (None: a ghost). No query for the idea itself."""
    if set(ids) <= {idea.id}:
        return {idea.id: idea.author_id}
    kind = type(idea)
    rows = db.session.execute(sa.select(kind.id, kind.author_id).where(kind.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def wake(idea: Any, *, person_id: int | None, company_id: int | None) -> None:
    """Of the votes of one voter in a family the first counts, whichever that is now."""
    rows = _rows(idea, person_id=person_id, company_id=company_id)
    for row in rows[1:]:
        row.eclipsed = True
    # The one that counted goes to sleep first: two of one voter never count at once.
    db.session.flush()
    for row in rows[:1]:
        if row.eclipsed and row.returned_for == MERGING and row.idea_id == idea.id:
            row.returned_at = row.returned_for = None
        row.eclipsed = False
    db.session.flush()


def recount_all(idea: Any, own_ids: Collection[int]) -> None:
    """Work out the numbers of a held idea, and of those of its family, held with it, whose own votes changed."""
    kind = type(idea)
    others = sorted(set(own_ids) - {idea.id})
    family = sa.select(kind).where(kind.id.in_(others)).order_by(kind.id)
    for each in db.session.scalars(family.options(sa.orm.joinedload(kind.board))) if others else ():
        recount(each)
    recount(idea)


def _rows(idea: Any, *, person_id: int | None, company_id: int | None) -> Sequence[Vote]:
    """The votes of one voter in a family, the one first that should count."""
    mine = sa.select(Vote).where(
        of_family(idea.id), Vote.person_id == person_id, Vote.company_id == company_id
    )
    order = (uniting.is_own_first().desc(), weight_counted().desc(), Vote.cast_at.desc(), Vote.id.desc())
    return db.session.scalars(mine.order_by(*order).execution_options(populate_existing=True)).all()


def _capped(weight: int, most: int) -> int | None:
    return most if weight > most else None
