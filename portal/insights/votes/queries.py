"""Every read of votes for staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Company, Person, Viewer
from portal.database import db
from portal.ideas import queries as ideas
from portal.ideas.models import Idea
from portal.insights.votes.choosing import VoteChoice
from portal.paging import Keyset, Page
from portal.voting.demand import pricing
from portal.voting.demand.models import VoteDay
from portal.voting.demand.weighing import company_of_vote
from portal.voting.models import Vote

PAGE = 50
ACCOUNTS = 6
_ADDER = aliased(Person)


@dataclass(frozen=True)
class Ballot:
    """One vote with whose it is. `person` is None for a vote that was added for a company."""

    vote: Vote
    idea: Any
    person: Person | None
    company: Company | None
    added_by: str | None

    @property
    def id(self) -> int:
        return self.vote.id

    @property
    def cast_at(self) -> Any:
        return self.vote.cast_at


def votes(choice: VoteChoice, viewer: Viewer, cursor: str | None) -> Page[Ballot]:
    """One page of the votes meant, on ideas that the viewer sees; the newest first. One query."""
    found: Any = (
        ideas.visible_to(viewer)
        .with_only_columns(Vote, Idea.id, Idea.title, Person, Company, _ADDER.name)
        .join(Vote, Vote.counts_for_id == Idea.id)
        .outerjoin(Person, Person.id == Vote.person_id)
        .outerjoin(Company, Company.id == company_of_vote())
        .outerjoin(_ADDER, _ADDER.id == Vote.added_by_id)
        .where(*choice.conditions())
    )

    def fetch(rows: sa.Select[Any]) -> Sequence[Ballot]:
        return [
            Ballot(vote, Named(idea_id, title), person, company, adder)
            for vote, idea_id, title, person, company, adder in db.session.execute(rows)
        ]

    order: Keyset[Ballot] = Keyset((Vote.cast_at, Vote.id))
    return order.page(fetch, found, cursor=cursor, size=PAGE)


@dataclass(frozen=True)
class Named:
    """An idea by id and title."""

    id: int
    title: str

    @property
    def slug_source(self) -> str:
        return self.title


def top_accounts(idea_id: int) -> Sequence[Any]:
    """The accounts of an idea with the greatest revenue: id, name, tier, worth (None: no rate), votes."""
    once = (
        sa.select(company_of_vote().label("company_id"), sa.func.count().label("votes"))
        .select_from(Vote)
        .outerjoin(Person, Person.id == Vote.person_id)
        .where(Vote.counts_for_id == idea_id, Vote.value == 1)
        .group_by(company_of_vote())
        .subquery()
    )
    worth = pricing.worth().label("worth")
    rows = sa.select(Company.id, Company.name, Company.tier, worth, once.c.votes).select_from(once)
    rows = pricing.with_rates(rows.join(Company, Company.id == once.c.company_id))
    order = (sa.func.coalesce(worth, 0).desc(), once.c.votes.desc(), Company.id)
    return db.session.execute(rows.order_by(*order).limit(ACCOUNTS)).all()


def days_of(idea_id: int) -> list[tuple[date, int]]:
    """How many votes for an idea were cast on each day."""
    days = sa.select(VoteDay.day, VoteDay.votes).where(VoteDay.idea_id == idea_id)
    return [(row.day, row.votes) for row in db.session.execute(days)]
