"""Rereading: records that are to be read again, because a message or a merge said so. Asking again changes nothing."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge.distrusting import is_id
from portal.crm_bridge.marking import UNSEEN
from portal.crm_bridge.pulling.models import CrmReread
from portal.crm_bridge.upserting import upsert
from portal.database import db


def ask(connection: str, kind: str, ids: Iterable[str]) -> None:
    """Have these records read again by the next pull. They are locked in one order, so that two messages wait for each
    other."""
    now = clock.now()
    rows = [
        {"connection": connection, "kind": kind, "remote_id": each, "asked_at": now}
        for each in sorted(set(ids))
        if is_id(each)
    ]
    upsert(CrmReread, rows, (), count="marks")


def asked(connection: str, limit: int) -> Sequence[CrmReread]:
    """The records of one kind that wait longest."""
    its = sa.select(CrmReread).where(CrmReread.connection == connection)
    first = db.session.scalar(its.order_by(CrmReread.asked_at, CrmReread.kind, CrmReread.remote_id).limit(1))
    if first is None:
        return []
    its = its.where(CrmReread.kind == first.kind).order_by(CrmReread.asked_at, CrmReread.remote_id)
    return db.session.scalars(its.limit(limit).execution_options(populate_existing=True)).all()


def done(rows: Iterable[tuple[str, str, str, int]]) -> None:
    """Forget these (connection, kind, id, marks); what was asked again since stays."""
    for connection, kind, remote_id, marks in sorted(rows):
        its = sa.delete(CrmReread).where(
            CrmReread.connection == connection,
            CrmReread.kind == kind,
            CrmReread.remote_id == remote_id,
            CrmReread.marks == marks,
        )
        db.session.execute(its, execution_options=UNSEEN)


def connections_with_some() -> list[str]:
    """Names of the connections for which something is to be read again."""
    return list(db.session.scalars(sa.select(CrmReread.connection).distinct()))
