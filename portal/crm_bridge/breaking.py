"""Breaking: a CRM that fails again and again, or does not know us, is left alone for a while. Nothing is lost.

The circuit opens after five pushes in a row that wrote nothing and failed, or at once when the CRM does not know us.
Then everything stays marked. After a wait one push tries (half open): if it gets through, the circuit is closed.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.models import CrmConnection
from portal.crm_bridge.pauses import pausing
from portal.database import db

FAILURES = 5
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)


def got_through(connection: str, did_something: bool) -> None:
    """A push ended without a failure. If it did something at all, the circuit is closed."""
    if did_something:
        _set(connection, failures=0, opened_at=None, not_before=None)


def failed(connection: str, error: CrmError, wrote: bool) -> bool:
    """A push failed; `wrote` says that it had got something through before. Returns whether admins must
    hear of it: the circuit opened now, or the CRM wants nothing any more, and the connection is paused."""
    if error.ended:
        return pausing.pause(connection, by=None, why=f"The CRM wants nothing any more: {error}")
    row = db.session.get_one(CrmConnection, connection, populate_existing=True)
    failures = 1 if wrote else row.failures + 1
    if error.auth:
        failures = max(failures, FAILURES)
    waits, now = [error.retry_at] if error.retry_at else [], clock.now()
    if failures >= FAILURES:
        waits.append(now + _wait(failures))
    opens = failures >= FAILURES and row.opened_at is None
    opened_at = None if failures < FAILURES else row.opened_at or now
    _set(connection, failures=failures, opened_at=opened_at, not_before=max(waits, default=None))
    return opens


def _wait(failures: int) -> timedelta:
    return min(FIRST_WAIT * 2 ** min(failures - FAILURES, 10), LONGEST_WAIT)


def try_again(connection: str) -> None:
    """Somebody wants it tried now: the next push need not wait."""
    _set(connection, not_before=None)


def rests(not_before: datetime | None) -> bool:
    """Whether the worker leaves the connection alone for now."""
    return not_before is not None and not_before > clock.now()


def _set(connection: str, **values: Any) -> None:
    db.session.execute(sa.update(CrmConnection).where(CrmConnection.name == connection).values(values))
