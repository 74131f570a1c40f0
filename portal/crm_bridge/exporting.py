"""The customer records of a CRM as a table: what it holds of the people whom we wrote."""

from collections.abc import Iterator, Sequence
from typing import Any, TextIO

import sqlalchemy as sa

from portal.crm_bridge.comparing import Subject
from portal.crm_bridge.gateway import CrmGateway, Ref
from portal.crm_bridge.mapping import CONTACT
from portal.crm_bridge.models import CrmLink, Entity
from portal.database import db, reading_only
from portal.tables import write_csv

TOGETHER = 200
COLUMNS = ("community_id", "crm_id", *(each.name for each in CONTACT.fields), "written_at")


def export(connection: str, gateway: CrmGateway, file: TextIO) -> int:
    """Write one line per contact, as the CRM holds it now; returns how many people that were."""
    return write_csv(file, COLUMNS, _lines(connection, gateway))


def _lines(connection: str, gateway: CrmGateway) -> Iterator[Sequence[Any]]:
    last = 0
    while True:
        rows = _links(connection, last)
        if not rows:
            return
        refs = [Ref(str(Subject(Entity.PERSON, row.entity_id)), row.remote_id) for row in rows]
        for row, held in zip(rows, gateway.read_many(CONTACT.name, refs), strict=True):
            if held is not None:
                values = [held.fields.get(each.name) for each in CONTACT.fields]
                at = row.synced_at.strftime("%Y-%m-%d %H:%M:%S")
                yield [held.ref.external_id, held.ref.remote_id, *values, at]
        last = rows[-1].entity_id


def _links(connection: str, after: int) -> Sequence[Any]:
    select = sa.select(CrmLink.entity_id, CrmLink.remote_id, CrmLink.synced_at).where(
        CrmLink.connection == connection,
        CrmLink.entity == Entity.PERSON,
        CrmLink.last_hash.is_not(None),
        CrmLink.entity_id > after,
    )
    with reading_only():
        return db.session.execute(select.order_by(CrmLink.entity_id).limit(TOGETHER)).all()
