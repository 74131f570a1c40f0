"""Dealing: open deals with a company, as the CRM said, priced by the rates that hold."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.database import UtcDateTime
from portal.voting.demand import pricing
from portal.voting.demand.models import Rate

DEAL = sa.table(
    "crm_deal",
    sa.column("company_id", sa.BigInteger),
    sa.column("amount", sa.Numeric(14, 2)),
    sa.column("currency", sa.String),
    sa.column("read_at", UtcDateTime),
)
"""By name: what is read from a CRM stands above this slice."""


def oldest_read(company_id: Any = None) -> sa.ScalarSelect[Any]:
    """When the deal was read that was read first: of the company of a row, or of all companies."""
    oldest = sa.select(sa.func.min(DEAL.c.read_at, type_=DEAL.c.read_at.type))
    its = DEAL.c.company_id.is_not(None) if company_id is None else DEAL.c.company_id == company_id
    return oldest.where(its).scalar_subquery()


def deals_of(company_id: Any) -> sa.ScalarSelect[int]:
    """How many deals are open with the company of a row."""
    count = sa.select(sa.func.count()).select_from(DEAL)
    return count.where(DEAL.c.company_id == company_id).scalar_subquery()


def worth_of_deals(company_id: Any) -> sa.ScalarSelect[Any]:
    """What they are worth in whole units of the house currency, without those that have no amount or no rate."""
    held = aliased(Rate)
    rate = sa.case((held.rate.is_not(None), held.rate), (DEAL.c.currency == pricing.house(), 1))
    total = sa.func.sum(sa.cast(sa.func.round(DEAL.c.amount * rate), sa.BigInteger), type_=sa.BigInteger)
    holds = sa.and_(held.currency == DEAL.c.currency, held.replaced_at.is_(None))
    rows = sa.select(total).select_from(DEAL).outerjoin(held, holds)
    return rows.where(DEAL.c.company_id == company_id).scalar_subquery()
