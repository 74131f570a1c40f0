"""Surveying how one person or company stands over every connection: what was written, read again, and said by the CRM."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmDirty, CrmLink, CrmTombstone, Entity
from portal.crm_bridge.pulling.models import CrmPulled
from portal.crm_bridge.records.models import CrmReading, CrmReadingAsked
from portal.crm_bridge.records.opening import page_of
from portal.database import db
from portal.ideas.models import Idea
from portal.voting.models import Vote

HIDDEN = "(an idea was hidden since; the next push writes it anew)"
OF_TITLES = frozenset({"open_ideas", "top_ideas"})
"""Fields that name ideas."""


@dataclass(frozen=True)
class Written:
    """What was written of one person or company over one connection."""

    connection: CrmConnection
    link: CrmLink | None
    dirty: CrmDirty | None
    tombstone: CrmTombstone | None
    reading: CrmReading | None = None
    read_by: str | None = None
    asked: CrmReadingAsked | None = None
    pulled: tuple[CrmPulled, ...] = ()
    """What that CRM said of it by itself, and when; more than one where it has several records of it."""
    hides: bool = False
    """Whether an idea was hidden since it was written, which its lists of titles may name."""

    @property
    def fields(self) -> dict[str, Any]:
        """What was written, without titles that nobody may read any more."""
        written = (self.link and self.link.last_fields) or {}
        return {name: HIDDEN if self.is_veiled(name) and value else value for name, value in written.items()}

    def is_veiled(self, name: str) -> bool:
        """Whether a field may name an idea that was hidden meanwhile."""
        return self.hides and name in OF_TITLES

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
    found = [_written(row, said[name]) for name, row in sorted(first.items())]
    if all(each.name != DEFAULT for each in found):
        nothing_yet = CrmConnection(name=DEFAULT, vendor="embedded", settings={}, sealed={}, paused=False)
        found.insert(0, Written(nothing_yet, None, None, None))
    return found


def _written(row: Any, pulled: list[CrmPulled]) -> Written:
    connection, link, dirty, tombstone, reading, by, asked, _, hides = row
    return Written(connection, link, dirty, tombstone, reading, by, asked, tuple(pulled), bool(hides))


def _hides(entity: Entity, entity_id: int) -> sa.ColumnElement[bool]:
    """Whether an idea of theirs was hidden since the record was written; of a company, one that its people voted for."""
    since = Idea.hidden_at.is_not(None) & (Idea.hidden_at >= CrmLink.synced_at)
    if entity is Entity.PERSON:
        return sa.exists().where(Idea.author_id == entity_id, since)
    people = sa.select(Person.id).where(Person.company_id == entity_id)
    voted = sa.or_(Vote.person_id.in_(people), Vote.company_id == entity_id)
    of_it = sa.or_(Vote.idea_id == Idea.id, Vote.counts_for_id == Idea.id)
    return sa.exists().where(Idea.id.in_(sa.select(Idea.id).where(since)), of_it, voted).correlate(CrmLink)


def _rows(entity: Entity, entity_id: int) -> Any:
    """A row for each connection, and one more for each further record that its CRM has of it."""

    def of_it(table: Any) -> sa.ColumnElement[bool]:
        key = table.entity == entity, table.entity_id == entity_id
        return sa.and_(table.connection == CrmConnection.name, *key)

    kind = "contact" if entity is Entity.PERSON else "account"
    said = sa.and_(CrmPulled.kind == kind, CrmPulled.entity_id == entity_id)
    parts = (CrmLink, CrmDirty, CrmTombstone, CrmReading, Person.name, CrmReadingAsked, CrmPulled)
    return (
        sa.select(CrmConnection, *parts)
        .add_columns(_hides(entity, entity_id).label("hides"))
        .outerjoin(CrmLink, sa.and_(of_it(CrmLink), CrmLink.idea_id == 0))
        .outerjoin(CrmDirty, of_it(CrmDirty))
        .outerjoin(CrmTombstone, of_it(CrmTombstone))
        .outerjoin(CrmReading, of_it(CrmReading))
        .outerjoin(Person, Person.id == CrmReading.by_id)
        .outerjoin(CrmReadingAsked, of_it(CrmReadingAsked))
        .outerjoin(CrmPulled, sa.and_(CrmPulled.connection == CrmConnection.name, said))
        .order_by(CrmConnection.name, CrmPulled.remote_id)
    )
