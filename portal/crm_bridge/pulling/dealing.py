"""Dealing: open deals of accounts are kept while they are open, under the company that the account is here."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.activity import journal
from portal.activity.events import CompanyChanged
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
    before = _held(CrmDeal.connection == connection, CrmDeal.remote_id.in_([_id(each) for each in records]))
    is_open = [each for each in records if not _is_over(each)]
    accounts = {account for each in is_open if (account := _account(each))}
    companies = _companies(connection, accounts)
    rows = [_row(connection, currency, each, companies) for each in is_open]
    upsert(CrmDeal, rows, CHANGE)
    over = [_id(each) for each in records if _is_over(each)]
    its = sa.delete(CrmDeal).where(CrmDeal.connection == connection, CrmDeal.remote_id.in_(over))
    db.session.execute(its, execution_options=UNSEEN)
    after = {each["remote_id"]: (each["company_id"], each["amount"], each["currency"]) for each in rows}
    changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    _tell(deal[0] for key in changed for deal in (before.get(key), after.get(key)) if deal)


def assign(connection: str, companies: Mapping[str, int | None]) -> None:
    """Put the deals of these accounts under the companies that they are now."""
    mine = CrmDeal.connection == connection, CrmDeal.account_id.in_(list(companies))
    held = sa.select(CrmDeal.account_id, CrmDeal.company_id).where(*mine).distinct()
    for account, old in db.session.execute(held.where(CrmDeal.account_id.is_not(None))).all():
        new = companies[str(account)]
        if old != new:
            its = CrmDeal.connection == connection, CrmDeal.account_id == account
            moved = sa.update(CrmDeal).where(*its).values(company_id=new)
            db.session.execute(moved, execution_options=UNSEEN)
            _tell([old, new])


def move(connection: str, old: str, new: str | None) -> None:
    """The deals of an account that is gone are those of the one that it was merged into, or nobody's."""
    its = CrmDeal.connection == connection, CrmDeal.account_id == old
    whose = {company_id for company_id, _, _ in _held(*its).values()}
    if new is None:
        db.session.execute(sa.delete(CrmDeal).where(*its), execution_options=UNSEEN)
        _tell(whose)
        return
    company_id = _companies(connection, {new}).get(new)
    values = {"account_id": new, "company_id": company_id}
    db.session.execute(sa.update(CrmDeal).where(*its).values(values), execution_options=UNSEEN)
    if whose - {company_id}:
        _tell({*whose, company_id})


def forget(connection: str) -> None:
    """No deal of a connection that goes is open here any more."""
    its = sa.delete(CrmDeal).where(CrmDeal.connection == connection).returning(CrmDeal.company_id)
    _tell(db.session.scalars(its, execution_options=UNSEEN).all())


def _held(*its: sa.ColumnElement[bool]) -> dict[str, tuple[int | None, Decimal | None, str]]:
    """What of these deals counts for ideas, by their ids there."""
    columns = (CrmDeal.remote_id, CrmDeal.company_id, CrmDeal.amount, CrmDeal.currency)
    return {
        key: (whose, amount, money)
        for key, whose, amount, money in db.session.execute(sa.select(*columns).where(*its))
    }


def _tell(companies: Iterable[int | None]) -> None:
    """The ideas that these want are worth something else now."""
    for company_id in sorted({each for each in companies if each is not None}):
        journal.record(CompanyChanged(actor_id=None, company_id=company_id, fields=["deals"]))


def _id(held: Held) -> str:
    return str(held.ref.remote_id)


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
