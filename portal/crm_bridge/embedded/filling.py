"""Filling: what people who work in a CRM would enter there. The demo and tests enter it, since the store has no screens."""

from collections.abc import Mapping
from pathlib import Path

from portal.crm_bridge.embedded.store import Store, quoted
from portal.crm_bridge.gateway import Field, Fields, Kind


def fill(path: Path, kind: str, records: Mapping[str, Fields]) -> dict[str, str]:
    """Write these fields of records by the ids that they have for others; returns their ids in the store."""
    store = Store(path)
    try:
        return _fill(store, kind, records)
    finally:
        store.close()


def _fill(store: Store, kind: str, records: Mapping[str, Fields]) -> dict[str, str]:
    store.make_places()
    types = {
        name: "number" if isinstance(value, int) else "text"
        for each in records.values()
        for name, value in each.items()
    }
    store.add_kinds([Kind(kind, tuple(Field(name, type_) for name, type_ in types.items()))])
    ids = {}
    with store.writing() as connection:
        [version] = connection.execute(
            "UPDATE counter SET version = version + 1 RETURNING version"
        ).fetchone()
        for external_id, fields in records.items():
            names = ["external_id", "seq", "version", "changed_at", *fields]
            values = [external_id, 0, version, "", *fields.values()]
            kept = [f"{quoted(each)} = excluded.{quoted(each)}" for each in ("version", *fields)]
            insert = (
                f"INSERT INTO {quoted(kind)} ({', '.join(map(quoted, names))}) "  # noqa: S608
                f"VALUES ({', '.join('?' for _ in names)}) ON CONFLICT (external_id) DO UPDATE "
                f"SET {', '.join(kept)} RETURNING id"
            )
            ids[external_id] = str(connection.execute(insert, values).fetchone()[0])
    return ids


def take_out(path: Path, kind: str, external_id: str) -> None:
    """Delete a record, as somebody there may do."""
    store = Store(path)
    try:
        with store.writing() as connection:
            connection.execute(f"DELETE FROM {quoted(kind)} WHERE external_id = ?", (external_id,))  # noqa: S608
    finally:
        store.close()
