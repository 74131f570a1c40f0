"""Every read of grounds, and of the decisions that name one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.ideas.grounds.models import ASKED, BUILT_IN, QUESTION, QUIET, UNASKED, Ground
from portal.ideas.models import Board, Idea, StatusChange
from portal.ideas.queries import visible_to
from portal.ideas.standing import BoardStatus, Meaning, Standing, meaning_of
from portal.ideas.statuses.queries import chosen, in_reach
from portal.paging import Keyset, Page

NOT_SAID = "not_said"
"""How an address names decisions without a ground: imported ones, and those from before there were grounds."""

NEWEST: Keyset[Any] = Keyset((StatusChange.id,))


def rows() -> Sequence[Ground]:
    """The grounds of the house in their order, those that were given up last; the built-in ones while there are
    none."""
    order = (Ground.archived_at.is_not(None), Ground.position, Ground.id)
    return db.session.scalars(sa.select(Ground).order_by(*order)).all() or [
        Ground(key=key, name=name, position=place)
        for place, (key, name) in enumerate(BUILT_IN.items(), start=1)
    ]


def offered() -> dict[str, str]:
    """The names by key of those that can be chosen now, in their order. One query."""
    return {each.key: each.name for each in rows() if each.archived_at is None}


def names() -> dict[str, str]:
    """The names by key of all there ever were."""
    return BUILT_IN | {QUIET: UNASKED, QUESTION: ASKED} | {each.key: each.name for each in rows()}


def choices(board_id: int) -> tuple[Sequence[Standing], dict[str, str]]:
    """What who decides chooses from on a board, in one query: its statuses, given-up ones too, and the grounds."""
    status = sa.select(*BoardStatus.__table__.columns).where(in_reach(board_id))
    columns = [
        Ground.__table__.c.get(each.name, sa.null()).label(each.name)
        for each in BoardStatus.__table__.columns
    ]
    ground = sa.select(*columns).where(Ground.archived_at.is_(None))
    both = sa.union_all(status.add_columns(sa.literal(0).label("part")), ground.add_columns(sa.literal(1)))
    rows = sorted(db.session.execute(both), key=lambda row: (row.position, row.id))
    statuses = [
        BoardStatus(**{k: v for k, v in row._mapping.items() if k != "part"}) for row in rows if not row.part
    ]
    return chosen(statuses, archived=True), {row.key: row.name for row in rows if row.part} or BUILT_IN


def declined(viewer: Viewer, board_id: int | None = None, since: datetime | None = None) -> sa.Select[Any]:
    """The decisions that still hold by which an idea was declined, of those that the viewer may know about.

    Since a moment only those with a date; without one, all.
    """
    later = aliased(StatusChange)
    overtaken = sa.exists().where(later.idea_id == StatusChange.idea_id, later.id > StatusChange.id)
    decisions = visible_to(viewer).join(StatusChange, StatusChange.idea_id == Idea.id)
    decisions = decisions.where(meaning_of(Idea.board_id, StatusChange.new) == Meaning.CLOSED, ~overtaken)
    if board_id is not None:
        decisions = decisions.where(Idea.board_id == board_id)
    if since is not None:
        decisions = decisions.where(StatusChange.at >= since)
    return decisions


def counted(decisions: sa.Select[Any]) -> list[tuple[str, int, int]]:
    """Of these decisions: each ground with how many ideas and how many votes for them, the most ideas first."""
    sums = (sa.func.count(StatusChange.id).label("ideas"), sa.func.coalesce(sa.func.sum(Idea.votes_up), 0))
    groups = decisions.with_only_columns(StatusChange.ground, *sums).group_by(StatusChange.ground)
    found = [(key or NOT_SAID, ideas, int(votes)) for key, ideas, votes in db.session.execute(groups)]
    return sorted(found, key=lambda each: (-each[1], each[0]))


def on_ground(decisions: sa.Select[Any], key: str) -> sa.Select[Any]:
    """Those of these decisions that name this ground, or none at all (NOT_SAID)."""
    named = StatusChange.ground.is_(None) if key == NOT_SAID else StatusChange.ground == key
    return decisions.where(named)


def page_of(decisions: sa.Select[Any], cursor: str | None) -> Page[Any]:
    """A page of these decisions, the newest first, with what a table shows of each."""
    by = aliased(Person)
    shown = decisions.join(Board, Board.id == Idea.board_id).outerjoin(
        by, by.id == StatusChange.changed_by_id
    )
    rows_of: Any = shown.with_only_columns(
        *(StatusChange.id, StatusChange.at, StatusChange.ground, StatusChange.reason, by.name),
        *(Idea.id.label("idea_id"), Idea.title, Idea.votes_up, Board.name.label("board")),
    )
    return NEWEST.page(lambda rows: db.session.execute(rows).all(), rows_of, cursor=cursor, size=20)
