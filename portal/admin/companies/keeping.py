"""Adding a company and changing what is known of it."""

from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts import gathering
from portal.accounts.models import Company, CompanyDomain, Person
from portal.activity import journal
from portal.activity.events import CompanyChanged
from portal.admin.companies.queries import domains_of
from portal.database import db


def add(*, by: Person, domains: list[str], **fields: Any) -> Company:
    """A new company with its mail domains. Raises IntegrityError when a domain is taken."""
    company = Company(created_at=clock.now(), **fields)
    db.session.add(company)
    db.session.flush()
    _set_domains(company, domains, by=by)
    journal.record(CompanyChanged(actor_id=by.id, company_id=company.id, fields=["domains", *fields]))
    return company


def change(company: Company, *, by: Person, domains: list[str], **fields: Any) -> list[str]:
    """Set what differs; returns the names of it. Raises IntegrityError when a domain is taken."""
    changed = [name for name, value in fields.items() if getattr(company, name) != value]
    for name in changed:
        setattr(company, name, fields[name])
    if _set_domains(company, domains, by=by):
        changed.append("domains")
    if changed:
        journal.record(CompanyChanged(actor_id=by.id, company_id=company.id, fields=changed))
    return changed


def _set_domains(company: Company, domains: list[str], *, by: Person) -> bool:
    before = set(domains_of(company.id))
    gone, new = before - set(domains), set(domains) - before
    if gone:
        db.session.execute(sa.delete(CompanyDomain).where(CompanyDomain.domain.in_(gone)))
    db.session.add_all(CompanyDomain(domain=domain, company_id=company.id) for domain in sorted(new))
    db.session.flush()
    for domain in new:
        gathering.gather(company.id, domain, by_id=by.id)
    return bool(gone or new)
