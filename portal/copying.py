"""Working on a copy of the database: what lasts long and is put back at its end keeps nobody waiting."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.database import db


@contextmanager
def on_a_copy(path: Path) -> Iterator[None]:
    """What the session does in this block it does to a copy of the database, which is gone afterwards.

    On SQLite the copy is a file at `path`: one transaction writes at a time there, and nobody waits for this one. On
    PostgreSQL it is temporary tables of a connection of its own: every table of the portal under its own name, found
    before the real one. Whatever is changed or locked there is nobody else's.
    """
    db.session.rollback()
    with _on_file(path) if db.engine.dialect.name == "sqlite" else _on_temporary_tables() as copy:
        usual, apart = db.session(), db.session.session_factory()
        apart.get_bind = lambda *_of, **_more: copy  # type: ignore[method-assign]
        db.session.registry.set(apart)
        try:
            yield
        finally:
            db.session.registry.set(usual)
            apart.close()


@contextmanager
def _on_file(path: Path) -> Iterator[Any]:
    _remove(path)
    with (
        closing(sqlite3.connect(str(db.engine.url.database))) as there,
        closing(sqlite3.connect(path)) as here,
    ):
        there.backup(here)
    copy = sa.create_engine(f"sqlite:///{path}", hide_parameters=True)
    try:
        yield copy
    finally:
        copy.dispose()
        _remove(path)


def _remove(path: Path) -> None:
    for tail in ("", "-wal", "-shm"):
        Path(f"{path}{tail}").unlink(missing_ok=True)


@contextmanager
def _on_temporary_tables() -> Iterator[Any]:
    # Closed for good at the end, whatever happened: the tables go with the connection.
    engine = sa.create_engine(db.engine.url, poolclass=sa.pool.NullPool, hide_parameters=True)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        # All at once: sent one by one, some hundred statements took five times as long.
        connection.exec_driver_sql(_copying(db.engine.dialect), execution_options={"no_parameters": True})
        # Only now: a copy that is made in the transaction that works on it would hold its tables against migrations.
        connection.commit()
        connection.execution_options(isolation_level="READ COMMITTED")
        yield connection


@cache
def _copying(dialect: sa.Dialect) -> str:
    """The statements that make temporary tables with the indexes, rows and references of the real ones."""
    tables, quoted = db.metadata.sorted_tables, dialect.identifier_preparer
    schema = quoted.quote(dialect.default_schema_name or "public")
    names = [(quoted.format_table(each), f"{schema}.{quoted.format_table(each)}") for each in tables]
    made = [f"CREATE TEMPORARY TABLE {name} (LIKE {real} INCLUDING ALL)" for name, real in names]
    filled = [_filling(quoted, table, *both) for table, both in zip(tables, names, strict=True)]
    pointing = [_pointing(quoted, table) for table in tables if table.foreign_key_constraints]
    block = "\n".join(["DO $$", "#variable_conflict use_column", "BEGIN", *filled, "END $$"])
    return ";\n".join([*made, block, *pointing])


def _filling(quoted: Any, table: sa.Table, name: str, real: str) -> str:
    """One table gets the rows, if there are any; what the database works out is worked out again."""
    columns = ", ".join(quoted.format_column(each) for each in table.columns if each.computed is None)
    copied = f"INSERT INTO pg_temp.{name} ({columns}) SELECT {columns} FROM {real}"  # noqa: S608
    return f"IF EXISTS (SELECT FROM {real}) THEN {copied}; ANALYZE pg_temp.{name}; END IF;"


def _pointing(quoted: Any, table: sa.Table) -> str:
    """What new rows of a table point to has to be there, as in the real one. Those that came along are not looked at."""
    points = []
    for key in table.foreign_key_constraints:
        here = ", ".join(quoted.format_column(each) for each in key.columns)
        there = ", ".join(quoted.format_column(each.column) for each in key.elements)
        target = quoted.format_table(key.referred_table)
        points.append(f"ADD FOREIGN KEY ({here}) REFERENCES {target} ({there}) NOT VALID")
    return f"ALTER TABLE {quoted.format_table(table)} {', '.join(points)}"
