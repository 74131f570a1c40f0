"""Burying: somebody's contact is gone there for good. Links and words are forgotten, and a tombstone stays."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from portal.crm_bridge import noting
from portal.crm_bridge.marking import UNSEEN
from portal.crm_bridge.models import CrmExchange, CrmInteraction, CrmLink, CrmTombstone, Entity
from portal.crm_bridge.upserting import upsert
from portal.database import db

THERE = "erased by people there"
"""Why a contact went that people in the CRM erased for good."""


class Grave(NamedTuple):
    """Under which number a contact stood there, and why it went."""

    remote_id: str | None
    reason: str


def bury(connection: str, graves: Mapping[int, Grave], kind: str, now: datetime) -> None:
    """Leave a tombstone for each of these people; a record of theirs comes back with a newer consent only."""
    rows = [
        {
            "connection": connection,
            "entity": Entity.PERSON,
            "entity_id": person_id,
            "remote_type": kind,
            "remote_id": grave.remote_id,
            "reason": grave.reason,
            "erased_at": now,
            "lifted_at": None,
        }
        for person_id, grave in graves.items()
    ]
    upsert(CrmTombstone, rows, ("remote_type", "remote_id", "reason", "erased_at", "lifted_at"))


def forget(connection: str, people: Collection[int]) -> None:
    """Forget the links to the contacts of these people, what was said of them and told in their history. Links to their
    votes stay until those are taken out."""
    for table in (CrmLink, CrmExchange):
        its = sa.delete(table).where(table.connection == connection, table.entity == Entity.PERSON)
        db.session.execute(its.where(table.entity_id.in_(people)), execution_options=UNSEEN)
    told = CrmInteraction.connection == connection, CrmInteraction.person_id.in_(people)
    db.session.execute(sa.delete(CrmInteraction).where(*told), execution_options=UNSEEN)
    noting.forget([f"{Entity.PERSON}:{each}" for each in people])
