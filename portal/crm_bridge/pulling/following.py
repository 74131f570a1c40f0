"""Following: records that were deleted or merged there. Links follow, numbers move, and nobody is counted twice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Company
from portal.activity import journal
from portal.activity.events import CompanyChanged
from portal.crm_bridge import burying
from portal.crm_bridge.gateway import Held
from portal.crm_bridge.marking import UNSEEN, mark
from portal.crm_bridge.models import CrmLink, Entity
from portal.crm_bridge.pulling import dealing, rereading
from portal.crm_bridge.pulling.cleaning import known_of
from portal.crm_bridge.pulling.models import CrmPulled
from portal.database import db

ENTITIES = {"account": Entity.COMPANY, "contact": Entity.PERSON}


def gone(connection: str, kind: str, records: Sequence[Held], before: Mapping[str, CrmPulled]) -> list[str]:
    """Take note of records that are no longer there; returns a line for each that was known.

    Of one that was merged, what we wrote is written into the one that stayed by the next push, and that one is read
    again. Of one that was deleted, what came from there is taken away here. One that people there erased for good must
    not come back: a tombstone stays.
    """
    now, lines = clock.now(), list(_erased(connection, kind, [each for each in records if each.erased]))
    records = [each for each in records if not each.erased]
    for each in records:
        key = str(each.ref.remote_id)
        old = before.get(key)
        if old is not None and old.gone_at is None:
            old.gone_at, old.read_at, old.merged_into = now, now, each.merged_into
            became = f"is part of {each.merged_into} now" if each.merged_into else "is no longer there"
            lines.append(f"{kind} {key} {became}")
            if kind == "account" and each.merged_into is None:
                _forget(old)
            if each.merged_into is not None:
                rereading.ask(connection, kind, [each.merged_into])
        if kind == "account":
            dealing.move(connection, key, each.merged_into)
    db.session.flush()
    _write_again(connection, kind, (str(each.ref.remote_id) for each in records))
    return lines


def _erased(connection: str, kind: str, records: Sequence[Held]) -> Iterator[str]:
    """Bury whose contacts these were; returns a line for each."""
    ids = [str(each.ref.remote_id) for each in records]
    if kind != "contact" or not ids:
        return
    its = CrmPulled.connection == connection, CrmPulled.kind == kind, CrmPulled.remote_id.in_(ids)
    read = db.session.execute(sa.select(CrmPulled.entity_id, CrmPulled.remote_id).where(*its)).all()
    whose = CrmLink.connection == connection, CrmLink.remote_type == kind, CrmLink.remote_id.in_(ids)
    written = db.session.execute(sa.select(CrmLink.entity_id, CrmLink.remote_id).where(*whose)).all()
    graves = {
        int(row.entity_id): burying.Grave(row.remote_id, burying.THERE)
        for row in (*read, *written)
        if row.entity_id is not None
    }
    burying.bury(connection, graves, kind, clock.now())
    burying.forget(connection, graves)
    db.session.execute(sa.delete(CrmPulled).where(*its), execution_options=UNSEEN)
    # Their votes are taken out by the next push.
    mark(connection, Entity.PERSON, graves)
    yield from (f"person:{each} was erased there" for each in sorted(graves))


def _forget(old: CrmPulled) -> None:
    """What is here and came from there."""
    company = (
        db.session.get(Company, old.entity_id, with_for_update={"key_share": True}) if old.entity_id else None
    )
    if company is None:
        return
    was = known_of(old.fields, company.currency)
    names = [
        name
        for name, said in was.items()
        if name != "currency" and said is not None and getattr(company, name) == said
    ]
    for name in names:
        setattr(company, name, None)
    if names:
        journal.record(CompanyChanged(actor_id=None, company_id=company.id, fields=sorted(names)))


def _write_again(connection: str, kind: str, ids: Iterable[str]) -> None:
    """The next push finds what became of these records, and writes them whole."""
    entity = ENTITIES[kind]
    its = (
        CrmLink.connection == connection,
        CrmLink.entity == entity,
        CrmLink.remote_type == kind,
        CrmLink.remote_id.in_(list(ids)),
    )
    ours = list(db.session.scalars(sa.select(CrmLink.entity_id).where(*its)))
    again = sa.update(CrmLink).where(CrmLink.connection == connection, CrmLink.entity == entity)
    again = again.where(CrmLink.entity_id.in_(ours))
    db.session.execute(again.values(last_hash=None), execution_options=UNSEEN)
    mark(connection, entity, ours)
