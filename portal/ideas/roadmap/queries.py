"""Every read of roadmaps."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.accounts.models import Company, Person, Viewer
from portal.database import db
from portal.errors import NotFound
from portal.ideas import queries as ideas_queries
from portal.ideas import seeing, veiling
from portal.ideas.filtering import IdeaFilter
from portal.ideas.models import Audience, Board, Idea
from portal.ideas.plans.queries import plan_of
from portal.ideas.roadmap.columns import Column, column_for, placed_here, stands_in
from portal.ideas.roadmap.filtering import RoadmapFilter
from portal.ideas.roadmap.models import Arrangement, Choice, Roadmap, RoadmapItem
from portal.voting.models import Vote
from portal.voting.tallying import company_of_vote

SHOWN = 20
"""Ideas of a column on the roadmap; all of them stand on a page of the column."""
COUNTED = 1_000
"""Up to how many ideas of a column are counted."""
PLACED = 200
"""Behind how many ideas of a column one can be put by hand."""


def visible_to(viewer: Viewer) -> sa.Select[Roadmap]:
    """Roadmaps this viewer may know about: the one visibility rule."""
    seen = sa.select(Roadmap).where(seeing.open_to(viewer, Roadmap))
    return seen if viewer.may("decide") else seen.where(Roadmap.archived_at.is_(None))


def listed(viewer: Viewer) -> Sequence[Roadmap]:
    """All of them in their order, archived ones last, each with its columns and boards."""
    order = (Roadmap.archived_at.is_not(None), Roadmap.position, Roadmap.name)
    whole = (selectinload(Roadmap.columns), selectinload(Roadmap.boards))
    return db.session.scalars(visible_to(viewer).options(*whole).order_by(*order)).all()


def find(roadmap_id: int, viewer: Viewer) -> Roadmap:
    """One roadmap with its columns and boards. Raises NotFound."""
    whole = (selectinload(Roadmap.columns), selectinload(Roadmap.boards))
    found = db.session.scalar(visible_to(viewer).where(Roadmap.id == roadmap_id).options(*whole))
    if found is None:
        raise NotFound(
            "There is no such roadmap, or it is not for everybody. If it should be yours, sign in."
        )
    return found


def ideas_on(roadmap: Roadmap, viewer: Viewer, wanted: RoadmapFilter) -> sa.Select[Idea]:
    """The ideas of a roadmap that this viewer may know about, whatever column they stand in.

    What only staff may read stands on roadmaps for staff alone, so that staff read there what all read.
    """
    ideas = ideas_queries.listed_to(viewer).where(Idea.hidden_at.is_(None))
    if roadmap.audience != Audience.STAFF:
        of_staff = sa.select(Board.id).where(Board.audience == Audience.STAFF)
        ideas = ideas.where(Idea.board_id.not_in(of_staff))
    return _narrowed(ideas.where(_belongs(roadmap)), wanted)


def _belongs(roadmap: Roadmap) -> sa.ColumnElement[bool]:
    said = sa.select(RoadmapItem.idea_id).where(RoadmapItem.roadmap_id == roadmap.id)
    pinned = Idea.id.in_(said.where(RoadmapItem.choice == Choice.PINNED))
    if not roadmap.automatic:
        return pinned
    kept = Idea.id.not_in(said.where(RoadmapItem.choice == Choice.LEFT_OUT))
    if not roadmap.board_ids:
        return kept
    return sa.or_(sa.and_(Idea.board_id.in_(roadmap.board_ids), kept), pinned)


def _narrowed(ideas: sa.Select[Idea], wanted: RoadmapFilter) -> sa.Select[Idea]:
    if wanted.board is not None:
        ideas = ideas.where(Idea.board_id == wanted.board)
    for column, word in ((Company.segment, wanted.segment), (Company.tier, wanted.tier)):
        if word:
            wish = sa.select(Vote.counts_for_id).outerjoin(Person, Person.id == Vote.person_id)
            wish = wish.join(Company, Company.id == company_of_vote())
            ideas = ideas.where(Idea.id.in_(wish.where(Vote.value == 1, column == word)))
    return ideas


def first_ids(
    roadmap: Roadmap,
    columns: Sequence[Column],
    viewer: Viewer,
    wanted: RoadmapFilter,
    boards: Sequence[Board],
    limit: int = SHOWN,
) -> list[list[int]]:
    """The ids of the first ideas of each column: those placed by hand, then by votes. One query for all columns.

    Where the count of a board is veiled for this viewer, its ideas stand last, so that no order tells it.
    """
    veiled = veiling.unveiled(veiling.veiled_boards(viewer, IdeaFilter(sort="top"), boards))
    parts = []
    for n, column in enumerate(columns):
        ideas = ideas_on(roadmap, viewer, wanted).where(*stands_in(roadmap, column))
        parts += [_placed(n, ideas, roadmap, column), _by_votes(n, ideas, roadmap, column, veiled)]
    if not parts:
        return []
    rows = db.session.execute(sa.union_all(*[sa.select(each.limit(limit).subquery()) for each in parts]))
    found: list[list[int]] = [[] for _ in columns]
    for row in sorted(map(tuple, rows)):
        found[row[0]].append(-row[3])
    return [ids[:limit] for ids in found]


def _placed(n: int, ideas: sa.Select[Any], roadmap: Roadmap, column: Column) -> sa.Select[Any]:
    here = sa.and_(RoadmapItem.idea_id == Idea.id, placed_here(roadmap, column))
    place = (RoadmapItem.position, (-Idea.id))
    rows: Any = ideas.join(RoadmapItem, here).with_only_columns(
        sa.literal(n).label("n"), sa.literal(0).label("part"), place[0].label("rank"), place[1].label("key")
    )
    return rows.order_by(*place)


def _by_votes(
    n: int, ideas: sa.Select[Any], roadmap: Roadmap, column: Column, veiled: Sequence[Any]
) -> sa.Select[Any]:
    by_hand = sa.select(RoadmapItem.idea_id).where(placed_here(roadmap, column))
    rows = ideas.where(Idea.id.not_in(by_hand))
    score: Any = sa.case((sa.and_(*veiled), Idea.score), else_=-1_000_000_000) if veiled else Idea.score
    return rows.with_only_columns(
        sa.literal(n).label("n"),
        sa.literal(1).label("part"),
        (-score).label("rank"),
        (-Idea.id).label("key"),
    ).order_by(score.desc(), Idea.id.desc())


def how_many(roadmap: Roadmap, columns: Sequence[Column], viewer: Viewer, wanted: RoadmapFilter) -> list[int]:
    """How many ideas stand in each column, at most COUNTED + 1. One query for all columns."""
    parts = []
    for n, column in enumerate(columns):
        ideas = ideas_on(roadmap, viewer, wanted).where(*stands_in(roadmap, column))
        few = ideas.with_only_columns(Idea.id).limit(COUNTED + 1).subquery()
        parts.append(sa.select(sa.literal(n).label("n"), sa.func.count().label("many")).select_from(few))
    counts = dict[int, int]()
    if parts:
        counts = {row.n: row.many for row in db.session.execute(sa.union_all(*parts))}
    return [counts.get(n, 0) for n in range(len(columns))]


def item_of(roadmap: Roadmap, idea: Idea) -> RoadmapItem | None:
    """What was said by hand about an idea on a roadmap."""
    return db.session.get(RoadmapItem, (roadmap.id, idea.id))


def left_out(roadmap: Roadmap, viewer: Viewer) -> Sequence[Idea]:
    """The ideas that were left out by hand, those last that were left out first."""
    out = sa.and_(
        RoadmapItem.idea_id == Idea.id,
        RoadmapItem.roadmap_id == roadmap.id,
        RoadmapItem.choice == Choice.LEFT_OUT,
    )
    ideas = ideas_queries.listed_to(viewer).join(RoadmapItem, out)
    return ideas_queries.cards(ideas.order_by(RoadmapItem.at.desc()).limit(PLACED))


def column_of(roadmap: Roadmap, idea: Idea) -> str:
    """The key of the column in which an idea would stand on a roadmap."""
    if roadmap.arrangement == Arrangement.STATUS:
        return str(idea.status)
    plan = plan_of(idea)
    return column_for(plan.target_on if plan else None)
