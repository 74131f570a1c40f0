"""Erasing somebody from what is kept of the CRM; the next push takes their records out there and leaves a tombstone."""

from collections.abc import Mapping

import sqlalchemy as sa

from portal.accounts.erasing import erases, rows_of
from portal.accounts.models import Person
from portal.crm_bridge import noting
from portal.crm_bridge.marking import connections, mark
from portal.crm_bridge.models import CrmExchange, CrmInteraction, CrmLink, Entity
from portal.crm_bridge.pulling.models import CrmPulled
from portal.crm_bridge.receipts import keeping
from portal.database import db
from portal.ideas.models import Idea

THEIRS = (Entity.PERSON, Entity.VOTE)


@erases(order=60)
def forget_records(person_id: int, texts: bool) -> Mapping[str, int]:
    """The link stays until the record is erased there: by it we find the record, and of its words we keep nothing."""
    keeping.ask(person_id)
    known = CrmLink.last_hash.is_not(None) | CrmLink.message.is_not(None)
    links = sa.update(CrmLink).where(CrmLink.entity.in_(THEIRS), CrmLink.entity_id == person_id, known)
    records = rows_of(links.values(last_fields=None, last_hash=None, message=None, field=None))
    said = CrmExchange.entity.in_(THEIRS), CrmExchange.entity_id == person_id
    rows_of(sa.delete(CrmExchange).where(*said))
    if texts:
        _renew_company(person_id)
    rows_of(sa.delete(CrmInteraction).where(CrmInteraction.person_id == person_id))
    rows_of(sa.delete(CrmPulled).where(CrmPulled.kind == "contact", CrmPulled.entity_id == person_id))
    noting.forget([f"person:{person_id}"])
    ideas = list(db.session.scalars(sa.select(Idea.id).where(Idea.author_id == person_id))) if texts else []
    for connection in connections():
        mark(connection, Entity.PERSON, [person_id])
        mark(connection, Entity.IDEA, ideas)
    return {"customer records": records}


def _renew_company(person_id: int) -> None:
    """Its record names the ideas that its people want most: the next push writes it anew."""
    company_id = db.session.scalar(sa.select(Person.company_id).where(Person.id == person_id))
    if company_id is not None:
        said = CrmExchange.entity == Entity.COMPANY, CrmExchange.entity_id == company_id
        rows_of(sa.delete(CrmExchange).where(*said))
        noting.forget([f"company:{company_id}"])
        for connection in connections():
            mark(connection, Entity.COMPANY, [company_id])
