"""A row for each company that wants one of the ideas: what it is worth, how many of its people, and what it wants most."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company, CompanyDomain
from portal.database import db
from portal.ideas.models import Idea
from portal.ideas.standing import Meaning, meaning_of
from portal.tables import Column
from portal.transfer.rows.ideas import stamp
from portal.transfer.rows.meaning import Meant
from portal.transfer.storing import batches
from portal.voting.models import Vote
from portal.voting.tallying import company_of_vote

COMPANY, WANTS = "The company", "What it wants"
NAMED = 10
"""How many ideas of a company are named."""
COLUMNS = (
    Column("account_id", COMPANY, "Number of the company here"),
    Column("company", COMPANY, "Name"),
    Column("tier", COMPANY, "Tier"),
    Column("segment", COMPANY, "Segment"),
    Column("revenue", COMPANY, "Revenue of a year, as a number"),
    Column("currency", COMPANY, "Currency of the revenue"),
    Column("crm_id", COMPANY, "Number of the company in the CRM"),
    Column("account_owner", COMPANY, "Who looks after it, by name", personal=True),
    Column("renews_on", COMPANY, "When the contract renews"),
    Column("people", WANTS, "How many of its people voted"),
    Column("ideas_wanted", WANTS, "How many of the ideas it wants"),
    Column("still_open", WANTS, "How many of these are neither shipped nor closed"),
    Column("shipped", WANTS, "How many of these were shipped"),
    Column("critical", WANTS, "On how many of them somebody says: critical"),
    Column("last_vote_at", WANTS, "When somebody of it last voted"),
    Column("wants_most", WANTS, f"Titles of the ideas it wants, the most wanted first, at most {NAMED}"),
    Column("domains", COMPANY, "Mail domains of its people"),
)
USUAL = tuple(each.name for each in COLUMNS[:16])
FIELDS = {
    "account_id": "id", "company": "name", "tier": "tier", "segment": "segment", "revenue": "revenue",
    "currency": "currency", "crm_id": "crm_id", "account_owner": "owner",
}  # fmt: skip


def columns() -> list[Column]:
    """All columns."""
    return list(COLUMNS)


def rows(meant: Meant, names: Sequence[str]) -> Iterator[list[Any]]:
    """The cells of these names for each company, the one that wants most first."""
    counts = db.session.execute(_counts(meant)).all()
    for batch in batches(counts):
        ids = [row.company_id for row in batch]
        companies = {
            each.id: each for each in db.session.scalars(sa.select(Company).where(Company.id.in_(ids)))
        }
        titles = _titles(meant, ids) if "wants_most" in names else {}
        domains = _domains(ids) if "domains" in names else {}
        for row in batch:
            company = companies[row.company_id]
            cells = {name: getattr(company, field) for name, field in FIELDS.items()}
            cells |= {
                "renews_on": company.renews_on.isoformat() if company.renews_on else "",
                "wants_most": "; ".join(titles.get(company.id, ())),
                "domains": ", ".join(domains.get(company.id, ())),
                "last_vote_at": stamp(row.last_vote_at),
            }
            yield [cells[name] if name in cells else int(row._mapping[name] or 0) for name in names]


def _votes(meant: Meant, *columns: Any) -> sa.Select[Any]:
    select = meant.votes(*columns).join(Idea, Idea.id == Vote.counts_for_id)
    meant_ids = sa.select(meant.select.subquery().c.id)
    return select.where(Vote.counts_for_id.in_(meant_ids), Vote.value == 1, company_of_vote().is_not(None))


def _counts(meant: Meant) -> sa.Select[Any]:
    meaning = meaning_of(Idea.board_id, Idea.status)

    def ideas_that(condition: Any) -> sa.ColumnElement[int]:
        return sa.func.count(sa.distinct(sa.case((condition, Vote.counts_for_id))))

    wanted = sa.func.count(sa.distinct(Vote.counts_for_id)).label("ideas_wanted")
    return (
        _votes(meant, company_of_vote().label("company_id"), wanted)
        .add_columns(
            sa.func.count(sa.distinct(Vote.person_id)).label("people"),
            ideas_that(meaning == Meaning.ACTIVE).label("still_open"),
            ideas_that(meaning == Meaning.COMPLETE).label("shipped"),
            ideas_that(Vote.importance == 3).label("critical"),
            sa.func.max(Vote.cast_at).label("last_vote_at"),
        )
        .group_by(company_of_vote())
        .order_by(wanted.desc(), company_of_vote())
        .limit(meant.most)
    )


def _titles(meant: Meant, ids: Sequence[int]) -> dict[int, list[str]]:
    votes = sa.func.count().label("votes")
    of = (
        _votes(meant, company_of_vote().label("company_id"), Idea.id, Idea.title, votes)
        .where(company_of_vote().in_(ids))
        .group_by(company_of_vote(), Idea.id, Idea.title, Idea.score)
    )
    place = sa.func.row_number().over(
        partition_by=company_of_vote(), order_by=(sa.func.count().desc(), Idea.score.desc(), Idea.id)
    )
    ranked = of.add_columns(place.label("place")).subquery()
    found: dict[int, list[str]] = defaultdict(list)
    first = sa.select(ranked.c.company_id, ranked.c.title).where(ranked.c.place <= NAMED)
    for company_id, title in db.session.execute(first.order_by(ranked.c.company_id, ranked.c.place)):
        found[company_id].append(title)
    return found


def _domains(ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    of = sa.select(CompanyDomain).where(CompanyDomain.company_id.in_(ids)).order_by(CompanyDomain.domain)
    for each in db.session.scalars(of):
        found[each.company_id].append(each.domain)
    return found
