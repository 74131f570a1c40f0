"""What pages show of the way back: what was read of somebody, how old it is, and open deals."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.crm_bridge.models import CrmConnection, Entity
from portal.crm_bridge.pulling.choosing import chosen
from portal.crm_bridge.pulling.cleaning import known_of
from portal.crm_bridge.pulling.models import CrmCursor, CrmDeal, CrmPulled
from portal.database import db

KINDS = {Entity.COMPANY: "account", Entity.PERSON: "contact"}
SHOWN = 20


def pulled(entity: Entity, entity_id: int) -> Sequence[CrmPulled]:
    """What each connection said last of a company or a person: `fields` under our names, `said_at`, `read_at`."""
    its = sa.select(CrmPulled).where(CrmPulled.kind == KINDS[entity], CrmPulled.entity_id == entity_id)
    return db.session.scalars(its.order_by(CrmPulled.connection, CrmPulled.remote_id)).all()


def deals(company_id: int) -> Sequence[CrmDeal]:
    """Open deals with a company, those that close first before the others."""
    its = sa.select(CrmDeal).where(CrmDeal.company_id == company_id)
    order = (CrmDeal.closes_on.is_(None), CrmDeal.closes_on, CrmDeal.connection, CrmDeal.remote_id)
    return db.session.scalars(its.order_by(*order).limit(SHOWN)).all()


def owned(company_id: int) -> set[str]:
    """The columns of a company in which a CRM holds something that counts more than what staff enter."""
    select = sa.select(CrmPulled, CrmConnection.vendor).join(
        CrmConnection, CrmConnection.name == CrmPulled.connection
    )
    its = CrmPulled.kind == "account", CrmPulled.entity_id == company_id, CrmPulled.gone_at.is_(None)
    names: set[str] = set()
    for row, vendor in db.session.execute(select.where(*its)):
        choice = chosen(row.connection, vendor).get("account")
        held = {name for name, value in known_of(row.fields, "EUR").items() if value is not None}
        names |= {each for each in held if choice and each not in choice.yielding}
    return names if "revenue" in names else names - {"currency"}


def unclear(connection: str) -> Sequence[CrmPulled]:
    """Accounts that could be a company here, and why they are none."""
    its = sa.select(CrmPulled).where(CrmPulled.connection == connection, CrmPulled.unclear.is_not(None))
    return db.session.scalars(its.order_by(CrmPulled.remote_id).limit(SHOWN)).all()


def looks(connection: str) -> Sequence[CrmCursor]:
    """Per kind, when a connection was last read to the end."""
    its = sa.select(CrmCursor).where(CrmCursor.connection == connection)
    return db.session.scalars(its.order_by(CrmCursor.kind)).all()
