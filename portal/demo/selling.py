"""Selling: what sales entered in the CRM of the demo, which is the embedded store, and the first look into it."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Company
from portal.crm_bridge.embedded.filling import fill
from portal.crm_bridge.gateway import Fields
from portal.database import db

STAGES = ("Qualified", "Proposal", "Negotiation")


def sell(path: Path) -> None:
    """Enter accounts with what the demo knows of its companies, and deals that are open with some of them."""
    companies = db.session.scalars(
        sa.select(Company).where(Company.tier.is_not(None)).order_by(Company.id)
    ).all()
    if not companies:
        return
    ids = fill(path, "account", {f"company:{each.id}": _account(each) for each in companies})
    fill(path, "deal", dict(_deals(companies, ids)))


def _account(company: Company) -> Fields:
    return {
        "name": company.name,
        "tier": company.tier,
        "segment": company.segment,
        "revenue": None if company.revenue is None else int(company.revenue),
        "currency": company.currency,
        "owner": company.owner,
        "renews_on": company.renews_on.isoformat() if company.renews_on else None,
        "lifecycle": "customer",
    }


def _deals(companies: Sequence[Company], ids: dict[str, str]) -> list[tuple[str, Fields]]:
    """A renewal of every third company and an extension of every fourth."""
    today = clock.now().date()
    deals: list[tuple[str, Fields]] = []
    for number, each in enumerate(companies):
        revenue = int(each.revenue or 0)
        named = (("Renewal", 3, revenue), ("Extension", 4, revenue // 5))
        for name, every, amount in named:
            if number % every == 0 and amount:
                deal: Fields = {
                    "title": f"{name} {each.name}",
                    "account": ids[f"company:{each.id}"],
                    "amount": amount,
                    "currency": each.currency,
                    "stage": STAGES[number % len(STAGES)],
                    "closes_on": (each.renews_on or today + timedelta(days=60)).isoformat(),
                }
                deals.append((f"deal:{name.lower()}:{each.id}", deal))
    return deals
