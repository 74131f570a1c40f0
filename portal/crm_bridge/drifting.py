"""Drift: what the CRM holds, read back and compared with what was last written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from portal.crm_bridge.comparing import Subject
from portal.crm_bridge.gateway import BLANK, CrmGateway, Fields, Held, Ref, Value
from portal.crm_bridge.models import CrmLink, CrmTombstone, Entity
from portal.crm_bridge.shaping import EVERYTHING, Shape
from portal.database import db, reading_only

TOGETHER = 200


@dataclass(frozen=True, slots=True)
class Drift:
    """One record that is not what we wrote: it is missing, or these fields (ours, theirs) differ."""

    subject: Subject
    what: str
    fields: dict[str, tuple[Value, Value]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """So many records were read back, and these had drifted."""

    records: int
    drifts: list[Drift]


MISSING = "is not there"
DIFFERS = "differs"
RISEN = "is there, but was erased"


def drift(connection: str, gateway: CrmGateway, shape: Shape = EVERYTHING) -> Iterator[Compared]:
    """Read back everything that was written, then look for what was erased. Writes nothing.

    Fields that are not ours to write by `shape` are not compared, nor those that were not blank. The caller may end the transaction at each step.
    """
    after = ("", 0, 0)
    while True:
        with reading_only():
            rows = _links(connection, after)
            db.session.rollback()
        if not rows:
            break
        yield _compare(gateway, rows, shape)
        after = (rows[-1].entity, rows[-1].entity_id, rows[-1].idea_id)
    yield from _risen(connection, gateway)


def _links(connection: str, after: tuple[str, int, int]) -> Sequence[Any]:
    columns = (CrmLink.entity, CrmLink.entity_id, CrmLink.idea_id, CrmLink.remote_type, CrmLink.remote_id)
    key = sa.tuple_(CrmLink.entity, CrmLink.entity_id, CrmLink.idea_id)
    select = (
        sa.select(*columns, CrmLink.last_fields)
        .where(CrmLink.connection == connection, CrmLink.last_hash.is_not(None))
        .where(key > after)
        .order_by(CrmLink.entity, CrmLink.entity_id, CrmLink.idea_id)
    )
    return db.session.execute(select.limit(TOGETHER)).all()


def _compare(gateway: CrmGateway, rows: Sequence[Any], shape: Shape) -> Compared:
    drifts = []
    for kind in dict.fromkeys(row.remote_type for row in rows):
        of_kind = [row for row in rows if row.remote_type == kind]
        subjects = [Subject(Entity(row.entity), row.entity_id, row.idea_id) for row in of_kind]
        refs = [Ref(str(subject), row.remote_id) for subject, row in zip(subjects, of_kind, strict=True)]
        for subject, row, held in zip(subjects, of_kind, gateway.read_many(kind, refs), strict=True):
            found = difference(subject, shape.keep(kind, row.last_fields), held, shape.blanks(kind))
            if found:
                drifts.append(found)
    return Compared(len(rows), drifts)


def difference(subject: Subject, written: Fields, held: Held | None, blanks: frozenset[str]) -> Drift | None:
    """How one record differs from what was written, None where it does not; `blanks` are fields that are only filled."""
    if held is None:
        return Drift(subject, MISSING)
    fields = {
        name: (ours, held.fields.get(name))
        for name, ours in written.items()
        if not _is_same(ours, held.fields.get(name))
        and (name not in blanks or held.fields.get(name) in BLANK)
    }
    return Drift(subject, DIFFERS, fields) if fields else None


def _is_same(ours: Value, theirs: Value) -> bool:
    """An empty text and nothing are the same to a CRM; 3 and 3.0 are, too."""
    return ours == theirs or (ours in BLANK and theirs in BLANK)


def _risen(connection: str, gateway: CrmGateway) -> Iterator[Compared]:
    """Records that were erased and must not be there."""
    last = 0
    while True:
        buried = sa.select(CrmTombstone.entity_id, CrmTombstone.remote_type).where(
            CrmTombstone.connection == connection,
            CrmTombstone.entity == Entity.PERSON,
            CrmTombstone.lifted_at.is_(None),
            CrmTombstone.entity_id > last,
        )
        with reading_only():
            rows = db.session.execute(buried.order_by(CrmTombstone.entity_id).limit(TOGETHER)).all()
            db.session.rollback()
        if not rows:
            return
        subjects = [Subject(Entity.PERSON, row.entity_id) for row in rows]
        held = gateway.read_many(rows[0].remote_type, [Ref(str(subject)) for subject in subjects])
        risen = [Drift(each, RISEN) for each, there in zip(subjects, held, strict=True) if there is not None]
        yield Compared(len(rows), risen)
        last = rows[-1].entity_id


def write_again(connection: str, drifts: Sequence[Drift]) -> None:
    """Let the next push write these records again, whole."""
    for each in drifts:
        its = sa.update(CrmLink).where(
            CrmLink.connection == connection,
            CrmLink.entity == each.subject.entity,
            CrmLink.entity_id == each.subject.entity_id,
            CrmLink.idea_id == each.subject.idea_id,
        )
        db.session.execute(its.values(last_hash=None))
