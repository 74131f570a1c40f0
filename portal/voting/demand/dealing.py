"""Dealing: open deals with a company, as the CRM said, priced by the rates that hold."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.voting.demand import pricing
from portal.voting.demand.models import Rate

DEAL = sa.table(
    "crm_deal",
    sa.column("company_id", sa.BigInteger),
    sa.column("amount", sa.Numeric(14, 2)),
    sa.column("currency", sa.String),
)
"""By name: what is read from a CRM stands above this slice."""


def deals_of(company_id: sa.ColumnElement[Any]) -> sa.ScalarSelect[int]:
    """How many deals are open with the company of a row."""
    count = sa.select(sa.func.count()).select_from(DEAL)
    return count.where(DEAL.c.company_id == company_id).scalar_subquery()


def worth_of_deals(company_id: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """What they are worth in whole units of the house currency, without those that have no amount or no rate."""
    held = aliased(Rate)
    rate = sa.case((held.rate.is_not(None), held.rate), (DEAL.c.currency == pricing.house(), 1))
    total = sa.func.sum(sa.cast(sa.func.round(DEAL.c.amount * rate), sa.BigInteger), type_=sa.BigInteger)
    holds = sa.and_(held.currency == DEAL.c.currency, held.replaced_at.is_(None))
    rows = sa.select(total).select_from(DEAL).outerjoin(held, holds)
    return rows.where(DEAL.c.company_id == company_id).scalar_subquery()
