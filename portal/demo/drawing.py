"""Drawing the roadmaps of the demo, once its year is over."""

from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.database import db
from portal.ideas.audiences.queries import Chosen
from portal.ideas.models import Audience, Idea, Status
from portal.ideas.plans import planning
from portal.ideas.plans.models import Grain
from portal.ideas.roadmap import drawing
from portal.ideas.roadmap.columns import quarter_after, quarter_of
from portal.ideas.roadmap.models import Arrangement

TO_COME = ("planned", "started")
ROADMAPS: tuple[dict[str, Any], ...] = (
    {
        "name": "Roadmap",
        "description": "What we look at, what is planned, what is being built, and what is there.",
        "statuses": ("under_review", "planned", "started", "shipped"),
    },
    {
        "name": "By quarter",
        "description": "What is planned or being built, by when we mean it to be there.",
        "arrangement": Arrangement.QUARTER,
        "statuses": TO_COME,
    },
    {
        "name": "For the house",
        "description": "What is asked for and undecided, for whoever decides.",
        "statuses": ("open", "under_review", "parked", "declined"),
        "audience": Audience.STAFF,
    },
)


def draw() -> None:
    """One roadmap by status and one by quarter for everybody, and one for staff."""
    managers = sa.select(Person).where(Person.role == Role.PRODUCT_MANAGER).order_by(Person.id)
    by = db.session.scalars(managers).first()
    if by is None:
        return
    _plan(by)
    for position, roadmap in enumerate(ROADMAPS, start=1):
        drawing.add(by=by, boards=(), chosen=Chosen(), automatic=True, position=position, **roadmap)


def _plan(by: Person) -> None:
    """What is being built is meant for this quarter; of what is planned, all but one have a date."""
    ideas = sa.select(Idea).where(Idea.status.in_(TO_COME), Idea.hidden_at.is_(None)).order_by(Idea.id)
    this = quarter_of(clock.now().date())
    coming = [quarter_after(this), None, quarter_after(quarter_after(this))]
    planned = 0
    for idea in db.session.scalars(ideas).all():
        on = this if idea.status == Status.STARTED else coming[planned % len(coming)]
        planned += idea.status == Status.PLANNED
        if on is not None:
            planning.plan(idea, by=by, target_on=on, target_grain=Grain.QUARTER)
