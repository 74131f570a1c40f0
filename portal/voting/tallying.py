"""Who wants it: the three numbers people, companies, and revenue at stake, each company counted once."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company, Person, Viewer
from portal.accounts.permissions import Permission
from portal.database import db
from portal.voting.demand import dealing, pricing
from portal.voting.demand.models import Rate
from portal.voting.demand.weighing import company_of_vote as company_of_vote
from portal.voting.demand.weighing import weight_of
from portal.voting.models import Vote

SHOWN = 4
"""How many parts a picture of the mix has at most."""
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}


@dataclass(frozen=True)
class Demand:
    """Who is for an idea.

    `revenue` is a year's by currency; `at_stake` is the sum in the `house` currency, without the companies in
    `unpriced`, by currencies that have no rate. `account_weight` is in thousandths. `mix` is people by tier,
    `segments` companies by segment. `read_at` is when the oldest of the CRM's numbers was read, `rates_of` the day
    of the oldest rate that was used. `deals` are those that are open with these companies.
    """

    people: int = 0
    companies: int = 0
    revenue: tuple[tuple[str, Decimal], ...] = ()
    mix: tuple[tuple[str, int], ...] = ()
    read_at: datetime | None = None
    at_stake: int = 0
    house: str = pricing.FIRST_HOUSE
    unpriced: tuple[tuple[str, int], ...] = ()
    account_weight: int = 0
    segments: tuple[tuple[str, int], ...] = ()
    rates_of: date | None = None
    deals: int = 0
    deals_worth: int = 0
    deals_read_at: datetime | None = None

    @property
    def deals_words(self) -> str:
        """Open deals with those companies: "3 open deals worth €1.2m"; empty for none."""
        worth = f" worth {money(Decimal(self.deals_worth), self.house)}" if self.deals_worth else ""
        return f"{_counted(self.deals, 'open deal', 'open deals')}{worth}" if self.deals else ""

    @property
    def revenue_words(self) -> str:
        """The revenue to read as it was given: "€1.9m", "€1.9m + $20k"; empty when no company has one."""
        return " + ".join(money(amount, currency) for currency, amount in self.revenue)

    @property
    def at_stake_words(self) -> str:
        """The revenue in the house currency; empty when no company has one that can be priced."""
        return money(Decimal(self.at_stake), self.house) if self.at_stake else ""

    @property
    def unpriced_words(self) -> str:
        """What is not part of `at_stake`: "3 accounts in SEK without a rate"; empty when there is nothing."""
        return unpriced_words(self.unpriced)


def unpriced_words(unpriced: Iterable[tuple[str, int]]) -> str:
    """Accounts by currency that have no rate, in words: "3 accounts in SEK and 1 in DKK without a rate"."""
    parts = [(currency, count) for currency, count in unpriced if count]
    if not parts:
        return ""
    (currency, count), *more = parts
    first = f"{count} {'account' if count == 1 else 'accounts'} in {currency}"
    return " and ".join([first, *(f"{n} in {each}" for each, n in more)]) + " without a rate"


def stake_words(numbers: Any, house: str, said: str = "") -> str:
    """The revenue at stake in words: "€1.9m", with what is `said` after it; "–" for none."""
    return f"{money(Decimal(numbers.revenue), house)}{said}" if numbers.revenue else "–"


def deals_words(numbers: Any, house: str) -> str:
    """What open deals are worth, in words: "€1.2m"; "–" where none has an amount that can be priced."""
    return money(Decimal(numbers.deals_worth), house) if numbers.deals_worth else "–"


def apart_words(numbers: Any) -> str:
    """What is no part of the revenue at stake: "+ 3 accounts without a rate"; empty for nothing."""
    return f"+ {_counted(numbers.unpriced, 'account', 'accounts')} without a rate" if numbers.unpriced else ""


def demand_facts(viewer: Viewer, idea: Any, portion: Any = None, said: str = "") -> list[str]:
    """Who wants an idea, in words, as far as the viewer may know: people, accounts, revenue at stake.

    `idea` was read as a card. Of a portion of the votes, `said` after the people says which.
    """
    numbers = portion or idea
    facts = [_counted(numbers.people, "person", "people") + said] if portion or viewer.is_staff else []
    if viewer.is_staff:
        facts.append(_counted(numbers.accounts, "account", "accounts"))
    if viewer.may(Permission.SEE_RECORD) and (numbers.revenue or numbers.unpriced):
        stake = stake_words(numbers, idea.house, " at stake") if numbers.revenue else ""
        facts.append(f"{stake} {apart_words(numbers)}".strip())
    return facts


def _counted(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"


def groups_of_accounts(viewer: Viewer) -> dict[str, Sequence[str]]:
    """The tiers and segments that there are, for who sees records; nothing for others."""
    if not viewer.may(Permission.SEE_RECORD):
        return {}
    return {
        name: [each for each in db.session.scalars(sa.select(column).distinct().order_by(column)) if each]
        for name, column in (("tier", Company.tier), ("segment", Company.segment))
    }


def demand_for(*idea_ids: int) -> Demand:
    """The numbers of an idea (or of several as if they were one), from the votes for it.

    Tallies without voters are not part of them.
    """
    if len(idea_ids) == 1:
        return demands(idea_ids).get(idea_ids[0], Demand())
    parts = list(db.session.execute(_by_company(as_one=True), {"ids": list(idea_ids)}))
    return _summed(parts) if parts else Demand()


def demands(ids: Collection[int]) -> dict[int, Demand]:
    """The numbers of each of these ideas that has votes for it, in one query."""
    rows = db.session.execute(_by_company(as_one=False), {"ids": list(ids)})
    return {idea_id: _summed(list(parts)) for idea_id, parts in groupby(rows, key=attrgetter("idea_id"))}


@cache
def _by_company(*, as_one: bool) -> sa.Select[Any]:
    """A row for each of the ideas `ids` (or for all of them as one) and each company whose people are for it."""
    key = sa.func.min(Vote.counts_for_id) if as_one else Vote.counts_for_id
    people = sa.func.count(sa.distinct(Vote.person_id))
    votes = people + sa.func.count(sa.distinct(Vote.company_id))
    once = (
        sa.select(key.label("idea_id"), company_of_vote().label("company_id"))
        .add_columns(votes.label("votes"), people.label("people"))
        .outerjoin(Person, Vote.person_id == Person.id)
        .where(Vote.counts_for_id.in_(sa.bindparam("ids", expanding=True)), Vote.value == 1)
        .group_by(company_of_vote(), *(() if as_one else (Vote.counts_for_id,)))
        .subquery()
    )
    facts = (Company.tier, Company.segment, Company.currency, Company.revenue, Company.crm_read_at)
    rows = sa.select(once, *facts, Rate.on).add_columns(
        pricing.worth().label("worth"),
        pricing.is_unpriced().label("unpriced"),
        pricing.house().label("house"),
        dealing.deals_of(once.c.company_id).label("deals"),
        dealing.worth_of_deals(once.c.company_id).label("deals_worth"),
        dealing.oldest_read(once.c.company_id).label("deals_read_at"),
    )
    rows = pricing.with_rates(rows.select_from(once).outerjoin(Company, Company.id == once.c.company_id))
    return rows.order_by(once.c.idea_id)


def _summed(parts: list[Any]) -> Demand:
    people, segments = Counter[str](), Counter[str]()
    revenue, unpriced = dict[str, Decimal](), Counter[str]()
    known = [part for part in parts if part.company_id is not None]
    for part in parts:
        people[_named(part.tier, part.company_id)] += part.people
    for part in known:
        segments[_named(part.segment, part.company_id)] += 1
        if part.revenue:
            revenue[part.currency] = revenue.get(part.currency, Decimal(0)) + Decimal(part.revenue)
        unpriced[part.currency] += bool(part.unpriced)
    alone = sum(part.votes for part in parts if part.company_id is None)
    return Demand(
        people=sum(people.values()),
        companies=len(known),
        revenue=tuple(sorted(revenue.items(), key=lambda each: -each[1])),
        mix=mix_of(people),
        at_stake=sum(part.worth or 0 for part in known),
        house=parts[0].house,
        unpriced=tuple((currency, count) for currency, count in unpriced.most_common() if count),
        account_weight=sum(weight_of(part.votes) for part in known) + alone * weight_of(1),
        segments=mix_of(segments),
        **_deals(known),
        **_ages(known),
    )


def _ages(known: Sequence[Any]) -> dict[str, Any]:
    return {
        "read_at": min((part.crm_read_at for part in known if part.crm_read_at), default=None),
        "rates_of": min((part.on for part in known if part.on and part.revenue), default=None),
    }


def _deals(known: Sequence[Any]) -> dict[str, Any]:
    worth = sum(int(part.deals_worth or 0) for part in known)
    read = min((part.deals_read_at for part in known if part.deals_read_at), default=None)
    return {"deals": sum(part.deals for part in known), "deals_worth": worth, "deals_read_at": read}


def _named(name: str | None, company_id: int | None) -> str:
    name = name or ("No company" if company_id is None else "Other")
    return name[:1].upper() + name[1:]


def mix_of(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    """The greatest parts of a whole, at most SHOWN; the last one may be all others."""
    by_size = sorted(((name, n) for name, n in counts.items() if n), key=lambda each: (-each[1], each[0]))
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
