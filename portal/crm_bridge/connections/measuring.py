"""Measuring a connection: how far behind it is, what waits, what was refused and why, what it costs, what drifted."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge.connections.jobs.models import Act, CrmJob, Stage
from portal.crm_bridge.models import DONE, CrmConnection, CrmDirty, CrmInteraction, CrmLink, LinkState
from portal.database import db

FARTHEST = 10_001
"""Counts go up to here: "at least 10,001"."""
REASONS = 10


@dataclass(frozen=True)
class Numbers:
    """What is measured. `lag_seconds` is the age of the oldest change that waits; `quarantined` counts by the CRM's words;
    `drift_percent` is of the last comparison; None stands for what is not known."""

    connection: str
    lag_seconds: int
    pending: int
    retried: int
    quarantined: dict[str, int] = field(default_factory=dict)
    calls_used: int = 0
    calls_limit: int | None = None
    drift_percent: float | None = None
    drift_at: datetime | None = None
    last_success_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """For a program: times as ISO text."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }


def numbers(name: str, row: CrmConnection | None) -> Numbers:
    """The numbers of a connection; `row` is None for the default one that nobody used yet. Six queries at most."""
    now = clock.now()
    oldest = db.session.scalar(
        sa.select(sa.func.min(CrmDirty.first_dirty_at)).where(CrmDirty.connection == name)
    )
    untold = CrmInteraction.connection == name, CrmInteraction.state == LinkState.RETRY
    links = CrmLink.connection == name, CrmLink.state != DONE
    compared = _last_comparison(name)
    found = compared.found if compared is not None else {}
    today = row is not None and row.calls_on == f"{now:%Y-%m-%d}"
    return Numbers(
        connection=name,
        lag_seconds=max(0, int((now - oldest).total_seconds())) if oldest else 0,
        pending=_up_to(CrmDirty.connection == name) + _up_to(*untold),
        retried=_up_to(*links, CrmLink.state == LinkState.RETRY),
        quarantined=_by_reason(*links),
        calls_used=row.calls_used if row is not None and today else 0,
        calls_limit=row.calls_limit if row is not None else None,
        drift_percent=round(100 * found["drifted"] / found["records"], 2) if found.get("records") else None,
        drift_at=compared.ended_at if compared is not None else None,
        last_success_at=row.pushed_at if row is not None else None,
    )


def _up_to(*conditions: sa.ColumnElement[bool]) -> int:
    few = sa.select(sa.literal(1)).where(*conditions).limit(FARTHEST).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(few)) or 0


def _by_reason(*conditions: sa.ColumnElement[bool]) -> dict[str, int]:
    """How many were refused for good, by the words of the CRM, the most frequent first."""
    some = (
        sa.select(sa.func.coalesce(CrmLink.message, "no words").label("message"))
        .where(*conditions, CrmLink.state == LinkState.QUARANTINED)
        .limit(FARTHEST)
        .subquery()
    )
    many = sa.func.count().label("many")
    rows = sa.select(some.c.message, many).group_by(some.c.message).order_by(many.desc(), some.c.message)
    return {row.message: row.many for row in db.session.execute(rows.limit(REASONS))}


def _last_comparison(name: str) -> CrmJob | None:
    its = sa.select(CrmJob).where(CrmJob.connection == name, CrmJob.act.in_((Act.DRIFT, Act.REPAIR)))
    done = its.where(CrmJob.stage == Stage.DONE)
    return db.session.scalar(done.order_by(CrmJob.id.desc()).limit(1))
