"""Who sees which board: the conditions of which the one visibility rule of ideas is made.

Every condition is a list of the boards that are shut: it is short, made once for a statement, and lets an index
give the ideas of a list in their order.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Company, Person, Viewer
from portal.accounts.permissions import PERMISSIONS, STAFF, Permission
from portal.database import db
from portal.ideas.models import Audience, Board, Idea

_Board = aliased(Board, name="place")

KEPT = 256
"""Conditions are kept for so many viewers or companies: making them anew for each statement took a quarter of a page."""


def boards_seen(viewer: Viewer) -> sa.ColumnElement[bool]:
    """What must hold for a row of Board so that the viewer may know about it."""
    return open_to(viewer, Board)


def ideas_seen(viewer: Viewer) -> sa.ColumnElement[bool]:
    """What the boards ask of a row of Idea so that the viewer may know about it; hiding is not their matter."""
    return sa.true() if viewer.is_staff else _ideas_seen(viewer.id, viewer.company_id)


@lru_cache(KEPT)
def _ideas_seen(viewer_id: int | None, company_id: int | None) -> sa.ColumnElement[bool]:
    shut, own_only = ~_open_to(viewer_id is None, company_id, _Board), _Board.own_only.is_(True)
    if viewer_id is None:
        return Idea.board_id.not_in(_ids(sa.or_(shut, own_only)))
    mine = sa.or_(Idea.author_id == viewer_id, Idea.board_id.not_in(_ids(own_only)))
    return sa.and_(Idea.board_id.not_in(_ids(shut)), mine)


def _ids(condition: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(_Board.id).where(condition).correlate(None)


def open_to(viewer: Viewer, place: Any) -> sa.ColumnElement[bool]:
    """What must hold for a row of `place` so that the viewer is of its audience.

    A place is any table with an `audience` whose chosen companies stand in the table `admission`: boards, roadmaps,
    entries of the changelog.
    """
    return sa.true() if viewer.is_staff else _open_to(viewer.id is None, viewer.company_id, place)


@lru_cache(KEPT)
def _open_to(is_stranger: bool, company_id: int | None, place: Any) -> sa.ColumnElement[bool]:
    if is_stranger:
        return place.audience == Audience.PUBLIC
    chosen = sa.and_(place.audience == Audience.COMPANIES, _admits(company_id, place))
    return sa.or_(_one_of(place.audience, (Audience.PUBLIC, Audience.SIGNED_IN)), chosen)


def admits(viewer: Viewer, place: Any = Board) -> sa.ColumnElement[bool]:
    """Whether the company of the viewer is among those that were chosen for a place."""
    return _admits(viewer.company_id, place)


@lru_cache(KEPT)
def _admits(company_id: int | None, place: Any) -> sa.ColumnElement[bool]:
    if company_id is None:
        return sa.false()
    row: Any = aliased(place.admission)
    company = aliased(Company)
    here = getattr(row, place.admission.place) == place.id
    return sa.exists().where(here, company.id == company_id, names(row, company)).correlate(place)


def names(row: Any, company: type[Company]) -> sa.ColumnElement[bool]:
    """Whether an admission is of this company, or of its segment or tier."""
    return sa.or_(row.company_id == company.id, row.segment == company.segment, row.tier == company.tier)


def boards_admitting(viewer: Viewer) -> Collection[int]:
    """The ids of the boards for which the company of the viewer was chosen. One query."""
    if viewer.company_id is None:
        return frozenset()
    return frozenset(db.session.scalars(sa.select(Board.id).where(admits(viewer))))


@dataclass(frozen=True)
class Walls:
    """What a search must pass by: ideas of the boards `shut`, and of the boards `own_only` but by `whose`."""

    shut: frozenset[int] = frozenset()
    own_only: frozenset[int] = frozenset()
    whose: int | None = None


def walls_of(viewer: Viewer) -> Walls:
    """The walls round this viewer, in at most one query."""
    if viewer.is_staff:
        return Walls()
    rows = db.session.execute(
        sa.select(Board.id, open_to(viewer, Board)).where(
            sa.or_(Board.own_only.is_(True), ~open_to(viewer, Board))
        )
    ).all()
    return Walls(
        shut=frozenset(key for key, is_open in rows if not is_open),
        own_only=frozenset(key for key, is_open in rows if is_open),
        whose=viewer.id,
    )


def knowing() -> sa.ColumnElement[bool]:
    """What must hold for a row of Person, a row of Idea and that of its Board, so that the person may know about the
    idea: `visible_to`, asked for many people or many of somebody's ideas at once."""
    moderates = _one_of(Person.role, PERMISSIONS[Permission.MODERATE])
    wrote = sa.and_(Idea.author_id.is_not(None), Idea.author_id == Person.id)
    own_only = sa.or_(Board.own_only.is_(False), wrote)
    its_board = sa.or_(_one_of(Person.role, STAFF), sa.and_(_opens(Board), own_only))
    return sa.or_(moderates, sa.and_(its_board, sa.or_(Idea.hidden_at.is_(None), wrote)))


def belonging(place: Any) -> sa.ColumnElement[bool]:
    """What must hold for a row of Person and one of `place` so that the person is of its audience: `open_to`, asked for
    many people or many places at once."""
    return sa.or_(_one_of(Person.role, STAFF), _opens(place))


def _one_of(column: Any, words: Collection[str]) -> sa.ColumnElement[bool]:
    # A list in brackets is written into the statement anew with each execution.
    return sa.or_(*(column == word for word in sorted(words)))


@cache
def _opens(place: Any) -> sa.ColumnElement[bool]:
    row: Any = aliased(place.admission)
    company = aliased(Company)
    here = getattr(row, place.admission.place) == place.id
    chosen = sa.exists().where(here, company.id == Person.company_id, names(row, company))
    return sa.or_(
        _one_of(place.audience, (Audience.PUBLIC, Audience.SIGNED_IN)),
        sa.and_(place.audience == Audience.COMPANIES, chosen.correlate(Person, place)),
    )


def people_seeing(
    audience: str,
    *,
    companies: Collection[int] = (),
    segments: Collection[str] = (),
    tiers: Collection[str] = (),
) -> sa.ColumnElement[bool]:
    """What must hold for a row of Person, a customer, so that a board with this audience is for them.

    For a question about a board as it would be; `ideas_seen` is the rule.
    """
    if audience in (Audience.PUBLIC, Audience.SIGNED_IN):
        return sa.true()
    if audience == Audience.STAFF:
        return sa.false()
    among = sa.or_(Company.id.in_(companies), Company.segment.in_(segments), Company.tier.in_(tiers))
    return sa.and_(Person.company_id.is_not(None), Person.company_id.in_(sa.select(Company.id).where(among)))
