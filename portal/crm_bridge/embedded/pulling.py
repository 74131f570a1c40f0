"""Pulling from the embedded store, in the order of its counter, which each change moves in its own transaction."""

import sqlite3
from collections.abc import Sequence

from portal.crm_bridge.calling.digging import fields_of
from portal.crm_bridge.embedded.store import Store, quoted
from portal.crm_bridge.gateway import Changed, Held, Names, Ref


def pull(store: Store, kind: str, names: Names, cursor: str, limit: int) -> Changed:
    """Records that changed after the cursor, which is a version and an id."""
    version, _, last = (cursor or "0.0").partition(".")
    there = _there(store, kind, names)
    if not store.columns(kind):
        return Changed([], cursor)
    select = f"SELECT * FROM {quoted(kind)} WHERE (version, id) > (?, ?) ORDER BY version, id LIMIT ?"  # noqa: S608
    rows = store.read(select, (int(version), int(last), limit))
    end = f"{rows[-1]['version']}.{rows[-1]['id']}" if rows else cursor
    return Changed([_held(row, there) for row in rows], end, more=len(rows) == limit)


def look(store: Store, kind: str, names: Names, ids: Sequence[str]) -> list[Held | None]:
    """The records of these ids."""
    there = _there(store, kind, names)
    if not store.columns(kind):
        return [None for _ in ids]
    marks = ", ".join("?" for _ in ids)
    rows = store.read(f"SELECT * FROM {quoted(kind)} WHERE CAST(id AS TEXT) IN ({marks})", ids)  # noqa: S608
    found = {str(row["id"]): _held(row, there) for row in rows}
    return [found.get(each) for each in ids]


def _there(store: Store, kind: str, names: Names) -> Names:
    columns = store.columns(kind)
    return {ours: theirs for ours, theirs in names.items() if theirs in columns}


def _held(row: sqlite3.Row, names: Names) -> Held:
    return Held(Ref(row["external_id"], str(row["id"])), fields_of(dict(row), names), str(row["version"]))
