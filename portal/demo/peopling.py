"""The people of the demo, their companies, and the places where they talk."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from portal import clock
from portal.accounts.models import Company, CompanyDomain, Person
from portal.activity import journal
from portal.activity.events import ConsentChanged, PersonConfirmed, PersonRegistered
from portal.database import db
from portal.demo.loading import Community, Item
from portal.forums.models import Category
from portal.ideas.models import Board

SINCE_CRM = timedelta(hours=6)
"""How long ago the CRM was read, as the pages show it."""


def companies(community: Community) -> dict[str, Company]:
    """The companies with what the CRM knows of them, by key. Needs no people: an owner is a name."""
    now = clock.now()
    names = {person["key"]: person["name"] for person in community.people}
    made = {
        item["key"]: Company(
            name=item["name"],
            tier=item["tier"],
            segment=item["segment"],
            revenue=item["annual_revenue_eur"],
            owner=names.get(item["owner"]),
            renews_on=(now + timedelta(days=item["renews_in_days"])).date()
            if item["renews_in_days"]
            else None,
            crm_id=f"ACC-{number}" if item["tier"] else None,
            crm_read_at=now - SINCE_CRM if item["tier"] else None,
            created_at=now - timedelta(days=_oldest(community.people)),
        )
        for number, item in enumerate(community.companies, 1001)
    }
    db.session.add_all(made.values())
    db.session.flush()
    for item in community.companies:
        db.session.add(CompanyDomain(domain=item["domain"], company_id=made[item["key"]].id))
    return made


def places(community: Community) -> tuple[dict[str, Board], dict[str, Category]]:
    """The boards and the categories, by key, in the order in which they are written down."""
    since = clock.now() - timedelta(days=_oldest(community.people))
    boards = {
        item["key"]: Board(
            name=item["name"],
            description=item["description"],
            votes_against=item["votes_against"],
            half_life=item["half_life_days"],
            position=position,
            created_at=since,
        )
        for position, item in enumerate(community.boards)
    }
    categories = {
        item["key"]: Category(
            name=item["name"], description=item["description"], position=position, created_at=since
        )
        for position, item in enumerate(community.categories)
    }
    db.session.add_all([*boards.values(), *categories.values()])
    return boards, categories


def join(item: Item, company: Company | None) -> Person:
    """Somebody registers, proves the mail address and says whether the CRM may know, all at this moment."""
    now = clock.now()
    person = Person(
        name=item["name"],
        email=item["email"],
        fs_uniquifier=secrets.token_hex(32),
        confirmed_at=now,
        role=item["role"],
        company=company,
        about=". ".join(part for part in (item["title"], item["about"]) if part),
        created_at=now,
        last_active_at=now,
        crm_consent=item["crm_consent"],
        crm_consent_at=now if item["crm_consent"] else None,
    )
    db.session.add(person)
    db.session.flush()
    journal.record(PersonRegistered(actor_id=person.id, person_id=person.id))
    company_id = company.id if company else None
    journal.record(PersonConfirmed(actor_id=person.id, person_id=person.id, company_id=company_id))
    if person.crm_consent:
        journal.record(ConsentChanged(actor_id=person.id, person_id=person.id, granted=True))
    return person


def _oldest(people: Iterable[Item]) -> float:
    return max(person["days_ago"] for person in people) + 1
