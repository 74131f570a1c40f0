"""A connection is paused exactly while one of its pauses has not ended."""

from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.auditing import audits
from portal.crm_bridge.models import CrmConnection
from portal.crm_bridge.pauses.models import CrmPause
from portal.database import db


@audits("paused connections")
def paused_connections() -> Iterator[str]:
    """A sentence for each connection that says otherwise than its pauses."""
    lasts = sa.exists().where(CrmPause.connection == CrmConnection.name, CrmPause.ended_at.is_(None))
    rows = db.session.execute(sa.select(CrmConnection.name, CrmConnection.paused, lasts.label("lasts")))
    for row in rows:
        if row.paused != row.lasts:
            yield f"{row.name}: paused is {row.paused}, and {'a' if row.lasts else 'no'} pause lasts"
