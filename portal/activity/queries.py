"""Reads of the journal: what a reader has not seen, how far behind it is, and entries for people."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.activity.models import Entry, ReaderPosition
from portal.database import db

START = -(2**62)
"""Below the transaction number of every entry, also of those that a rebase moved below zero."""

FARTHEST = 1_000
"""Lag is counted up to here; beyond, "more than" says enough."""

_POSITION = sa.select(ReaderPosition.xid, ReaderPosition.entry_id).where(
    ReaderPosition.reader == sa.bindparam("of")
)

BRIEFLY = timedelta(seconds=10)
"""Every transaction is open for a moment; entries that wait no longer are nothing to speak of."""


@dataclass(frozen=True)
class Lag:
    """How far a reader has come (`entry_id`, 0 before the first) and is behind (counted up to FARTHEST)."""

    reader: str
    entry_id: int
    behind: int
    oldest_at: datetime | None
    moved_at: datetime | None
    failure: str | None
    failed_at: datetime | None


def on_postgresql() -> bool:
    """Whether entries carry transaction numbers that are to be compared with the database's own."""
    return db.engine.dialect.name == "postgresql"


def after(xid: Any, entry_id: Any) -> sa.Select[Any]:
    """The entries behind a position, in the order of reading, finished or not."""
    behind = sa.tuple_(Entry.xid, Entry.id) > sa.tuple_(
        sa.type_coerce(xid, Entry.xid.type), sa.type_coerce(entry_id, Entry.id.type)
    )
    return sa.select(Entry).where(behind).order_by(Entry.xid, Entry.id)


def unread(xid: int, entry_id: int, limit: int) -> list[Entry]:
    """The next entries behind a position that may be read now.

    On PostgreSQL these are the ones below the oldest transaction still running: one that commits late may
    have lower ids, and a position that passed them would never see them.
    """
    return list(db.session.scalars(_next(on_postgresql()), {"xid": xid, "entry": entry_id, "most": limit}))


def position(reader: str) -> tuple[int, int]:
    """Behind which entry a reader goes on."""
    at = db.session.execute(_POSITION, {"of": reader}).one_or_none()
    return (at.xid, at.entry_id) if at else (START, 0)


def is_behind(reader: str) -> bool:
    """Whether there is something that this reader may read now and has not read."""
    xid, entry_id = position(reader)
    first = _first(on_postgresql())
    return db.session.scalar(first, {"xid": xid, "entry": entry_id, "most": 1}) is not None


# Put together once: every reader asks after every act, and that took longer than the database takes.
@cache
def _next(numbered: bool) -> Any:
    entries = after(sa.bindparam("xid"), sa.bindparam("entry")).limit(sa.bindparam("most"))
    return entries.where(Entry.xid < _edge("xmin")) if numbered else entries


@cache
def _first(numbered: bool) -> Any:
    return _next(numbered).with_only_columns(Entry.id)


def newest() -> tuple[int, int]:
    """The position behind which nothing can be read now: everything up to it is committed."""
    places = sa.select(Entry.xid, Entry.id).order_by(Entry.xid.desc(), Entry.id.desc()).limit(1)
    if on_postgresql():
        places = places.where(Entry.xid < _edge("xmin"))
    place = db.session.execute(places).one_or_none()
    return (place.xid, place.id) if place else (START, 0)


def held_back() -> bool:
    """Whether finished entries wait for an older transaction of somebody else to end (PostgreSQL only)."""
    if not on_postgresql():
        return False
    return bool(db.session.scalar(sa.select(sa.exists().where(Entry.xid >= _edge("xmin")))))


def held_back_since(longer_than: timedelta = BRIEFLY) -> datetime | None:
    """When the oldest transaction that writes began, if entries wait for it for longer than that."""
    if not held_back():
        return None
    oldest = "SELECT min(xact_start) FROM pg_stat_activity WHERE backend_xid IS NOT NULL"
    began: datetime | None = db.session.scalar(sa.text(oldest))
    return began if began and clock.now() - began > longer_than else None


def is_from_another_cluster() -> bool:
    """Whether the journal holds transaction numbers that this PostgreSQL has not given out yet.

    So it is after a dump was restored into another cluster: numbers begin anew there.
    """
    return on_postgresql() and bool(db.session.scalar(_numbered_ahead()))


@cache
def _numbered_ahead() -> Any:
    highest = sa.func.greatest(
        sa.select(sa.func.max(Entry.xid)).scalar_subquery(),
        sa.select(sa.func.max(ReaderPosition.xid)).scalar_subquery(),
    )
    return sa.select(highest >= _edge("xmax"))


def lag(names: list[str]) -> list[Lag]:
    """How far each of these readers is behind: one query, and one more for each reader."""
    positions = {each.reader: each for each in db.session.scalars(sa.select(ReaderPosition))}
    return [_lag(name, positions.get(name)) for name in names]


def _lag(name: str, position: ReaderPosition | None) -> Lag:
    at = (position.xid, position.entry_id) if position else (START, 0)
    ahead = after(*at).with_only_columns(Entry.at).limit(FARTHEST).subquery()
    behind, oldest = db.session.execute(sa.select(sa.func.count(), sa.func.min(ahead.c.at))).one()
    return Lag(
        reader=name,
        entry_id=at[1],
        behind=behind,
        oldest_at=oldest,
        moved_at=position.moved_at if position else None,
        failure=position.failure if position else None,
        failed_at=position.failed_at if position else None,
    )


def log(*, person_id: int | None, since: datetime | None, limit: int) -> list[Entry]:
    """The newest entries, newest first; of one actor or since a moment if given."""
    entries = sa.select(Entry).order_by(Entry.id.desc()).limit(limit)
    if person_id is not None:
        entries = entries.where(Entry.actor_id == person_id)
    if since is not None:
        entries = entries.where(Entry.at >= since)
    return list(db.session.scalars(entries))


def _edge(edge: str) -> sa.ColumnElement[Any]:
    """`xmin`: every transaction below has ended. `xmax`: the next number that will be given out."""
    number = getattr(sa.func, f"pg_snapshot_{edge}")(sa.func.pg_current_snapshot())
    return sa.cast(sa.cast(number, sa.Text), sa.BigInteger)
