"""Every read of companies at the desk."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.accounts.models import Company, CompanyDomain, Person
from portal.database import db
from portal.errors import NotFound
from portal.paging import Keyset, Page

BY_NAME: Keyset[Company] = Keyset((Company.name, Company.id), descending=False)


def search(text: str, cursor: str | None) -> Page[Company]:
    """Companies whose name or mail domain holds the text, by name. Raises Unusable for a broken cursor."""
    companies = sa.select(Company)
    if text:
        domain = CompanyDomain.domain.contains(text.lower(), autoescape=True)
        by_domain = sa.exists().where(CompanyDomain.company_id == Company.id, domain)
        by_name = [
            Company.name.icontains(text, autoescape=True),
            Company.name.contains(text, autoescape=True),
        ]
        companies = companies.where(sa.or_(*by_name, by_domain))
    return BY_NAME.page(lambda rows: db.session.scalars(rows).all(), companies, cursor=cursor, size=50)


def people_of(companies: Sequence[Company]) -> dict[int, int]:
    """How many people each has here."""
    ids = [company.id for company in companies]
    count = sa.select(Person.company_id, sa.func.count()).where(Person.company_id.in_(ids))
    rows = db.session.execute(count.group_by(Person.company_id)).all()
    return {company_id: number for company_id, number in rows if company_id is not None}


def find(company_id: int) -> Company:
    """One company. Raises NotFound."""
    company = db.session.get(Company, company_id)
    if company is None:
        raise NotFound("There is no company of that number.")
    return company


def domains_of(company_id: int) -> list[str]:
    """The mail domains of a company, in order."""
    domains = sa.select(CompanyDomain.domain).where(CompanyDomain.company_id == company_id)
    return list(db.session.scalars(domains.order_by(CompanyDomain.domain)))


def owners_of(domains: Sequence[str]) -> dict[str, Company]:
    """Which companies have these domains already."""
    owned = sa.select(CompanyDomain.domain, Company).join(Company, Company.id == CompanyDomain.company_id)
    found = db.session.execute(owned.where(CompanyDomain.domain.in_(domains)))
    return {row.domain: row.Company for row in found}
