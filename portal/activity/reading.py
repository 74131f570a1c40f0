"""Readers follow the journal: each has a position, catches up in batches, and may be killed at any instruction."""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from portal import clock
from portal.activity import queries
from portal.activity.excluding import alone
from portal.activity.models import Entry, ReaderPosition
from portal.activity.trying import in_words
from portal.database import db, reading_only

log = logging.getLogger(__name__)

BATCH = 200
LONGEST_FAILURE = 1_000
RESTORED = (
    "The journal came from another PostgreSQL cluster (a dump that was restored): its transaction numbers "
    "are ahead of this one's. Run: flask --app wsgi activity rebase"
)
_LOCKED = (
    sa.select(ReaderPosition)
    .where(ReaderPosition.reader == sa.bindparam("of"))
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)
_POSITIONS: Any = ReaderPosition.__table__
_MOVED = sa.update(_POSITIONS).where(_POSITIONS.c.reader == sa.bindparam("of"))
_MADE = sa.text(
    "INSERT INTO reader_position (reader, xid, entry_id) VALUES (:reader, :xid, 0) ON CONFLICT DO NOTHING"
)


class Reader(Protocol):
    """Somebody who follows the journal.

    `read` gets entries in order. What it writes through `db.session` is committed together with the position,
    so it happens exactly once. A reader whose effects lie elsewhere (an index, another system) sets
    `elsewhere = True` on its class: it runs without a write lock on the database, and its work may be repeated
    after a crash, so it must be harmless to repeat. `read` never commits. A reader that has a method `prepare`
    is asked before each look into the journal to put its own house in order.
    """

    name: str

    def read(self, entries: Sequence[Entry]) -> None: ...


class Readers:
    """Everybody who follows the journal, by name. The last one registered under a name counts."""

    def __init__(self) -> None:
        self._by_name: dict[str, Reader] = {}

    def register(self, reader: Reader) -> None:
        self._by_name[reader.name] = reader

    def forget(self, name: str) -> None:
        self._by_name.pop(name, None)

    def __iter__(self) -> Iterator[Reader]:
        return iter(list(self._by_name.values()))

    def names(self) -> list[str]:
        return list(self._by_name)


readers = Readers()


class Restored(Exception):
    """The transaction numbers of the journal mean nothing in this cluster."""


def never() -> bool:
    """Nobody asks to stop."""
    return False


def catch_up_all(stopping: Callable[[], bool] = never) -> dict[str, int]:
    """Let every reader read what it has not read yet; returns how many entries each took.

    They take turns, a batch each, so that a busy one does not keep the others waiting. A failure is logged and
    written beside the position of its reader; the others go on, and the same entries are read again the next
    time. `stopping` is asked between batches. The caller has nothing uncommitted in the session.
    """
    return _catch_up(list(readers), stopping)


def catch_up(reader: Reader, stopping: Callable[[], bool] = never) -> int:
    """The same for one reader; returns how many entries it took."""
    return _catch_up([reader], stopping)[reader.name]


def _catch_up(behind: list[Reader], stopping: Callable[[], bool]) -> dict[str, int]:
    taken = {reader.name: 0 for reader in behind}
    db.session.rollback()
    while behind:
        behind = [reader for reader in behind if not stopping() and _read_a_batch(reader, taken)]
    return taken


def _read_a_batch(reader: Reader, taken: dict[str, int]) -> bool:
    """Whether the reader took a turn and is still behind."""
    try:
        if queries.is_from_another_cluster():
            raise Restored(RESTORED)
        step = _take_turn(reader)
        taken[reader.name] += step or 0
        # Whoever has the turn looks again after it: what was written meanwhile is not left lying.
        return step is not None and _is_behind(reader.name)
    except Exception as failure:
        log.exception("The reader %s failed", reader.name)
        _note(reader.name, failure)
        return False


def _take_turn(reader: Reader) -> int | None:
    """Read one batch; how many entries it had. None when another process reads for this reader just now."""
    if not getattr(reader, "elsewhere", False):
        _prepare(reader)
        return _read_here(reader)
    with alone(reader.name) as mine:
        if not mine:
            return None
        _prepare(reader)
        return _read_elsewhere(reader)


def _prepare(reader: Reader) -> None:
    prepare = getattr(reader, "prepare", None)
    if prepare is not None:
        with reading_only():
            prepare()
            db.session.rollback()


def _is_behind(name: str) -> bool:
    with reading_only():
        behind = queries.is_behind(name)
        db.session.rollback()
    return behind


def _read_here(reader: Reader) -> int | None:
    """One batch and the position in one transaction."""
    if not _is_behind(reader.name):
        return 0
    _make_position(reader.name)
    position = db.session.scalar(_LOCKED, {"of": reader.name})
    if position is None:
        return None
    entries = queries.unread(position.xid, position.entry_id, BATCH)
    if entries:
        last = (entries[-1].xid, entries[-1].id)
        reader.read(entries)
        _move(reader.name, *last)
    db.session.commit()
    return len(entries)


def _read_elsewhere(reader: Reader) -> int:
    """One batch without a write lock on the database, then the position in a transaction of its own."""
    with reading_only():
        entries = queries.unread(*queries.position(reader.name), BATCH)
        if entries:
            last = (entries[-1].xid, entries[-1].id)
            reader.read(entries)
        db.session.rollback()
    if entries:
        _make_position(reader.name)
        _move(reader.name, *last)
        db.session.commit()
    return len(entries)


def _make_position(name: str) -> None:
    db.session.execute(_MADE, {"reader": name, "xid": queries.START})


def _move(name: str, xid: int, entry_id: int) -> None:
    new = {"xid": xid, "entry_id": entry_id, "moved_at": clock.now(), "failure": None, "failed_at": None}
    db.session.execute(_MOVED, {"of": name, **new})


def _note(name: str, failure: Exception) -> None:
    """Leave the failure where the health page shows it; the database itself may be what failed."""
    text = in_words(failure)[:LONGEST_FAILURE]
    try:
        db.session.rollback()
        _make_position(name)
        noted = {"failure": text, "failed_at": clock.now()}
        db.session.execute(sa.update(ReaderPosition).where(ReaderPosition.reader == name).values(noted))
        db.session.commit()
    except sa.exc.SQLAlchemyError:
        log.exception("The failure of the reader %s could not be written down", name)
        db.session.rollback()
