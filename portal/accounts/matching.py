"""Finding the company of a person by the domain of a mail address that was verified."""

import re
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from portal.accounts.models import Company, CompanyDomain
from portal.database import db

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"{LABEL}(\.{LABEL})+")
OPEN_TO_ALL = re.compile(r"(co|com|org|net|ac|gov|edu|or|ne|gob|asso)\.[a-z]{2}")


@cache
def free_mail() -> frozenset[str]:
    """Domains where anybody can get an address."""
    lines = Path(__file__).with_name("free_mail.txt").read_text().splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def is_free_mail(domain: str) -> bool:
    """Whether the domain, or one above it, gives addresses to anybody."""
    return any(each in free_mail() for each in upwards(domain))


def upwards(domain: str) -> list[str]:
    """The domain and those above it, without the top one: a.b.example → a.b.example, b.example."""
    labels = domain.lower().strip(".").split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def company_of(email: str | None) -> int | None:
    """The id of the company whose domain (or nearest domain above) the address has; one query at most."""
    domain = (email or "").rpartition("@")[2]
    names = upwards(domain)
    if not names or is_free_mail(domain):
        return None
    found = sa.select(CompanyDomain.company_id).where(CompanyDomain.domain.in_(names))
    return db.session.scalar(found.order_by(sa.func.length(CompanyDomain.domain).desc()).limit(1))


def objection(domain: str) -> str | None:
    """Why a domain cannot stand for a company, as a sentence; None when it can."""
    if len(domain) > 253 or not DOMAIN.fullmatch(domain):
        return f"“{domain}” is no mail domain. Write it as company.example, without @."
    if is_free_mail(domain):
        return f"Anybody can get an address at {domain}, so it says nothing about a company."
    if OPEN_TO_ALL.fullmatch(domain):
        return f"Anybody can register a domain below {domain}. Name the company's own."
    return None


def owner_of(domain: str) -> Company | None:
    """The company that has this domain already."""
    owned = sa.select(Company).join(CompanyDomain, CompanyDomain.company_id == Company.id)
    return db.session.scalar(owned.where(CompanyDomain.domain == domain))
