"""Matching: whose a record of the CRM is here. By what is certain first, by a mail domain last, and never by a name."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.matching import objection
from portal.accounts.models import Company, CompanyDomain
from portal.crm_bridge.calling.digging import domains_in
from portal.crm_bridge.gateway import Held
from portal.crm_bridge.models import CrmLink
from portal.crm_bridge.pulling.models import CrmPulled
from portal.database import db

LONGEST_NUMBER = 18
"""More digits fit in no column."""


@dataclass(frozen=True, slots=True)
class Match:
    """Whose an account is: the company, and whether that is certain; or why it is nobody's although it could be."""

    company_id: int | None = None
    certain: bool = False
    unclear: str | None = None


def domains_of(held: Held) -> list[str]:
    """The mail domains of an account that can stand for a company."""
    named = domains_in(str(held.fields.get("domains") or ""))
    return [each for each in dict.fromkeys(named) if objection(each) is None]


def companies_of(connection: str, records: Sequence[Held]) -> dict[str, Match]:
    """Per id there, whose each account is."""
    ids = [str(each.ref.remote_id) for each in records]
    certain = _linked(connection, ids) | _merged(connection, ids) | _named(records)
    rest = [each for each in records if str(each.ref.remote_id) not in certain]
    matches = {key: Match(company_id, certain=True) for key, company_id in certain.items()}
    return matches | _by_domain(connection, rest)


def person_of(held: Held) -> int | None:
    """Whose a contact is, by our id on it."""
    return _number(held, "person")


def _number(held: Held, kind: str) -> int | None:
    """The number in our id of a record of that kind. People there may change that id: whatever is no number of ours is
    none."""
    named, _, number = held.ref.external_id.partition(":")
    fits = named == kind and number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER
    return int(number) if fits else None


def _named(records: Sequence[Held]) -> dict[str, int]:
    """Those that carry our id."""
    named = {}
    for each in records:
        if (company_id := _number(each, "company")) is not None:
            named[str(each.ref.remote_id)] = company_id
    there = set(db.session.scalars(sa.select(Company.id).where(Company.id.in_(named.values()))))
    return {key: company_id for key, company_id in named.items() if company_id in there}


def _linked(connection: str, ids: Collection[str]) -> dict[str, int]:
    """Those that we wrote, and those whose id an import or an admin brought."""
    links = sa.select(CrmLink.remote_id, CrmLink.entity_id).where(
        CrmLink.connection == connection, CrmLink.remote_type == "account", CrmLink.remote_id.in_(ids)
    )
    brought = sa.select(Company.crm_id, Company.id).where(Company.crm_id.in_(ids))
    rows = [*db.session.execute(brought), *db.session.execute(links)]
    return {str(key): company_id for key, company_id in rows}


def _merged(connection: str, ids: Collection[str]) -> dict[str, int]:
    """Those into which accounts of exactly one company were merged."""
    select = sa.select(CrmPulled.merged_into, CrmPulled.entity_id).where(
        CrmPulled.connection == connection,
        CrmPulled.kind == "account",
        CrmPulled.merged_into.in_(ids),
        CrmPulled.entity_id.is_not(None),
    )
    found: dict[str, set[int]] = defaultdict(set)
    for key, company_id in db.session.execute(select):
        found[str(key)].add(int(company_id or 0))
    return {key: next(iter(companies)) for key, companies in found.items() if len(companies) == 1}


def _by_domain(connection: str, records: Sequence[Held]) -> dict[str, Match]:
    named = {str(each.ref.remote_id): domains_of(each) for each in records}
    owners = _owners({domain for domains in named.values() for domain in domains})
    theirs = {
        key: {owners[domain] for domain in domains if domain in owners} for key, domains in named.items()
    }
    found = {key: next(iter(companies)) for key, companies in theirs.items() if len(companies) == 1}
    held = _accounts_of(connection, set(found.values()))
    matches = {
        key: Match(unclear=f"Its domains belong to {len(companies)} companies.")
        for key, companies in theirs.items()
        if len(companies) > 1
    }
    for each in records:
        key = str(each.ref.remote_id)
        if key in found:
            matches[key] = _unless_taken(each, found[key], held)
    return matches


def _unless_taken(each: Held, company_id: int, held: dict[int, Any]) -> Match:
    """Of two accounts with one domain the parent is the company; of others the first, and the rest are to be looked at."""
    key, other = str(each.ref.remote_id), held.get(company_id)
    if other is None or other.remote_id == key or other.fields.get("parent") == key:
        held[company_id] = _Account(key, each.fields)
        return Match(company_id)
    return Match(unclear=f"Its domain belongs to company:{company_id}, which is {other.remote_id} there.")


@dataclass(frozen=True, slots=True)
class _Account:
    remote_id: str
    fields: Mapping[str, Any]


def _owners(domains: Collection[str]) -> dict[str, int]:
    owned = sa.select(CompanyDomain.domain, CompanyDomain.company_id)
    rows = db.session.execute(owned.where(CompanyDomain.domain.in_(domains)))
    return {row.domain: row.company_id for row in rows}


def _accounts_of(connection: str, companies: Collection[int]) -> dict[int, Any]:
    """The account there of each of these companies, as far as it is known and not gone."""
    select = sa.select(CrmPulled.entity_id, CrmPulled.remote_id, CrmPulled.fields).where(
        CrmPulled.connection == connection,
        CrmPulled.kind == "account",
        CrmPulled.entity_id.in_(companies),
        CrmPulled.gone_at.is_(None),
    )
    rows = db.session.execute(select)
    return {int(row.entity_id or 0): _Account(row.remote_id, row.fields) for row in rows}
