"""Weighing who wants an idea: people, companies, revenue, how much it matters to them, and what kind they are."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company, Person, Viewer
from portal.database import db
from portal.tables import Cells, Column, fixed
from portal.voting.models import Vote, weight_counted
from portal.voting.tallying import Demand, company_of_vote, demands

GROUP = "Who wants it"
IMPORTANCE = {1: "nice", 2: "important", 3: "critical"}
DEMAND = (
    Column("people", GROUP, "People who voted for it"),
    Column("accounts", GROUP, "Companies that want it, each counted once"),
    Column("revenue_at_stake", GROUP, "A year's revenue of these companies, each counted once, by currency"),
    Column("revenue_in_one_currency", GROUP, "The same as one number, in the currency of the house"),
    Column("house_currency", GROUP, "That currency"),
    Column("accounts_without_rate", GROUP, "Companies whose revenue could not be priced in it"),
    Column("open_deals", GROUP, "Deals that are open with these companies, as the CRM said"),
    Column("open_deals_worth", GROUP, "What they are worth together, in the currency of the house"),
    Column("open_deals_read_at", GROUP, "When the one of them was read that was read first"),
    Column("damped_weight", GROUP, "The sum of the square root of the votes of each company"),
)
MIX = (
    Column("segments", GROUP, "Segments of the companies, with how many companies of each"),
    Column("tiers", GROUP, "Tiers of the companies, with how many companies of each"),
)  # fmt: skip
SAID = (
    Column("importance_nice", GROUP, "Votes that say: nice to have"),
    Column("importance_important", GROUP, "Votes that say: important"),
    Column("importance_critical", GROUP, "Votes that say: critical"),
    Column("weight", GROUP, "The sum of all weights, where a person has several votes for an idea"),
    Column("last_vote_at", GROUP, "When somebody last voted for it"),
)


def _once(batch: Sequence[int]) -> sa.Subquery:
    """Each company once for an idea."""
    return (
        sa.select(Vote.counts_for_id.label("idea_id"), company_of_vote().label("company_id"))
        .outerjoin(Person, Person.id == Vote.person_id)
        .where(Vote.counts_for_id.in_(batch), Vote.value == 1)
        .group_by(Vote.counts_for_id, company_of_vote())
        .subquery()
    )


def _demand(batch: Sequence[int], _viewer: Viewer) -> Cells:
    found = demands(batch)
    return {key: _cells_of(found.get(key, Demand())) for key in batch}


def _cells_of(wanted: Demand) -> dict[str, Any]:
    return {
        "people": wanted.people,
        "accounts": wanted.companies,
        "revenue_at_stake": _money(wanted.revenue),
        "revenue_in_one_currency": wanted.at_stake,
        "house_currency": wanted.house if wanted.at_stake else "",
        "accounts_without_rate": sum(count for _, count in wanted.unpriced),
        "open_deals": wanted.deals,
        "open_deals_worth": wanted.deals_worth,
        "open_deals_read_at": _moment(wanted.deals_read_at),
        "damped_weight": wanted.account_weight / 1000,
    }


def _money(revenue: Sequence[tuple[str, Decimal]]) -> str:
    return " + ".join(f"{amount:.2f} {currency}" for currency, amount in sorted(revenue))


def _mix(batch: Sequence[int], _viewer: Viewer) -> Cells:
    once = _once(batch)
    rows = sa.select(once.c.idea_id, Company.id, Company.segment, Company.tier)
    rows = rows.select_from(once).outerjoin(Company, Company.id == once.c.company_id)
    kinds: dict[str, dict[int, Counter[str]]] = {name: defaultdict(Counter) for name in ("segments", "tiers")}
    for idea_id, company_id, segment, tier in db.session.execute(rows):
        if company_id:
            kinds["segments"][idea_id][segment or "none"] += 1
            kinds["tiers"][idea_id][tier or "none"] += 1
    return {key: {name: _listed(of[key]) for name, of in kinds.items()} for key in batch}


def _listed(counts: Counter[str]) -> str:
    by_size = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{name} ({count})" for name, count in by_size)


def _importance(batch: Sequence[int], _viewer: Viewer) -> Cells:
    said = [sa.func.sum(sa.case((Vote.importance == level, 1), else_=0)) for level in IMPORTANCE]
    rows = (
        sa.select(Vote.counts_for_id, sa.func.sum(weight_counted()), sa.func.max(Vote.cast_at), *said)
        .where(Vote.counts_for_id.in_(batch), Vote.value == 1)
        .group_by(Vote.counts_for_id)
    )
    found: dict[int, dict[str, Any]] = {key: dict.fromkeys(_counts(), 0) for key in batch}
    for idea_id, weight, last, *counts in db.session.execute(rows):
        found[int(idea_id or 0)].update(zip(_counts(), map(int, counts), strict=True))
        found[int(idea_id or 0)].update(weight=int(weight), last_vote_at=last)
    return {
        key: {"weight": 0} | each | {"last_vote_at": _moment(each.get("last_vote_at"))}
        for key, each in found.items()
    }


def _counts() -> list[str]:
    return [f"importance_{word}" for word in IMPORTANCE.values()]


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


SOURCES = (fixed(DEMAND, _demand), fixed(MIX, _mix), fixed(SAID, _importance))
