"""Pricing in the demo: some companies pay in other currencies, two of which have a rate; and what is wanted is counted."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Company, Person
from portal.accounts.permissions import Role
from portal.database import db
from portal.ideas.models import Idea, Status
from portal.ideas.plans import planning
from portal.insights import recounting
from portal.voting.demand import pricing

ABROAD = {
    "pacific-switch": ("USD", Decimal("0.86")),
    "harcourt-bakeries": ("GBP", Decimal("1.14")),
    "nordlys-ferries": ("NOK", Decimal("0.085")),
}
"""Companies that pay in another currency, with what one of it is worth in euros."""
WITH_RATE = ("USD", "GBP")
REVIEWS = (-6, 9, 30)
"""In how many days the most wanted undecided ideas are to be looked at again; the first is overdue."""


def price(companies: Mapping[str, Company]) -> None:
    """Enter rates, plan when to look again at what is wanted most, and count the demand for every idea."""
    admin, manager = _first(Role.ADMIN), _first(Role.PRODUCT_MANAGER)
    for key, (currency, rate) in ABROAD.items():
        company = companies.get(key)
        if company is not None and company.revenue is not None:
            company.currency, company.revenue = currency, (company.revenue / rate).quantize(Decimal(1000))
        if currency in WITH_RATE and admin:
            day = clock.now().date() - timedelta(days=20)
            pricing.enter(currency, rate, on=day, by=admin)
    db.session.flush()
    undecided = sa.select(Idea).where(Idea.status == Status.UNDER_REVIEW, Idea.hidden_at.is_(None))
    ideas = db.session.scalars(undecided.order_by(Idea.score.desc(), Idea.id).limit(len(REVIEWS))).all()
    for idea, days in zip(ideas, REVIEWS, strict=False):
        if manager:
            on = clock.now().date() + timedelta(days=days)
            planning.plan(idea, by=manager, owner_id=manager.id, review_on=on)
    recounting.recount(db.session.scalars(sa.select(Idea.id)).all())
    recounting.note_day()


def _first(role: Role) -> Person | None:
    return db.session.scalar(sa.select(Person).where(Person.role == role).order_by(Person.id))
