"""Surveying how one person or company stands over every connection: what was written, read again, and said by the CRM."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmDirty, CrmLink, CrmTombstone, Entity
from portal.crm_bridge.pulling.models import CrmPulled
from portal.crm_bridge.records.models import CrmReading
from portal.crm_bridge.records.opening import page_of
from portal.database import db


@dataclass(frozen=True)
class Written:
    """What was written of one person or company over one connection."""

    connection: CrmConnection
    link: CrmLink | None
    dirty: CrmDirty | None
    tombstone: CrmTombstone | None
    reading: CrmReading | None = None
    read_by: str | None = None
    pulled: tuple[CrmPulled, ...] = ()
    """What that CRM said of it by itself, and when; more than one where it has several records of it."""

    @property
    def href(self) -> str | None:
        """Where people see the record in the CRM, if there is a page."""
        return page_of(self.connection, self.link.remote_type, self.link.remote_id) if self.link else None

    @property
    def is_readable(self) -> bool:
        """Whether it can be read again."""
        is_there = self.link is not None and self.link.last_hash is not None
        return is_there and declaration(self.connection.vendor).reads_back

    @property
    def name(self) -> str:
        """The name of the connection."""
        return self.connection.name

    @property
    def title(self) -> str:
        """What the CRM is called."""
        return declaration(self.connection.vendor).title

    @property
    def calls(self) -> bool:
        """Whether the CRM is called over a network."""
        return declaration(self.connection.vendor).calls


def written(entity: Entity, entity_id: int) -> list[Written]:
    """How it stands over each connection, the default one among them, by name."""
    rows = db.session.execute(_rows(entity, entity_id)).all()
    said: dict[str, list[CrmPulled]] = {}
    for row in rows:
        said.setdefault(row[0].name, []).extend([row.CrmPulled] if row.CrmPulled else [])
    first = {row[0].name: row for row in reversed(rows)}
    found = [
        Written(connection, link, dirty, tombstone, reading, by, tuple(said[name]))
        for name, (connection, link, dirty, tombstone, reading, by, _) in sorted(first.items())
    ]
    if all(each.name != DEFAULT for each in found):
        nothing_yet = CrmConnection(name=DEFAULT, vendor="embedded", settings={}, sealed={}, paused=False)
        found.insert(0, Written(nothing_yet, None, None, None))
    return found


def _rows(entity: Entity, entity_id: int) -> Any:
    """A row for each connection, and one more for each further record that its CRM has of it."""

    def of_it(table: Any) -> sa.ColumnElement[bool]:
        key = table.entity == entity, table.entity_id == entity_id
        return sa.and_(table.connection == CrmConnection.name, *key)

    kind = "contact" if entity is Entity.PERSON else "account"
    its = CrmPulled.kind == kind, CrmPulled.entity_id == entity_id
    select = (
        sa.select(CrmConnection, CrmLink, CrmDirty, CrmTombstone, CrmReading, Person.name, CrmPulled)
        .outerjoin(CrmLink, sa.and_(of_it(CrmLink), CrmLink.idea_id == 0))
        .outerjoin(CrmDirty, of_it(CrmDirty))
        .outerjoin(CrmTombstone, of_it(CrmTombstone))
        .outerjoin(CrmReading, of_it(CrmReading))
        .outerjoin(Person, Person.id == CrmReading.by_id)
        .outerjoin(CrmPulled, sa.and_(CrmPulled.connection == CrmConnection.name, *its))
    )
    return select.order_by(CrmConnection.name, CrmPulled.remote_id)
