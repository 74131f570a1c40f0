"""Pausing a connection and going on. What changes meanwhile is noted and sent afterwards."""

import sqlalchemy as sa

from portal import clock
from portal.activity import journal
from portal.activity.events import CrmPaused, CrmResumed
from portal.crm_bridge import connecting
from portal.crm_bridge.models import CrmConnection
from portal.crm_bridge.pauses.models import CrmPause
from portal.database import db, insert_missing

LONGEST = 500


def pause(name: str, *, by: int | None, why: str) -> bool:
    """Send nothing over the connection; False when it was paused already. Raises NotFound."""
    connecting.make_default()
    connecting.find(name)
    why = why.strip()[:LONGEST]
    row = {"connection": name, "at": clock.now(), "by_id": by, "why": why}
    if not insert_missing(CrmPause, [row]):
        return False
    _set(name, True)
    journal.record(CrmPaused(actor_id=by, connection=name, why=why))
    return True


def resume(name: str, *, by: int | None) -> bool:
    """Send again; False when it was not paused. Raises NotFound."""
    connecting.find(name)
    its = sa.update(CrmPause).where(CrmPause.connection == name, CrmPause.ended_at.is_(None))
    ended = its.values(ended_at=clock.now(), ended_by_id=by).returning(CrmPause.id)
    if db.session.execute(ended).first() is None:
        return False
    _set(name, False)
    journal.record(CrmResumed(actor_id=by, connection=name))
    return True


def _set(name: str, paused: bool) -> None:
    db.session.execute(sa.update(CrmConnection).where(CrmConnection.name == name).values(paused=paused))
