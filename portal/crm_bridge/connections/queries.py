"""Every read for the pages of connections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Person
from portal.crm_bridge.models import DEFAULT, DONE, IGNORED, CrmConnection, CrmDirty, CrmLink
from portal.crm_bridge.pauses.models import CrmPause
from portal.database import db

PAUSES_SHOWN = 5


@dataclass(frozen=True)
class Overview:
    """One connection in the list. A default one that nobody used yet has no row."""

    name: str
    vendor: str
    row: CrmConnection | None
    oldest_at: datetime | None
    holds_up: bool


def overview() -> list[Overview]:
    """All connections by name, with the oldest that waits, and whether something was not taken. One query."""
    its = CrmDirty.connection == CrmConnection.name
    oldest = sa.select(sa.func.min(CrmDirty.first_dirty_at)).where(its).scalar_subquery()
    held = sa.exists().where(
        CrmLink.connection == CrmConnection.name, CrmLink.state != DONE, CrmLink.state != IGNORED
    )
    select = sa.select(CrmConnection, oldest.label("oldest_at"), held.label("holds_up"))
    found = [
        Overview(row.name, row.vendor, row, oldest_at, holds_up)
        for row, oldest_at, holds_up in db.session.execute(select.order_by(CrmConnection.name))
    ]
    if not any(each.name == DEFAULT for each in found):
        found.append(Overview(DEFAULT, DEFAULT, None, None, False))
    return sorted(found, key=lambda each: each.name)


def pauses(name: str) -> Sequence[Any]:
    """When it was paused, by whom and why, the newest first: (pause, who paused, who went on)."""
    on = aliased(Person)
    select = (
        sa.select(CrmPause, Person.name.label("paused_by"), on.name.label("resumed_by"))
        .outerjoin(Person, Person.id == CrmPause.by_id)
        .outerjoin(on, on.id == CrmPause.ended_by_id)
        .where(CrmPause.connection == name)
    )
    return db.session.execute(select.order_by(CrmPause.id.desc()).limit(PAUSES_SHOWN)).all()
