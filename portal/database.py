"""The session, the declarative base, the naming of constraints, and what each database is told on connecting."""

import math
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import psycopg
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.query import Query
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, registry

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware UTC datetime in Python; timestamptz on PostgreSQL, text without zone on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone reached the database.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        """As `process_result_value`, in one step where there is nothing to read: most times of most rows are None."""
        read: Any = super().result_processor(dialect, coltype)
        return lambda value: None if value is None else read(value)


class Base(DeclarativeBase):
    """Tables are named by hand in the singular; ids are 64 bit; times are aware."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UtcDateTime(), dict[str, Any]: sa.JSON()},
    )


db = SQLAlchemy(model_class=Base, session_options={"query_cls": Query})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def insert_missing(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert those of these rows that break no unique constraint; returns how many. All name the same columns."""
    if not rows:
        return 0
    insert = _inserting(model, db.session.get_bind().dialect.name)
    return len(db.session.execute(insert, rows[0] if len(rows) == 1 else list(rows)).all())


@cache
def _inserting(model: type[Base], dialect: str) -> Any:
    insert = _INSERTS[dialect](model.__table__).on_conflict_do_nothing()
    return insert.returning(sa.inspect(model).primary_key[0])


_reads_only: ContextVar[bool] = ContextVar("reads_only", default=False)


@contextmanager
def reading_only() -> Iterator[None]:
    """Transactions begun in this block take no write lock on SQLite (requests with a safe method)."""
    token = _reads_only.set(True)
    try:
        yield
    finally:
        _reads_only.reset(token)


@contextmanager
def one_state() -> Iterator[None]:
    """A transaction that only reads, sees one state of the database, and may take its time. It ends with the block."""
    db.session.rollback()
    with reading_only():
        # Under the usual isolation two statements could see two states and differ without a fault.
        if db.engine.dialect.name == "postgresql":
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            db.session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        try:
            yield
        finally:
            db.session.rollback()


def set_reads_only(value: bool) -> None:
    """Tell the transactions begun from here on whether they will only read."""
    _reads_only.set(value)


STATEMENTS = 1_500
"""So many kinds of statements stay compiled: the portal has more than the 500 that SQLAlchemy keeps by itself."""


def engine_options(url: str, seconds: int) -> dict[str, Any]:
    """Options of the engine for a database URL; `seconds` bounds statements and lock waits.

    What people wrote, and the hashes of their passwords, stay out of errors and so out of the log.
    """
    options: dict[str, Any] = {"hide_parameters": True, "query_cache_size": STATEMENTS}
    if url.startswith("sqlite"):
        return options | {"connect_args": {"timeout": seconds}}
    limits = f"-c statement_timeout={seconds * 1000} -c lock_timeout={seconds * 1000}"
    connecting = {"options": limits, "connect_timeout": 5}
    # The connection that was used last has the most prepared.
    return options | {"pool_pre_ping": True, "pool_use_lifo": True, "connect_args": connecting}


@event.listens_for(Engine, "connect")
def _on_connect(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        # The driver must not begin transactions by itself: _on_begin chooses the lock.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-4000"):
            connection.execute(f"PRAGMA {pragma}")
        # Not every SQLite was built with mathematics.
        connection.create_function("sqrt", 1, math.sqrt, deterministic=True)


@event.listens_for(Engine, "begin")
def _on_begin(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        # A write that first read would fail at once when another writer came between: take the lock first.
        connection.exec_driver_sql("BEGIN" if _reads_only.get() else "BEGIN IMMEDIATE")


class Link(psycopg.Connection[Any]):
    """A connection to PostgreSQL that knows its prepared statements after a rollback.

    Every request ends with one, and the driver forgets them there, because what made a table may have been undone: so
    none was ever used by the next request, and each statement was planned anew. The portal makes tables only in a copy
    (portal/copying.py), on a connection of its own, and commits them before it asks for a row of them.
    """

    def rollback(self) -> None:
        if self.info.transaction_status == TransactionStatus.IDLE:
            return
        with self.lock:
            result = self.pgconn.exec_(b"ROLLBACK")
        if result.status != ExecStatus.COMMAND_OK:
            raise psycopg.OperationalError(result.get_error_message())


@event.listens_for(Engine, "do_connect")
def _on_connecting(dialect: Any, _record: Any, arguments: Any, named: Any) -> Any:
    return Link.connect(*arguments, **named) if dialect.name == "postgresql" else None
