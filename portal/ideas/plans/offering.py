"""Offering what is planned for ideas to exports."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal import tables
from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.ideas.plans.models import Plan
from portal.tables import Cells, Column

GROUP = "Plan"
COLUMNS = (
    Column("owner", GROUP, "Who looks after it, by name", personal=True),
    Column("target_on", GROUP, "First day of the month or quarter that it is meant for"),
    Column("review_on", GROUP, "When to look at it again"),
    Column("cost", GROUP, "What it costs, in words of staff"),
    Column("impact", GROUP, "What it brings, in words of staff"),
)


def offer() -> None:
    """Let exports have these columns."""
    tables.offer("plans", COLUMNS, _cells)


def _cells(batch: Sequence[int], _viewer: Viewer) -> Cells:
    rows = sa.select(Plan, Person.name).outerjoin(Person, Person.id == Plan.owner_id)
    return {
        plan.idea_id: {
            "owner": owner,
            "target_on": plan.target_on.isoformat() if plan.target_on else "",
            "review_on": plan.review_on.isoformat() if plan.review_on else "",
            "cost": plan.cost,
            "impact": plan.impact,
        }
        for plan, owner in db.session.execute(rows.where(Plan.idea_id.in_(batch)))
    }
