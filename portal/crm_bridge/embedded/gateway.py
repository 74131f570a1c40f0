"""The embedded store behind the gateway."""

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from portal.crm_bridge.embedded import pulling
from portal.crm_bridge.embedded.declaration import DECLARATION
from portal.crm_bridge.embedded.store import Store, quoted
from portal.crm_bridge.gateway import (
    Activity,
    Changed,
    Description,
    Held,
    Identity,
    Key,
    Kind,
    Names,
    Outcome,
    Ref,
    Row,
    Status,
    Value,
)

OWN = ("id", "external_id", "parent_id", "seq", "version", "changed_at")
PARENTS = {"vote": "contact"}
TOLD = {"INTEGER": int, "TEXT": str}
Rows = Mapping[str, sqlite3.Row]
NOW = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"


class Embedded:
    """`path` in the settings names the SQLite file, `batch` how many rows a call carries."""

    def __init__(self, settings: Mapping[str, str], _: object = None) -> None:
        self.store = Store(Path(settings["path"]))
        self.batch = int(settings.get("batch", 100))

    def describe(self) -> Description:
        return Description(title=DECLARATION.title, batch=self.batch)

    def introduce(self) -> Identity:
        path = self.store.path
        there = next(each for each in (path, *path.absolute().parents) if each.exists())
        return Identity("a file of the portal", str(path), writes=os.access(there, os.W_OK))

    def missing_schema(self, kinds: Sequence[Kind]) -> list[str]:
        return [missing for kind in kinds for missing in self.store.missing(kind)]

    def ensure_schema(self, kinds: Sequence[Kind]) -> list[str]:
        self.store.make_places()
        return self.store.add_kinds(kinds)

    def plan_keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        held = self._find(kind, [key.external_id for key in keys])
        return [str(held[key.external_id]["id"]) if key.external_id in held else None for key in keys]

    def upsert_many(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        columns = {name: type_ for name, type_ in self.store.columns(kind).items() if name not in OWN}
        with self.store.writing() as connection:
            version = _next_version(connection)
            held = self._find(kind, [row.ref.external_id for row in rows])
            parents = self._find(
                PARENTS.get(kind, ""), [row.parent.external_id for row in rows if row.parent]
            )
            outcomes = []
            for row in rows:
                refusal = _refusal(kind, columns, row, held, parents)
                outcomes.append(refusal or _write(connection, kind, row, held, parents, version))
            return outcomes

    def add_activity(self, activities: Sequence[Activity]) -> list[Outcome]:
        insert = "INSERT INTO activity VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (ref) DO NOTHING"
        outcomes = []
        with self.store.writing() as connection:
            for each in activities:
                values = (each.ref, each.contact.external_id, each.kind, each.subject, each.body)
                details = json.dumps(dict(each.details), sort_keys=True)
                added = connection.execute(insert, (*values, each.occurred_at, details)).rowcount
                outcomes.append(Outcome(Status.CREATED if added else Status.UPDATED, remote_id=each.ref))
        return outcomes

    def fetch_changed(self, kind: str, cursor: str, limit: int) -> Changed:
        # A call gives all its rows one version: go on by (version, id), or rows of a large call were lost.
        version, _, last = (cursor or "0.0").partition(".")
        select = f"SELECT * FROM {quoted(kind)} WHERE (version, id) > (?, ?) ORDER BY version, id LIMIT ?"  # noqa: S608
        rows = self.store.read(select, (int(version), int(last), limit)) if self.store.columns(kind) else []
        end = f"{rows[-1]['version']}.{rows[-1]['id']}" if rows else cursor
        return Changed(records=[_held(row) for row in rows], cursor=end)

    def read_many(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        held = self._find(kind, [ref.external_id for ref in refs])
        return [_held(held[ref.external_id]) if ref.external_id in held else None for ref in refs]

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        if not self.store.exists():
            return [Outcome(Status.ERASED) for _ in refs]
        children = [
            child for child, parent in PARENTS.items() if parent == kind and self.store.columns(child)
        ]
        ids = [ref.external_id for ref in refs]
        with self.store.writing() as connection:
            for row in self._find(kind, ids).values():
                for child in children:
                    connection.execute(f"DELETE FROM {quoted(child)} WHERE parent_id = ?", (row["id"],))  # noqa: S608
                connection.execute(f"DELETE FROM {quoted(kind)} WHERE id = ?", (row["id"],))  # noqa: S608
            connection.executemany("DELETE FROM activity WHERE contact = ?", [(each,) for each in ids])
        return [Outcome(Status.ERASED, remote_id=ref.remote_id) for ref in refs]

    def pull(self, kind: str, names: Names, cursor: str, limit: int) -> Changed:
        return pulling.pull(self.store, kind, names, cursor, limit)

    def look(self, kind: str, names: Names, ids: Sequence[str]) -> list[Held | None]:
        return pulling.look(self.store, kind, names, ids)

    def close(self) -> None:
        self.store.close()

    def _find(self, kind: str, ids: Sequence[str]) -> Rows:
        """The rows of a kind by our ids, as far as they are there."""
        if not ids or not self.store.columns(kind):
            return {}
        marks = ", ".join("?" for _ in ids)
        rows = self.store.read(f"SELECT * FROM {quoted(kind)} WHERE external_id IN ({marks})", ids)  # noqa: S608
        return {row["external_id"]: row for row in rows}


def _refusal(kind: str, columns: dict[str, str], row: Row, held: Rows, parents: Rows) -> Outcome | None:
    """Why the row cannot be kept, if so."""
    for name, value in row.fields.items():
        if name not in columns:
            return Outcome(Status.FAILED, message=f"No field {name}", field=name, permanent=True)
        if value is not None and type(value) is not TOLD[columns[name]]:
            message = f"{name} takes {columns[name].lower()}, not {type(value).__name__}"
            return Outcome(Status.FAILED, message=message, field=name, permanent=True)
    known = held.get(row.ref.external_id)
    if known is None and row.ref.remote_id:
        return Outcome(Status.GONE, message=f"No {kind} {row.ref.remote_id}")
    if known is not None and known["seq"] > row.seq:
        return Outcome(Status.FAILED, message=f"Came late: {known['seq']} is already here")
    if row.parent and row.parent.external_id not in parents:
        return Outcome(Status.FAILED, message=f"No {PARENTS[kind]} {row.parent.external_id}")
    return None


def _write(
    connection: sqlite3.Connection, kind: str, row: Row, held: Rows, parents: Rows, version: int
) -> Outcome:
    values: dict[str, Value] = {**row.fields, "seq": row.seq, "version": version}
    if row.parent:
        values["parent_id"] = parents[row.parent.external_id]["id"]
    known = held.get(row.ref.external_id)
    if known is not None:
        _update(connection, kind, known["id"], values)
        return Outcome(Status.UPDATED, remote_id=str(known["id"]), version=str(version))
    made = _insert(connection, kind, {"external_id": row.ref.external_id, **values})
    return Outcome(Status.CREATED, remote_id=str(made), version=str(version))


def _next_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("UPDATE counter SET version = version + 1 RETURNING version").fetchone()[0])


def _update(connection: sqlite3.Connection, kind: str, row_id: int, values: Mapping[str, Value]) -> None:
    changes = ", ".join(f"{quoted(name)} = ?" for name in values)
    statement = f"UPDATE {quoted(kind)} SET {changes}, changed_at = {NOW} WHERE id = ?"  # noqa: S608
    connection.execute(statement, (*values.values(), row_id))


def _insert(connection: sqlite3.Connection, kind: str, values: Mapping[str, Value]) -> int:
    names = ", ".join(map(quoted, values))
    marks = ", ".join("?" for _ in values)
    statement = f"INSERT INTO {quoted(kind)} ({names}, changed_at) VALUES ({marks}, {NOW}) RETURNING id"  # noqa: S608
    return int(connection.execute(statement, tuple(values.values())).fetchone()[0])


def _held(row: sqlite3.Row) -> Held:
    fields: dict[str, Any] = {name: row[name] for name in row.keys() if name not in OWN}  # noqa: SIM118
    ref = Ref(row["external_id"], str(row["id"]))
    return Held(ref=ref, fields=fields, version=str(row["version"]))
