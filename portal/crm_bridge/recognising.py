"""Recognising: accounts of a CRM that were read and are companies here, before anything was written to them."""

import sqlalchemy as sa

from portal.crm_bridge.models import CrmLink, Entity
from portal.database import UtcDateTime, db

PULLED = sa.table(
    "crm_pulled",
    *(sa.column(name, sa.String) for name in ("connection", "kind", "remote_id")),
    sa.column("entity_id", sa.BigInteger),
    sa.column("gone_at", UtcDateTime),
)
"""By name: what is read stands above what connections are made of."""


def recognised(connection: str) -> dict[str, str]:
    """The accounts there that are companies here and were never written by us, by our ids."""
    linked = sa.exists().where(
        CrmLink.connection == connection,
        CrmLink.entity == Entity.COMPANY,
        CrmLink.entity_id == PULLED.c.entity_id,
        CrmLink.remote_id.is_not(None),
    )
    select = sa.select(PULLED.c.entity_id, PULLED.c.remote_id).where(
        PULLED.c.connection == connection,
        PULLED.c.kind == "account",
        PULLED.c.entity_id.is_not(None),
        PULLED.c.gone_at.is_(None),
        ~linked,
    )
    return {f"company:{row.entity_id}": row.remote_id for row in db.session.execute(select)}
