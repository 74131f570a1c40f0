"""Naming: the mail domains that the CRM lists of an account become those of the company."""

import sqlalchemy as sa

from portal.accounts import gathering
from portal.accounts.models import Company, CompanyDomain
from portal.crm_bridge.gateway import Held
from portal.crm_bridge.pulling.matching import domains_of
from portal.database import db


def add_domains(company: Company, held: Held) -> list[str]:
    """Add those that nobody has and that can stand for a company; what is here stays. Returns ["domains"] if any."""
    named = domains_of(held)
    if not named:
        return []
    taken = set(db.session.scalars(sa.select(CompanyDomain.domain).where(CompanyDomain.domain.in_(named))))
    new = [each for each in named if each not in taken]
    db.session.add_all(CompanyDomain(domain=each, company_id=company.id) for each in new)
    db.session.flush()
    for each in new:
        gathering.gather(company.id, each, by_id=None)
    return ["domains"] if new else []
