"""Rereading: what a CRM holds of one person or company now, field by field beside what was written."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import CrmRowHandled
from portal.crm_bridge.comparing import Subject
from portal.crm_bridge.drifting import TOGETHER, difference
from portal.crm_bridge.gateway import BLANK, Held, Ref
from portal.crm_bridge.mapping import ACCOUNT, CONTACT
from portal.crm_bridge.models import CrmLink, Entity
from portal.crm_bridge.records.models import CrmReading, CrmReadingAsked
from portal.crm_bridge.translating import Translated
from portal.crm_bridge.upserting import upsert
from portal.database import db
from portal.errors import Conflict

CHORE = "read_records_again"
"""What the worker is asked for, and its lane: somebody looks at the page meanwhile."""


def written(connection: str, entity: Entity, entity_id: int) -> Sequence[Any]:
    """The rows of the ledger that are read again: the record, then votes, at most TOGETHER. Raises Conflict when nothing
    was written."""
    entities = (entity, Entity.VOTE) if entity is Entity.PERSON else (entity,)
    columns = (CrmLink.entity, CrmLink.idea_id, CrmLink.remote_id, CrmLink.remote_type, CrmLink.last_fields)
    select = sa.select(CrmLink.entity_id, *columns).where(
        CrmLink.connection == connection,
        *(CrmLink.entity.in_(entities), CrmLink.entity_id == entity_id, CrmLink.last_hash.is_not(None)),
    )
    rows = db.session.execute(select.order_by(CrmLink.idea_id).limit(TOGETHER)).all()
    if not rows:
        raise Conflict(f"Nothing of it was written over {connection} yet, so there is nothing to read.")
    return rows


def ask(connection: str, entity: Entity, entity_id: int, *, by: Person) -> None:
    """Have the worker read it again. Asked for while it waits, nothing changes. Raises Conflict when nothing was written."""
    written(connection, entity, entity_id)
    key = {"connection": connection, "entity": entity, "entity_id": entity_id}
    upsert(CrmReadingAsked, [{**key, "at": clock.now(), "by_id": by.id, "failed_at": None, "says": ""}], ())
    again = sa.update(CrmReadingAsked).filter_by(**key).where(CrmReadingAsked.failed_at.is_not(None))
    values = {"at": clock.now(), "by_id": by.id, "failed_at": None, "says": ""}
    db.session.execute(again.values(values), execution_options={"synchronize_session": False})


def next_asked() -> CrmReadingAsked | None:
    """What is to be read again, the oldest first."""
    waits = sa.select(CrmReadingAsked).where(CrmReadingAsked.failed_at.is_(None))
    order = (
        CrmReadingAsked.at,
        CrmReadingAsked.connection,
        CrmReadingAsked.entity,
        CrmReadingAsked.entity_id,
    )
    return db.session.scalar(waits.order_by(*order).limit(1))


def fail(key: Mapping[str, Any], says: str) -> None:
    """Note why it could not be read; it waits no longer."""
    its = sa.update(CrmReadingAsked).filter_by(**key)
    db.session.execute(its.values(failed_at=clock.now(), says=says[:1_000]))


def read(gateway: Translated, entity: Entity, rows: Sequence[Any]) -> dict[str, Any]:
    """Ask the CRM, and say what differs. No transaction may be open. Raises CrmError."""
    found: dict[str, Any] = {"there": False, "fields": {}, "differs": [], "votes": [], "read": len(rows)}
    for kind in dict.fromkeys(row.remote_type for row in rows):
        of_kind = [row for row in rows if row.remote_type == kind]
        refs = [Ref(str(_subject(row)), row.remote_id) for row in of_kind]
        for row, held in zip(of_kind, gateway.read_many(kind, refs), strict=True):
            ours = gateway.shape.keep(kind, row.last_fields)
            drift = difference(_subject(row), ours, held, gateway.shape.blanks(kind))
            if row.entity == entity:
                found |= {"there": held is not None, "fields": _both(kind, ours, held)}
                found["differs"] = sorted(drift.fields) if drift else []
            elif drift is not None:
                fields = {name: list(pair) for name, pair in drift.fields.items()}
                found["votes"].append({"idea_id": row.idea_id, "what": drift.what, "fields": fields})
    return found


def _subject(row: Any) -> Subject:
    return Subject(Entity(row.entity), row.entity_id, row.idea_id)


def _both(kind: str, ours: Any, held: Held | None) -> dict[str, list[Any]]:
    """Each field of ours with what we wrote and what stands there, in our order."""
    order = [each.name for of in (CONTACT, ACCOUNT) if of.name == kind for each in of.fields]
    theirs = held.fields if held else {}
    names = [name for name in order if name in ours] + [name for name in ours if name not in order]
    return {name: [_shown(ours[name]), _shown(theirs.get(name))] for name in names}


def _shown(value: Any) -> Any:
    return None if value in BLANK else value


def keep(key: Mapping[str, Any], found: dict[str, Any], *, by_id: int) -> None:
    """Note what was found, in the place of what was found before; unless nobody wants it any more, or another worker did."""
    gone: Any = db.session.execute(sa.delete(CrmReadingAsked).filter_by(**key))
    if gone.rowcount:
        row = {**key, "at": clock.now(), "by_id": by_id, "found": found}
        upsert(CrmReading, [row], ("at", "by_id", "found"))
        journal.record(CrmRowHandled(actor_id=by_id, act="read", **key))
