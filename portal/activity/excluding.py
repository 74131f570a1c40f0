"""One process at a time follows the journal for a reader whose work lies outside the database."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from portal.database import db


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Whether this process has the turn of the reader `name`; it does not wait, and a killed process loses it.

    On PostgreSQL an advisory lock of a connection of its own, which holds no transaction open; on SQLite,
    where all processes are on one machine, a lock on a file beside the database.
    """
    if db.engine.dialect.name == "postgresql":
        with _advisory(name) as mine:
            yield mine
    else:
        with _file(name) as mine:
            yield mine


@contextmanager
def _advisory(name: str) -> Iterator[bool]:
    key = sa.func.hashtext(f"reader {name}")
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))))
        try:
            yield mine
        finally:
            if mine:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))


@contextmanager
def _file(name: str) -> Iterator[bool]:
    path = Path(f"{db.engine.url.database}-{name}.lock")
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
