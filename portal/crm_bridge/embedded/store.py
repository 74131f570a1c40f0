"""The file of the embedded store: one table per kind, one column per field, a counter that every change moves."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.crm_bridge.gateway import CrmError, Kind

COLUMNS = "id INTEGER PRIMARY KEY AUTOINCREMENT, external_id TEXT NOT NULL UNIQUE, parent_id INTEGER, \
seq INTEGER NOT NULL, version INTEGER NOT NULL, changed_at TEXT NOT NULL"
TYPES = {"text": "TEXT", "number": "INTEGER", "date": "TEXT", "datetime": "TEXT"}
PLACES = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS counter (version INTEGER NOT NULL);
INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter);
CREATE TABLE IF NOT EXISTS activity (ref TEXT PRIMARY KEY, contact TEXT NOT NULL, kind TEXT NOT NULL,
  subject TEXT NOT NULL, body TEXT NOT NULL, occurred_at TEXT NOT NULL, details TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS activity_contact ON activity (contact);
COMMIT;
"""
THE_LAST = "SELECT 1 FROM sqlite_master WHERE name = 'activity_contact'"
"""Whether all the places are there."""

SECONDS_TO_WAIT = 15


def quoted(name: str) -> str:
    """A name of ours as SQL; ValueError for one that is not."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(name)
    return f'"{name}"'


class Store:
    """Opened on first use. Reading does not make the file: before the first write there is nothing to read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._has_places = False

    def exists(self) -> bool:
        return self.path.exists()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; it is on the disk when the block ends, or it never was. What is written first, be it the task
        of a rule, makes the tables."""
        if not self._has_places:
            self.make_places()
        with self._telling() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Rows of a query; none while there is no file."""
        if not self.exists():
            return []
        with self._telling() as connection:
            return connection.execute(statement, values).fetchall()

    def columns(self, kind: str) -> dict[str, str]:
        """The columns of a kind with their types; none if there is no such table."""
        rows = self.read("SELECT name, type FROM pragma_table_info(?)", (kind,))
        return {row["name"]: row["type"] for row in rows}

    def missing(self, kind: Kind) -> list[str]:
        """In words the table and the columns that `add_kinds` would make."""
        known = self.columns(kind.name)
        fields = [f"{kind.name}.{each.name}" for each in kind.fields if each.name not in known]
        return fields if known else [f"table {kind.name}", *fields]

    def add_kinds(self, kinds: Sequence[Kind]) -> list[str]:
        """Make the tables and the columns that are missing; returns their names in words."""
        # Most pushes find it all there: then nothing is written, and nobody waits for the disk.
        if not any(self.missing(kind) for kind in kinds):
            return []
        with self.writing() as connection:
            return [added for kind in kinds for added in self._add(connection, kind)]

    def _add(self, connection: sqlite3.Connection, kind: Kind) -> Iterator[str]:
        known, table = self.columns(kind.name), quoted(kind.name)
        if not known:
            connection.execute(f"CREATE TABLE {table} ({COLUMNS})")
            for name in ("parent", "version"):
                column = "parent_id" if name == "parent" else name
                connection.execute(f"CREATE INDEX {quoted(f'{kind.name}_{name}')} ON {table} ({column})")
            yield f"table {kind.name}"
        known = self.columns(kind.name)
        for each in kind.fields:
            if each.name not in known:
                column = f"{quoted(each.name)} {TYPES[each.type]}"
                connection.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
                yield f"{kind.name}.{each.name}"

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _telling(self) -> Iterator[sqlite3.Connection]:
        """The connection; what SQLite complains of is said as the CRM's own words."""
        try:
            yield self._connection or self._open()
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            raise CrmError(f"The store {self.path.name}: {error}", permanent=False) from error

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=SECONDS_TO_WAIT, isolation_level=None)
        connection.row_factory = sqlite3.Row
        # The ledger will say that it was written: then it must be on the disk. What is erased is not to stay there.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        self._connection = connection
        return connection

    def make_places(self) -> None:
        """The tables that are there whatever the kinds are."""
        with self._telling() as connection:
            if not connection.execute(THE_LAST).fetchone():
                connection.executescript(PLACES)
        self._has_places = True
