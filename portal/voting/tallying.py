"""Who wants it: the three numbers people, companies, and revenue at stake, each company counted once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company, Person
from portal.database import db
from portal.voting.models import Vote

SHOWN = 4
"""How many parts a picture of the mix has at most."""
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}


@dataclass(frozen=True)
class Demand:
    """Who is for an idea. `revenue` is a year's by currency, never converted; `mix` is people by tier.

    `read_at` is when the oldest of the CRM's numbers was read.
    """

    people: int = 0
    companies: int = 0
    revenue: tuple[tuple[str, Decimal], ...] = ()
    mix: tuple[tuple[str, int], ...] = ()
    read_at: datetime | None = None

    @property
    def revenue_words(self) -> str:
        """The revenue to read: "€1.9m", "€1.9m + $20k"; empty when no company has one."""
        return " + ".join(money(amount, currency) for currency, amount in self.revenue)


def demand_for(idea_id: int) -> Demand:
    """The three numbers of an idea, from the votes for it. Tallies without voters are not part of them."""
    one_company = (
        sa.select(company_of_vote().label("company_id"), sa.func.count(Vote.person_id).label("people"))
        .select_from(Vote)
        .outerjoin(Person, Vote.person_id == Person.id)
        .where(Vote.idea_id == idea_id, Vote.value == 1)
        .group_by(company_of_vote())
        .subquery()
    )
    parts = (
        sa.select(
            Company.tier,
            Company.currency,
            sa.func.sum(one_company.c.people).label("people"),
            sa.func.count(Company.id).label("companies"),
            sa.func.sum(Company.revenue).label("revenue"),
            sa.func.min(Company.crm_read_at).label("read_at"),
        )
        .select_from(one_company)
        .outerjoin(Company, Company.id == one_company.c.company_id)
        .group_by(Company.tier, Company.currency)
    )
    return _summed(db.session.execute(parts).all())


def company_of_vote() -> sa.ColumnElement[int | None]:
    """The company that a vote speaks for: that of its person, or the one that staff added it for."""
    return sa.func.coalesce(Vote.company_id, Person.company_id)


def _summed(parts: Iterable[Any]) -> Demand:
    people, revenue = dict[str, int](), dict[str, Decimal]()
    parts = list(parts)
    for part in parts:
        tier = part.tier or ("Other" if part.companies else "No company")
        tier = tier[:1].upper() + tier[1:]
        if part.people:
            people[tier] = people.get(tier, 0) + int(part.people)
        if part.revenue:
            revenue[part.currency] = revenue.get(part.currency, Decimal(0)) + Decimal(part.revenue)
    return Demand(
        people=sum(people.values()),
        companies=sum(part.companies for part in parts),
        revenue=tuple(sorted(revenue.items(), key=lambda each: -each[1])),
        mix=_mix(people),
        read_at=min((part.read_at for part in parts if part.read_at), default=None),
    )


def _mix(people: dict[str, int]) -> tuple[tuple[str, int], ...]:
    by_size = sorted(people.items(), key=lambda each: (-each[1], each[0]))
    if len(by_size) <= SHOWN:
        return tuple(by_size)
    rest = sum(count for _, count in by_size[SHOWN - 1 :])
    return (*by_size[: SHOWN - 1], ("All others", rest))


def money(amount: Decimal, currency: str) -> str:
    """An amount as people compare it: €1.9m, $20k, CHF 950."""
    sign = SIGNS.get(currency, f"{currency} ")
    for size, letter in ((Decimal(10**9), "bn"), (Decimal(10**6), "m"), (Decimal(10**3), "k")):
        if amount >= size:
            digits = 1 if amount < 100 * size else 0
            return f"{sign}{amount / size:.{digits}f}".removesuffix(".0") + letter
    return f"{sign}{amount:.0f}"
