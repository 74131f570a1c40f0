"""Every read of the desk. Whoever asks was found to decide on ideas."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts.models import Company, Person, Viewer
from portal.database import db
from portal.discussion.models import Label
from portal.ideas import queries as ideas
from portal.ideas.models import Idea
from portal.ideas.plans.models import Plan
from portal.insights.choosing import Choice
from portal.voting.demand import dealing, pricing
from portal.voting.demand.models import Rate, VoteDay

WEEKS = 12
FEW = 99


@dataclass(frozen=True)
class Age:
    """How old the numbers are: the house currency, when the oldest revenue was read, the day of the oldest rate, how
    many companies have no rate, and when the oldest open deal was read."""

    house: str
    read_at: datetime | None
    rates_of: date | None
    unpriced: int
    deals_read_at: datetime | None


def age() -> Age:
    """Of all companies with a revenue, in one query."""
    oldest = sa.select(
        sa.func.min(Company.crm_read_at, type_=Company.crm_read_at.type),
        sa.func.min(Rate.on, type_=Rate.on.type).filter(Rate.currency != Rate.house),
        sa.func.count().filter(pricing.is_unpriced()),
        pricing.house(),
        dealing.oldest_read(),
    )
    row = db.session.execute(pricing.with_rates(oldest.select_from(Company)).where(Company.revenue > 0)).one()
    return Age(row[3], row[0], row[1], row[2], row[4])


def weeks_of(ids: Collection[int], count: int = WEEKS) -> Mapping[int, list[int]]:
    """Of each of these ideas: votes for it in each of the last weeks, the present one last."""
    today = clock.now().date()
    first = today - timedelta(days=7 * count - 1)
    days = sa.select(VoteDay).where(VoteDay.idea_id.in_(ids), VoteDay.day >= first)
    found: dict[int, list[int]] = defaultdict(lambda: [0] * count)
    for each in db.session.scalars(days):
        if each.day <= today:
            found[each.idea_id][(each.day - first).days // 7] += each.votes
    return found


def plans_of(ids: Collection[int]) -> Mapping[int, Plan]:
    """What is planned for each of these ideas, with its owner."""
    plans = sa.select(Plan).where(Plan.idea_id.in_(ids))
    plans = plans.options(joinedload(Plan.owner).load_only(Person.name, raiseload=True))
    return {each.idea_id: each for each in db.session.scalars(plans)}


def how_many_due(viewer: Viewer) -> int:
    """How many ideas are to be looked at again by now; counted up to FEW, beyond it is one more."""
    due = Choice(sort="review", due="1").narrow(ideas.listed_to(viewer), viewer)
    return len(db.session.scalars(due.with_only_columns(Idea.id).limit(FEW + 1)).all())


def how_many_again(viewer: Viewer) -> int:
    """How many ideas enough customers still want although they were decided upon; counted up to FEW, beyond it is one
    more."""
    again = Choice(sort="new", state="again").narrow(ideas.listed_to(viewer), viewer)
    return len(db.session.scalars(again.with_only_columns(Idea.id).limit(FEW + 1)).all())


def labels() -> Sequence[Any]:
    """All labels: id and name, by name."""
    return db.session.execute(sa.select(Label.id, Label.name).order_by(Label.name)).all()
