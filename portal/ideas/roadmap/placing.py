"""Placing an idea: where it stands on the roadmaps, read beside the idea without another query."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import sqlalchemy as sa

from portal.accounts.models import Viewer
from portal.ideas.models import Audience, Board, Idea
from portal.ideas.plans.models import Plan
from portal.ideas.roadmap.columns import LATER, NEXT, UNDATED, column_for
from portal.ideas.roadmap.models import Arrangement, Choice, Roadmap, RoadmapBoard, RoadmapColumn, RoadmapItem
from portal.ideas.roadmap.queries import visible_to

IN_WORDS = {NEXT: "next quarter", LATER: "later", UNDATED: "without a date yet"}


@dataclass(frozen=True)
class Placed:
    """The first roadmap that an idea stands on; `quarter` is its column there, "" where columns are statuses."""

    id: int
    name: str
    quarter: str = ""

    @property
    def slug_source(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        """When it comes: "next quarter"; empty where the status says all."""
        return IN_WORDS.get(self.quarter, "this quarter") if self.quarter else ""


def first_of(viewer: Viewer) -> sa.ColumnElement[str]:
    """For a row of Idea: `read` understands it; None when no roadmap that the viewer sees has it."""
    # Of two, the one with quarters says more.
    order = (Roadmap.arrangement != Arrangement.QUARTER, Roadmap.position, Roadmap.id)
    found = visible_to(viewer).with_only_columns(_written()).where(*_has_it()).order_by(*order).limit(1)
    return found.correlate(Idea).scalar_subquery()


@cache
def _written() -> sa.ColumnElement[str]:
    meant = sa.select(sa.cast(Plan.target_on, sa.String)).where(Plan.idea_id == Idea.id).correlate(Idea)
    key, on = sa.cast(Roadmap.id, sa.String), sa.func.coalesce(meant.scalar_subquery(), "")
    return key + "|" + Roadmap.arrangement + "|" + on + "|" + Roadmap.name


@cache
def _has_it() -> tuple[sa.ColumnElement[bool], ...]:
    """What must hold for a row of Roadmap so that a row of Idea stands on it."""
    item = sa.select(RoadmapItem.choice).where(
        RoadmapItem.roadmap_id == Roadmap.id, RoadmapItem.idea_id == Idea.id
    )
    choice = sa.func.coalesce(item.correlate(Roadmap, Idea).scalar_subquery(), Choice.AUTOMATIC)
    has_status = sa.exists().where(
        RoadmapColumn.roadmap_id == Roadmap.id, RoadmapColumn.status == Idea.status
    )
    scope = sa.select(RoadmapBoard.board_id).where(RoadmapBoard.roadmap_id == Roadmap.id).correlate(Roadmap)
    about_it = sa.or_(~sa.exists(scope), Idea.board_id.in_(scope))
    comes = sa.and_(Roadmap.automatic.is_(True), about_it, choice == Choice.AUTOMATIC)
    of_staff = sa.exists().where(Board.id == Idea.board_id, Board.audience == Audience.STAFF)
    return (
        has_status.correlate(Roadmap, Idea),
        sa.or_(choice == Choice.PINNED, comes),
        sa.or_(Roadmap.audience == Audience.STAFF, ~of_staff.correlate(Idea)),
        Idea.hidden_at.is_(None),
        Roadmap.archived_at.is_(None),
    )


def read(written: str | None) -> Placed | None:
    """From `first_of`."""
    if not written:
        return None
    key, arrangement, meant, name = written.split("|", 3)
    quarter = column_for(date.fromisoformat(meant) if meant else None)
    return Placed(int(key), name, quarter if arrangement == Arrangement.QUARTER else "")
