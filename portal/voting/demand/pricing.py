"""Pricing: what the revenue of companies is worth in the house currency, by the rates that an admin entered."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts.models import Company, Person
from portal.accounts.permissions import Permission
from portal.activity import journal
from portal.activity.events import RateEntered
from portal.database import db
from portal.errors import Conflict, NotAllowed
from portal.voting.demand.models import Rate

FIRST_HOUSE = "EUR"
"""The house currency until an admin says otherwise."""


def house() -> sa.ColumnElement[str]:
    """The house currency, as an expression."""
    named = sa.select(Rate.currency).where(Rate.currency == Rate.house, Rate.replaced_at.is_(None))
    return sa.func.coalesce(named.scalar_subquery(), FIRST_HOUSE, type_=sa.String())


def with_rates(rows: Any) -> sa.Select[Any]:
    """The same rows, that have a company, with the rate of its currency where there is one."""
    holds = sa.and_(Rate.currency == Company.currency, Rate.replaced_at.is_(None))
    return rows.outerjoin(Rate, holds)


def worth() -> sa.ColumnElement[int | None]:
    """A company's revenue in whole units of the house currency; None without a revenue or a rate."""
    rate = sa.case((Rate.rate.is_not(None), Rate.rate), (Company.currency == house(), 1))
    return sa.cast(sa.func.round(Company.revenue * rate), sa.BigInteger)


def is_unpriced() -> sa.ColumnElement[bool]:
    """Whether a company has a revenue, in a currency without a rate."""
    return sa.and_(Company.revenue > 0, Rate.rate.is_(None), Company.currency != house())


def house_currency() -> str:
    """The house currency."""
    return db.session.scalar(sa.select(house())) or FIRST_HOUSE


def rates() -> Sequence[Rate]:
    """The rates that hold, by currency, with who entered them."""
    held = sa.select(Rate).where(Rate.replaced_at.is_(None)).options(joinedload(Rate.entered_by))
    return db.session.scalars(held.order_by(Rate.currency)).all()


def earlier_rates(count: int = 50) -> Sequence[Rate]:
    """The newest rates that were replaced, with who entered them."""
    gone = sa.select(Rate).where(Rate.replaced_at.is_not(None)).options(joinedload(Rate.entered_by))
    return db.session.scalars(gone.order_by(Rate.replaced_at.desc(), Rate.id.desc()).limit(count)).all()


def currencies_without_rate() -> dict[str, int]:
    """How many companies have a revenue in each currency that has no rate."""
    rows = with_rates(sa.select(Company.currency, sa.func.count()).select_from(Company))
    return {
        row[0]: row[1] for row in db.session.execute(rows.where(is_unpriced()).group_by(Company.currency))
    }


def enter(currency: str, rate: Decimal, *, on: date, by: Person) -> bool:
    """From now on one unit of `currency` is worth `rate` of the house currency, as of the day `on`.

    False when that holds already. Raises NotAllowed unless the person administers, Conflict for the house currency.
    """
    _must_administer(by)
    own = house_currency()
    if currency == own:
        raise Conflict(f"{own} is the house currency: one of it is worth one. Enter the other currencies.")
    there = _held(currency)
    if there is not None and (there.rate, there.on) == (rate, on):
        return False
    _hold(currency, own, rate, on, by)
    return True


def choose_house(currency: str, *, by: Person) -> bool:
    """Add up in another currency. The rates that were entered are to the old one, so they hold no longer.

    False when it is so already. Raises NotAllowed unless the person administers.
    """
    _must_administer(by)
    if house_currency() == currency:
        return False
    _replace()
    _hold(currency, currency, Decimal(1), clock.now().date(), by)
    return True


def _held(currency: str) -> Rate | None:
    return db.session.scalar(sa.select(Rate).where(Rate.currency == currency, Rate.replaced_at.is_(None)))


def _replace(*which: sa.ColumnElement[bool]) -> None:
    old = sa.update(Rate).where(Rate.replaced_at.is_(None), *which)
    db.session.execute(
        old.values(replaced_at=clock.now()), execution_options={"synchronize_session": "fetch"}
    )


def _hold(currency: str, own: str, rate: Decimal, on: date, by: Person) -> None:
    _replace(Rate.currency == currency)
    now = clock.now()
    db.session.add(Rate(currency=currency, house=own, rate=rate, on=on, entered_by_id=by.id, entered_at=now))
    journal.record(RateEntered(actor_id=by.id, currency=currency, house=own, rate=str(rate)))


def _must_administer(by: Person) -> None:
    if not by.may(Permission.ADMINISTER):
        raise NotAllowed("Only admins enter rates. Ask one of them.")
