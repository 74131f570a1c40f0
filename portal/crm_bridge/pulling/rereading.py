"""Rereading: records that are to be read again, because a message or a merge said so. Asking again changes nothing."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge.distrusting import is_id
from portal.crm_bridge.pulling.models import CrmReread
from portal.crm_bridge.upserting import upsert
from portal.database import db

_TABLE: Any = CrmReread.__table__
ITS = ("connection", "kind", "remote_id", "marks")
_DONE = sa.delete(_TABLE).where(*(_TABLE.c[name] == sa.bindparam(f"its_{name}") for name in ITS))


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
    gone = [{f"its_{name}": value for name, value in zip(ITS, row, strict=True)} for row in sorted(rows)]
    if gone:
        db.session.execute(_DONE, gone)


def connections_with_some() -> list[str]:
    """Names of the connections for which something is to be read again."""
    return list(db.session.scalars(sa.select(CrmReread.connection).distinct()))
