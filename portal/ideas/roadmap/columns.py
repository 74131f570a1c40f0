"""The columns of a roadmap: which there are, and which ideas stand in each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.ideas.models import Idea
from portal.ideas.plans.models import Grain, Plan
from portal.ideas.plans.planning import words_of
from portal.ideas.roadmap.models import Arrangement, Roadmap, RoadmapItem
from portal.ideas.standing import Meaning, Standing, meaning_of

THIS, NEXT, LATER, UNDATED = "this", "next", "later", "undated"


@dataclass(frozen=True)
class Column:
    """A column: `key` in addresses, what stands above it, for quarters the `first` day of
    what it holds, and whether an idea that comes here will not be done."""

    key: str
    name: str
    says: str = ""
    colour: str = "plain"
    first: date | None = None
    closes: bool = False


def of(roadmap: Roadmap, known: Mapping[str, Standing]) -> Sequence[Column]:
    """The columns of a roadmap in their order; `known` are the statuses there are, by key."""
    if roadmap.arrangement == Arrangement.STATUS:
        held = [known[key] for key in roadmap.statuses if key in known]
        return [
            Column(each.key, each.name, colour=each.colour, closes=each.meaning == Meaning.CLOSED)
            for each in held
        ]
    this = quarter_of(clock.now().date())
    following, later = quarter_after(this), quarter_after(quarter_after(this))
    return [
        Column(THIS, "This quarter", words_of(this, Grain.QUARTER), "accent", this),
        Column(NEXT, "Next quarter", words_of(following, Grain.QUARTER), "accent", following),
        Column(LATER, "Later", f"from {words_of(later, Grain.QUARTER)} on", first=later),
        Column(UNDATED, "No date yet"),
    ]


def quarter_of(day: date) -> date:
    """The first day of the quarter of a day."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter_after(first: date) -> date:
    """The first day of the next quarter."""
    return quarter_of(first + timedelta(days=100))


def column_for(target_on: date | None) -> str:
    """The key of the quarter column of an idea that is meant for this day; what is overdue stands in the first."""
    if target_on is None:
        return UNDATED
    following = quarter_after(quarter_of(clock.now().date()))
    if target_on < following:
        return THIS
    return NEXT if target_on < quarter_after(following) else LATER


def stands_in(roadmap: Roadmap, column: Column) -> list[sa.ColumnElement[bool]]:
    """What must hold for a row of Idea so that its status, or what it is meant for, puts it into a column."""
    if roadmap.arrangement == Arrangement.STATUS:
        return [Idea.status == column.key]
    return [Idea.status.in_(roadmap.statuses), *_meant_for(column)]


def _meant_for(column: Column) -> list[sa.ColumnElement[bool]]:
    dated = sa.select(Plan.idea_id).where(Plan.target_on.is_not(None))
    if column.first is None:
        return [Idea.id.not_in(dated)]
    if column.key == LATER:
        return [Idea.id.in_(dated.where(Plan.target_on >= column.first))]
    until = dated.where(Plan.target_on < quarter_after(column.first))
    if column.key == NEXT:
        return [Idea.id.in_(until.where(Plan.target_on >= column.first))]
    # What is overdue is still to come; what was finished in an earlier quarter is not.
    of_old = Idea.id.in_(until.where(Plan.target_on < column.first))
    still_to_come = meaning_of(Idea.board_id, Idea.status) == Meaning.ACTIVE
    return [Idea.id.in_(until), sa.or_(~of_old, still_to_come)]


def placed_here(roadmap: Roadmap, column: Column) -> sa.ColumnElement[bool]:
    """What must hold for a row of RoadmapItem that was placed by hand and is still where it was put."""
    here = sa.and_(RoadmapItem.roadmap_id == roadmap.id, RoadmapItem.position.is_not(None))
    if roadmap.arrangement == Arrangement.STATUS:
        return sa.and_(here, RoadmapItem.placed_for == column.key)
    meant = sa.select(sa.cast(Plan.target_on, sa.String)).where(Plan.idea_id == RoadmapItem.idea_id)
    return sa.and_(here, RoadmapItem.placed_for == sa.func.coalesce(meant.scalar_subquery(), ""))


def mark_of(roadmap: Roadmap, idea: Idea, plan: Any) -> str:
    """What `placed_for` is for an idea as it stands now."""
    if roadmap.arrangement == Arrangement.STATUS:
        return str(idea.status)
    return plan.target_on.isoformat() if plan is not None and plan.target_on else ""
