"""Noting: what went over the wire is kept for a while, and forgotten with the person whom it is about."""

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

import sqlalchemy as sa

from portal.crm_bridge.calling.wire import Call
from portal.crm_bridge.models import CrmCall
from portal.database import db

KEPT = 2_000
"""How many calls are kept, over all connections."""

UNSEEN = {"synchronize_session": False}
_others: list[Any] = []

Noted = tuple[Call, tuple[str, ...]]
"""A call, and by our ids whose records it was about."""


Table = TypeVar("Table")


def repeats(table: type[Table]) -> type[Table]:
    """Register a table that repeats what a CRM said, by `entity` and `entity_id`: it is forgotten with the calls."""
    _others.append(table)
    return table


def write(connection: str, notes: list[Noted]) -> None:
    """Keep these calls, within bounds; the list is empty afterwards."""
    if not notes:
        return
    rows = [
        {
            "connection": connection,
            "about": _as_text(about),
            **{name: getattr(call, name) for name in ("at", "method", "status", "sent", "answer", "seconds")},
            "path": call.path[:500],
        }
        for call, about in notes
    ]
    db.session.execute(sa.insert(CrmCall.__table__), rows)  # type: ignore[arg-type]
    newest = sa.select(sa.func.max(CrmCall.id)).scalar_subquery()
    db.session.execute(sa.delete(CrmCall).where(CrmCall.id <= newest - KEPT))
    notes.clear()


def _as_text(about: Iterable[str]) -> str:
    return f" {' '.join(dict.fromkeys(map(_whose, about)))} "


def _whose(subject: str) -> str:
    """`vote:12:7` is about the person 7."""
    return f"person:{subject.rpartition(':')[2]}" if subject.startswith("vote:") else subject


def forget(subjects: Collection[str]) -> None:
    """Forget what was said of these, in whichever connection. All calls go: of a CRM that only gives lists, each may name
    anybody."""
    if subjects:
        db.session.execute(sa.delete(CrmCall), execution_options=UNSEEN)
        for table in _others:
            theirs = sa.or_(*(_is(table, each) for each in subjects))
            db.session.execute(sa.delete(table).where(theirs), execution_options=UNSEEN)


def _is(table: Any, subject: str) -> sa.ColumnElement[bool]:
    """Whether a row is of `person:7`."""
    entity, _, number = subject.partition(":")
    return sa.and_(table.entity == entity, table.entity_id == int(number))


def forget_everything() -> None:
    """Forget all that was said: somebody hid something, and it may stand in anything."""
    for table in (CrmCall, *_others):
        db.session.execute(sa.delete(table), execution_options=UNSEEN)
