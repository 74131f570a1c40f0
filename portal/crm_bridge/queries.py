"""What the staff pages show: connections, records, votes, and what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company, Person
from portal.crm_bridge.models import (
    DEFAULT,
    DONE,
    IGNORED,
    CrmCall,
    CrmConnection,
    CrmDirty,
    CrmExchange,
    CrmLink,
    Entity,
)
from portal.database import db

FARTHEST = 10_001
"""Counts go up to here: "more than 10,000" is all that a page needs to say."""

SHOWN = 50
EXCHANGES_SHOWN = 20
VOTES_SHOWN = 100


@dataclass(frozen=True)
class State:
    """How a connection stands. Counts of FARTHEST mean "at least so many"."""

    waiting: int
    written: int
    refused: int
    oldest_at: datetime | None


def connection(name: str) -> CrmConnection | None:
    """The connection; None for the default one that nobody used yet."""
    return db.session.get(CrmConnection, name)


def connection_names() -> list[str]:
    """Names of all connections, the default one among them, in order."""
    return sorted({DEFAULT, *db.session.scalars(sa.select(CrmConnection.name))})


def connections() -> Sequence[CrmConnection]:
    """All connections that were used or set up, by name."""
    return db.session.scalars(sa.select(CrmConnection).order_by(CrmConnection.name)).all()


def state(name: str) -> State:
    """Counts and the oldest mark of a connection."""
    link = sa.select(sa.literal(1)).where(CrmLink.connection == name)
    return State(
        waiting=_up_to(sa.select(sa.literal(1)).where(CrmDirty.connection == name)),
        written=_up_to(link.where(CrmLink.last_hash.is_not(None))),
        refused=_up_to(link.where(CrmLink.state != DONE, CrmLink.state != IGNORED)),
        oldest_at=db.session.scalar(
            sa.select(sa.func.min(CrmDirty.first_dirty_at)).where(CrmDirty.connection == name)
        ),
    )


def _up_to(rows: sa.Select[int]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows.limit(FARTHEST).subquery())) or 0


def refused(name: str) -> Sequence[Any]:
    """What the CRM did not take, with its words and whose it is."""
    columns = (CrmLink.entity, CrmLink.entity_id, CrmLink.idea_id, CrmLink.state, CrmLink.message)
    # Ordered afterwards: else SQLite walks the whole ledger in that order.
    some = (
        sa.select(*columns, CrmLink.field)
        .where(CrmLink.connection == name, CrmLink.state != DONE, CrmLink.state != IGNORED)
        .limit(SHOWN)
        .subquery()
    )
    whose = sa.and_(Person.id == some.c.entity_id, some.c.entity != Entity.COMPANY)
    firm = sa.and_(Company.id == some.c.entity_id, some.c.entity == Entity.COMPANY)
    named = sa.func.coalesce(Person.name, Company.name).label("name")
    select = sa.select(some, named).outerjoin(Person, whose).outerjoin(Company, firm)
    return db.session.execute(select.order_by(some.c.entity, some.c.entity_id, some.c.idea_id)).all()


def exchanges(name: str) -> Sequence[Any]:
    """What was said last, the newest first: (exchange, whose it is)."""
    newest = (
        sa.select(CrmExchange, sa.func.coalesce(Person.name, Company.name).label("whose"))
        .outerjoin(Person, sa.and_(Person.id == CrmExchange.entity_id, CrmExchange.entity != Entity.COMPANY))
        .outerjoin(
            Company, sa.and_(Company.id == CrmExchange.entity_id, CrmExchange.entity == Entity.COMPANY)
        )
        .where(CrmExchange.connection == name)
    )
    return db.session.execute(newest.order_by(CrmExchange.id.desc()).limit(EXCHANGES_SHOWN)).all()


def calls(name: str) -> Sequence[CrmCall]:
    """What went over the wire last, the newest first."""
    select = sa.select(CrmCall).where(CrmCall.connection == name)
    return db.session.scalars(select.order_by(CrmCall.id.desc()).limit(EXCHANGES_SHOWN)).all()
