"""Dealing: open deals of accounts are kept while they are open, under the company that the account is here."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge.gateway import Held
from portal.crm_bridge.marking import UNSEEN
from portal.crm_bridge.pulling.cleaning import amount, day, is_yes, money_of, text
from portal.crm_bridge.pulling.models import CrmDeal, CrmPulled
from portal.crm_bridge.upserting import upsert
from portal.database import db

CHANGE = ("account_id", "company_id", "name", "amount", "currency", "stage", "closes_on", "read_at")
NAMELESS = "Deal"


def land(connection: str, currency: str, records: Sequence[Held]) -> None:
    """Keep what is open and forget what is not. `currency`: of amounts without one."""
    is_open = [each for each in records if not _is_over(each)]
    accounts = {account for each in is_open if (account := _account(each))}
    companies = _companies(connection, accounts)
    upsert(CrmDeal, [_row(connection, currency, each, companies) for each in is_open], CHANGE)
    over = [str(each.ref.remote_id) for each in records if _is_over(each)]
    its = sa.delete(CrmDeal).where(CrmDeal.connection == connection, CrmDeal.remote_id.in_(over))
    db.session.execute(its, execution_options=UNSEEN)


def assign(connection: str, companies: Mapping[str, int | None]) -> None:
    """Put the deals of these accounts under the companies that they are now."""
    for account, company_id in companies.items():
        its = sa.update(CrmDeal).where(CrmDeal.connection == connection, CrmDeal.account_id == account)
        differs = CrmDeal.company_id.is_distinct_from(company_id)
        db.session.execute(its.where(differs).values(company_id=company_id), execution_options=UNSEEN)


def move(connection: str, old: str, new: str | None) -> None:
    """The deals of an account that is gone are those of the one that it was merged into, or nobody's."""
    its = CrmDeal.connection == connection, CrmDeal.account_id == old
    if new is None:
        db.session.execute(sa.delete(CrmDeal).where(*its), execution_options=UNSEEN)
        return
    company_id = _companies(connection, {new}).get(new)
    values = {"account_id": new, "company_id": company_id}
    db.session.execute(sa.update(CrmDeal).where(*its).values(values), execution_options=UNSEEN)


def _is_over(held: Held) -> bool:
    return held.gone or held.merged_into is not None or is_yes(held.fields.get("closed"))


def _account(held: Held) -> str | None:
    found = held.fields.get("account")
    return str(found)[:120] if found not in (None, "") else None


def _companies(connection: str, accounts: set[str]) -> dict[str, int | None]:
    select = sa.select(CrmPulled.remote_id, CrmPulled.entity_id).where(
        CrmPulled.connection == connection,
        CrmPulled.kind == "account",
        CrmPulled.remote_id.in_(accounts),
        CrmPulled.gone_at.is_(None),
    )
    return {row.remote_id: row.entity_id for row in db.session.execute(select)}


def _row(connection: str, currency: str, held: Held, companies: Mapping[str, int | None]) -> dict[str, Any]:
    fields, account = held.fields, _account(held)
    return {
        "connection": connection,
        "remote_id": str(held.ref.remote_id),
        "account_id": account,
        "company_id": companies.get(account or ""),
        "name": text(fields.get("title"), 200) or NAMELESS,
        "amount": amount(fields.get("amount")),
        "currency": money_of(fields.get("currency"), currency),
        "stage": text(fields.get("stage"), 80),
        "closes_on": day(fields.get("closes_on")),
        "read_at": clock.now(),
    }
