"""Folding: all numbers of demand for some ideas, made anew from the votes for them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Company, Person
from portal.database import Id, UtcDateTime, db
from portal.voting import rising
from portal.voting.demand import dealing, pricing
from portal.voting.demand.models import Portion, VoteDay
from portal.voting.demand.weighing import company_of_vote, weight_of
from portal.voting.models import Vote

WINDOWS = (7, 30, 90, 365)
"""Days back, today among them."""
ALL = ""

IDEA = sa.table(
    "idea",
    sa.column("id", Id),
    sa.column("created_at", UtcDateTime),
    sa.column("rising", sa.Double),
    *(
        sa.column(name, sa.BigInteger)
        for name in ("people", "accounts", "revenue", "unpriced", "account_weight", "deals", "deals_worth")
    ),
)
"""By name: what is voted on stands above this slice."""
_IDS: Any = sa.bindparam("ids", expanding=True)
_BORN = sa.select(IDEA.c.id, IDEA.c.created_at).where(IDEA.c.id.in_(_IDS))
_LOCKED = sa.select(IDEA.c.id).where(IDEA.c.id.in_(_IDS)).order_by(IDEA.c.id).with_for_update(key_share=True)


@dataclass(frozen=True)
class Account:
    """What is known of a company."""

    portions: tuple[str, ...]
    worth: int
    is_unpriced: bool
    deals: int = 0
    deals_worth: int = 0


@dataclass(frozen=True)
class Numbers:
    """The columns of `Wanted`."""

    people: int = 0
    accounts: int = 0
    revenue: int = 0
    unpriced: int = 0
    account_weight: int = 0
    deals: int = 0
    deals_worth: int = 0


@dataclass
class Heap:
    """The votes of one portion while they are added up."""

    people: int = 0
    alone: int = 0
    accounts: Counter[int] = field(default_factory=Counter)

    def numbers(self, known: dict[int, Account]) -> Numbers:
        """What they come to."""
        weights = sum(weight_of(votes) for votes in self.accounts.values())
        return Numbers(
            people=self.people,
            accounts=len(self.accounts),
            revenue=sum(known[each].worth for each in self.accounts),
            unpriced=sum(known[each].is_unpriced for each in self.accounts),
            account_weight=weights + self.alone * weight_of(1),
            deals=sum(known[each].deals for each in self.accounts),
            deals_worth=sum(known[each].deals_worth for each in self.accounts),
        )


@dataclass
class Fold:
    """What the votes for one idea come to: as a whole (ALL), by portion, and by day."""

    portions: dict[str, Numbers]
    days: Counter[date]
    rising: float

    @property
    def whole(self) -> Numbers:
        """Of all votes for it."""
        return self.portions.get(ALL, Numbers())


def portion_of_tier(tier: str) -> str:
    """The name of the portion of a tier."""
    return f"tier:{tier}"


def portion_of_segment(segment: str) -> str:
    """The name of the portion of a segment."""
    return f"segment:{segment}"


def fold(ids: Collection[int], today: date) -> dict[int, Fold]:
    """What the votes for each of these ideas come to, as of a day. Three queries."""
    ids = list(ids)
    known = _accounts(ids)
    ages = db.session.execute(_BORN, {"ids": ids}).all()
    folds = {key: Fold({}, Counter(), 0.0) for key, _ in ages}
    for idea_id, votes in groupby(_votes(ids), key=lambda row: row[0]):
        if idea_id in folds:
            folds[idea_id] = _folded(votes, known, today)
    for idea_id, created_at in ages:
        each = folds[idea_id]
        each.rising = rising.rise(each.days.items(), born=created_at.date(), today=today)
    return folds


def _votes(ids: list[int]) -> Iterable[Any]:
    return db.session.execute(_voted(), {"ids": ids}, execution_options={"yield_per": 5_000})


@cache
def _voted() -> Any:
    return (
        sa.select(Vote.counts_for_id, company_of_vote(), Vote.person_id.is_not(None), Vote.cast_at)
        .outerjoin(Person, Person.id == Vote.person_id)
        .where(Vote.counts_for_id.in_(_IDS), Vote.value == 1)
        .order_by(Vote.counts_for_id)
    )


def _accounts(ids: list[int]) -> dict[int, Account]:
    return {
        key: Account(tuple(_portions(tier, segment)), worth or 0, bool(unpriced), deals, int(total or 0))
        for key, tier, segment, worth, unpriced, deals, total in db.session.execute(_known(), {"ids": ids})
    }


@cache
def _known() -> Any:
    """What is known of the companies that want some ideas. Put together once: that takes longer than asking it."""
    wanted = sa.select(company_of_vote()).select_from(Vote).outerjoin(Person, Person.id == Vote.person_id)
    wanted = wanted.where(Vote.counts_for_id.in_(_IDS), Vote.value == 1, company_of_vote().is_not(None))
    facts = sa.select(Company.id, Company.tier, Company.segment, pricing.worth(), pricing.is_unpriced())
    facts = facts.add_columns(dealing.deals_of(Company.id), dealing.worth_of_deals(Company.id))
    return pricing.with_rates(facts.select_from(Company)).where(Company.id.in_(wanted))


def _portions(tier: str | None, segment: str | None) -> Iterator[str]:
    if tier:
        yield portion_of_tier(tier)
    if segment:
        yield portion_of_segment(segment)


def _folded(votes: Iterable[Any], known: dict[int, Account], today: date) -> Fold:
    heaps: dict[str, Heap] = defaultdict(Heap)
    days: Counter[date] = Counter()
    for _, company_id, is_person, cast_at in votes:
        day = _day(cast_at)
        days[day] += 1
        of_account = known[company_id].portions if company_id is not None else ()
        for among in (ALL, *(str(each) for each in WINDOWS if (today - day).days < each), *of_account):
            heap = heaps[among]
            heap.people += bool(is_person)
            if company_id is None:
                heap.alone += 1
            else:
                heap.accounts[company_id] += 1
    return Fold({among: heap.numbers(known) for among, heap in heaps.items()}, days, 0.0)


def _day(at: datetime) -> date:
    return at.date()


def recount(ids: Collection[int], today: date | None = None) -> None:
    """Write what the votes for these ideas come to. They are locked first, so that no vote comes between."""
    if not ids:
        return
    ids = list(ids)
    db.session.execute(_LOCKED, {"ids": ids})
    folds = fold(ids, today or clock.now().date())
    values = [{"key": key, **asdict(each.whole), "rising": each.rising} for key, each in folds.items()]
    if values:
        names = [name for name in values[0] if name != "key"]
        moved = sa.update(IDEA).where(IDEA.c.id == sa.bindparam("key"))
        db.session.execute(moved.values({name: sa.bindparam(name) for name in names}), values)
    _write(Portion, ids, [row for key, each in folds.items() for row in _portion_rows(key, each)])
    _write(VoteDay, ids, [_day_row(key, *item) for key, each in folds.items() for item in each.days.items()])


def _portion_rows(idea_id: int, each: Fold) -> Iterator[dict[str, Any]]:
    for among, numbers in each.portions.items():
        if among != ALL:
            yield {"idea_id": idea_id, "among": among, **vars(numbers)}


def _day_row(idea_id: int, day: date, votes: int) -> dict[str, Any]:
    return {"idea_id": idea_id, "day": day, "votes": votes}


def _write(table: Any, ids: Collection[int], rows: list[dict[str, Any]]) -> None:
    db.session.execute(_gone(table), {"ids": list(ids)})
    if rows:
        db.session.execute(sa.insert(table.__table__), rows)


@cache
def _gone(table: Any) -> Any:
    return sa.delete(table.__table__).where(table.__table__.c.idea_id.in_(_IDS))
