"""Budgeting: how many calls a day a connection makes, counted in its row, so that no restart forgets them.

Calls are taken out of the day a few at a time, in a transaction of their own, before they are made: a kill loses the
rest of the few, and never makes a call that is not counted. Of what the CRM grants, a share is left to others.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.models import CrmConnection
from portal.database import db

AT_ONCE = 10


@dataclass(slots=True)
class Purse:
    """Calls of one connection. `per_day`: how many the CRM grants a day (0: it does not say), `share`: how many
    percent of them are ours."""

    connection: str
    per_day: int = 0
    share: int = 90
    left: int = 0
    heard: tuple[int, int] | None = None

    def spend(self) -> None:
        """Take one call. Raises CrmError when the day has no more, with the time when the next begins."""
        if self.heard and self.heard[0] >= self._ours(self.heard[1]):
            raise _used_up(self.heard[0], self.heard[1], self.share)
        if not self.left:
            self.left = self._take()
        self.left -= 1

    def hear(self, used: int, limit: int) -> None:
        """What the CRM says of the day; it knows of the calls of others too."""
        if limit > 0:
            self.heard = (used, limit)

    def settle(self) -> None:
        """Put back what was taken and not used, and write down what was heard."""
        if self.left or self.heard:
            with db.engine.begin() as own:
                used = self._used(self._row(own))
                self._write(own, max(0, used - self.left, self.heard[0] if self.heard else 0))
        self.left, self.heard = 0, None

    def _ours(self, limit: int) -> int:
        return limit * self.share // 100

    def _take(self) -> int:
        with db.engine.begin() as own:
            row = self._row(own)
            used = self._used(row)
            limit = self.per_day or (row.calls_limit if row and row.calls_on == _today() else None) or 0
            taken = min(AT_ONCE, self._ours(limit) - used) if limit else AT_ONCE
            if taken > 0:
                self._write(own, used + taken)
        if taken <= 0:
            raise _used_up(used, limit, self.share)
        return taken

    def _row(self, own: sa.Connection) -> Any:
        columns = CrmConnection.calls_on, CrmConnection.calls_used, CrmConnection.calls_limit
        its = sa.select(*columns).where(CrmConnection.name == self.connection)
        return own.execute(its.with_for_update()).one_or_none()

    @staticmethod
    def _used(row: Any) -> int:
        return row.calls_used if row and row.calls_on == _today() else 0

    def _write(self, own: sa.Connection, used: int) -> None:
        values: dict[str, Any] = {"calls_on": _today(), "calls_used": used}
        if self.heard:
            values["calls_limit"] = self.heard[1]
        its = sa.update(CrmConnection.__table__).where(CrmConnection.name == self.connection)  # type: ignore[arg-type]
        own.execute(its.values(values))


def _today() -> str:
    return f"{clock.now():%Y-%m-%d}"


def _used_up(used: int, limit: int, share: int) -> CrmError:
    tomorrow = datetime.combine(clock.now().date() + timedelta(days=1), time(), clock.now().tzinfo)
    return CrmError(
        f"{used:,} calls were made today; {share} % of {limit:,} are ours", permanent=False, retry_at=tomorrow
    )
