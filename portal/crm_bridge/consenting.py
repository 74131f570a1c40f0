"""Whose record may be written at all, and why not."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.crm_bridge.models import CrmTombstone, Entity
from portal.database import db

ERASED = "erased"
IMPORTED = "imported, never claimed"
UNCONFIRMED = "mail address not confirmed"
NO_CONSENT = "no consent"
ERASED_BEFORE = "erased there, no new consent since"

REASONS = (ERASED, IMPORTED, UNCONFIRMED, NO_CONSENT, ERASED_BEFORE)
TO_ERASE = frozenset({ERASED, NO_CONSENT, ERASED_BEFORE})
"""Reasons that also take away what was written. A mail address that waits for its proof only pauses the record."""

COLUMNS = (
    Person.id,
    Person.email,
    Person.confirmed_at,
    Person.erased_at,
    Person.crm_consent,
    Person.crm_consent_at,
    Person.source_system,
)
_IDS: Any = sa.bindparam("ids", expanding=True)
_PEOPLE = sa.select(*COLUMNS).where(Person.id.in_(_IDS))
_BURIED = sa.select(CrmTombstone.entity_id, CrmTombstone.erased_at, CrmTombstone.lifted_at).where(
    CrmTombstone.connection == sa.bindparam("connection"),
    CrmTombstone.entity == Entity.PERSON,
    CrmTombstone.entity_id.in_(_IDS),
)


def consents() -> sa.ColumnElement[bool]:
    """The condition under which a person counts for the CRM, without a look at tombstones."""
    return sa.and_(
        Person.erased_at.is_(None),
        Person.crm_consent,
        Person.confirmed_at.is_not(None),
        Person.email.is_not(None),
    )


def refusal(person: Any, tombstone: Any = None) -> str | None:
    """Why this person may not be written, None if they may. Takes rows with COLUMNS and of CrmTombstone."""
    if person.erased_at is not None:
        return ERASED
    if person.email is None or person.confirmed_at is None:
        return IMPORTED if person.source_system else UNCONFIRMED
    if not person.crm_consent:
        return NO_CONSENT
    return ERASED_BEFORE if tombstone is not None and _lies(tombstone, person.crm_consent_at) else None


def _lies(tombstone: Any, consented_at: datetime | None) -> bool:
    """Whether the tombstone still stands against a consent of that time."""
    return tombstone.lifted_at is None and (consented_at is None or consented_at <= tombstone.erased_at)


def refusals(connection: str, people: Collection[int]) -> dict[int, str]:
    """Why some of these people may not be written now. Who may is not in the answer; who is unknown is erased."""
    ids = list(people)
    stones = db.session.execute(_BURIED, {"connection": connection, "ids": ids})
    buried = {row.entity_id: row for row in stones}
    found = {row.id: row for row in db.session.execute(_PEOPLE, {"ids": ids})}
    judged = {each: refusal(found[each], buried.get(each)) if each in found else ERASED for each in people}
    return {each: reason for each, reason in judged.items() if reason is not None}
