"""Forgetting who voted: the records of these votes are taken out of the CRM by the next push."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from portal.crm_bridge import noting
from portal.crm_bridge.marking import UNSEEN, connections, mark
from portal.crm_bridge.models import CrmExchange, CrmLink, Entity
from portal.database import db
from portal.ideas.forgetting.replacing import forgets


@forgets
def forget(family: Collection[int], names: Mapping[int, int]) -> None:
    """A link of which nothing is known any more has its record erased there."""
    ids, voters = list(family), list(names)
    links = sa.update(CrmLink).where(
        CrmLink.entity == Entity.VOTE, CrmLink.idea_id.in_(ids), CrmLink.entity_id.in_(voters)
    )
    db.session.execute(links.values(last_fields=None, last_hash=None), execution_options=UNSEEN)
    said = sa.delete(CrmExchange).where(CrmExchange.idea_id.in_(ids), CrmExchange.entity_id.in_(voters))
    db.session.execute(said, execution_options=UNSEEN)
    noting.forget_everything()
    for connection in connections():
        mark(connection, Entity.PERSON, names)
