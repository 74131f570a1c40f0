"""Echoing: what we wrote ourselves comes back as a message. The link ledger knows it, so nobody reads it again for that.

An echo is what we wrote last, in the last 24 hours, to this record and field: compared by the hash of its value.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge.calling.listening import Notice
from portal.crm_bridge.models import CrmLink
from portal.database import db

LASTS = timedelta(hours=24)


def without_echoes(connection: str, notices: Sequence[Notice]) -> list[Notice]:
    """Those that may say something that we did not write. One that names no field may always."""
    written = _written(connection, [each for each in notices if each.field])
    return [
        each
        for each in notices
        if not each.field or not _is_echo(each, written.get((each.kind, each.id), {}))
    ]


def _written(connection: str, notices: Sequence[Notice]) -> dict[tuple[str, str], Mapping[str, Any]]:
    its = sa.select(CrmLink.remote_type, CrmLink.remote_id, CrmLink.last_fields).where(
        CrmLink.connection == connection,
        CrmLink.remote_type.in_({each.kind for each in notices}),
        CrmLink.remote_id.in_({each.id for each in notices}),
        CrmLink.synced_at > clock.now() - LASTS,
    )
    rows = db.session.execute(its) if notices else ()
    return {(row.remote_type, str(row.remote_id)): row.last_fields or {} for row in rows}


def _is_echo(notice: Notice, written: Mapping[str, Any]) -> bool:
    """A name of theirs ends in ours: community_points, Community_Points__c."""
    theirs = f"_{notice.field.lower().removesuffix('__c')}"
    return any(
        theirs.endswith(f"_{name}") and _hash(value) == _hash(notice.value) for name, value in written.items()
    )


def _hash(value: Any) -> bytes:
    """A CRM may say numbers as texts, and nothing as an empty one."""
    return sha256(str("" if value is None else value).encode()).digest()
