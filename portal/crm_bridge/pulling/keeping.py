"""Keeping: what a CRM said of a record is kept as it said it, with when it was read, and when it last said something new."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.crm_bridge.gateway import Held
from portal.crm_bridge.pulling.models import CrmPulled
from portal.crm_bridge.upserting import upsert
from portal.database import db

CHANGE = ("entity_id", "fields", "said_at", "read_at", "unclear", "gone_at", "merged_into")


def kept(connection: str, kind: str, ids: Sequence[str]) -> dict[str, CrmPulled]:
    """What was said before of these records, by their ids there."""
    its = CrmPulled.connection == connection, CrmPulled.kind == kind, CrmPulled.remote_id.in_(ids)
    rows = db.session.scalars(sa.select(CrmPulled).where(*its).execution_options(populate_existing=True))
    return {row.remote_id: row for row in rows}


def row(connection: str, kind: str, held: Held, before: CrmPulled | None, now: datetime) -> dict[str, Any]:
    """What is kept of a record that is there; whose it is comes beside."""
    fields = dict(held.fields)
    is_new = before is None or before.fields != fields or before.gone_at is not None
    return {
        "connection": connection,
        "kind": kind,
        "remote_id": str(held.ref.remote_id),
        "fields": fields,
        "said_at": now if is_new or before is None else before.said_at,
        "read_at": now,
        "unclear": None,
        "gone_at": None,
        "merged_into": None,
    }


def keep(rows: Sequence[Mapping[str, Any]]) -> None:
    """Write these down."""
    upsert(CrmPulled, rows, CHANGE)
