"""What a receipt says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Erasure, Person
from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.gateway import GATEWAYS
from portal.crm_bridge.models import CrmLink, CrmTombstone, Entity
from portal.crm_bridge.receipts.models import CrmReceipt
from portal.database import db

SHOWN = 500


@dataclass(frozen=True)
class Receipt:
    """All that is known of an erasure: here, the lines of each CRM, what still waits there, and the tombstones."""

    erasure: Erasure | None
    by: str | None
    lines: Sequence[CrmReceipt]
    waiting: Sequence[Any]
    tombstones: Sequence[CrmTombstone]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was erased of this person."""
        return self.erasure is None and not self.lines and not self.tombstones

    def title(self, vendor: str) -> str:
        """What a CRM is called, also one that is no longer connected."""
        return declaration(vendor).title if vendor in GATEWAYS else vendor


def receipt(person_id: int) -> Receipt:
    """The receipt of a person, however long ago."""
    erasure = sa.select(Erasure, Person.name).outerjoin(Person, Person.id == Erasure.by_id)
    found = db.session.execute(erasure.where(Erasure.person_id == person_id)).one_or_none()
    lines = sa.select(CrmReceipt).where(CrmReceipt.person_id == person_id)
    buried = sa.select(CrmTombstone).where(
        CrmTombstone.entity == Entity.PERSON, CrmTombstone.entity_id == person_id
    )
    return Receipt(
        erasure=found[0] if found else None,
        by=found[1] if found else None,
        lines=db.session.scalars(lines.order_by(CrmReceipt.id).limit(SHOWN)).all(),
        waiting=_waiting(person_id),
        tombstones=db.session.scalars(buried.order_by(CrmTombstone.connection)).all(),
    )


def _waiting(person_id: int) -> Sequence[Any]:
    """What is still to be taken out, over each connection, with what the CRM said last."""
    of_erased = sa.exists().where(Person.id == person_id, Person.erased_at.is_not(None) | ~Person.crm_consent)
    links = sa.select(
        CrmLink.connection, CrmLink.remote_type, sa.func.count(), sa.func.max(CrmLink.message)
    ).where(CrmLink.entity.in_((Entity.PERSON, Entity.VOTE)), CrmLink.entity_id == person_id, of_erased)
    grouped = links.group_by(CrmLink.connection, CrmLink.remote_type)
    return db.session.execute(grouped.order_by(CrmLink.connection, CrmLink.remote_type)).all()
