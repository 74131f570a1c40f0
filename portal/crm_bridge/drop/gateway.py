"""Files behind the gateway: each line is a whole record as it is now, or says that one was erased.

A line is `{"op": "upsert", "kind", "id", "parent", "seq", "fields", "records"}` or `{"op": "erase", "kind", "id"}`;
things in the history of a contact have the kind `activity`. The newest line of an id counts. Who is erased is taken
out of all files that are still there.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.drop.declaration import DECLARATION
from portal.crm_bridge.drop.folder import Folder, Line, name_of, replace_whole, telling
from portal.crm_bridge.drop.index import Index
from portal.crm_bridge.gateway import (
    Activity,
    Changed,
    Description,
    Held,
    Identity,
    Key,
    Kind,
    Outcome,
    Ref,
    Row,
    Status,
)

SCHEMA = "schema.json"


class Drop:
    """`folder` in the settings is where the files go."""

    def __init__(self, settings: Mapping[str, str], wire: Wire | None = None) -> None:
        now = (wire or Wire()).now
        self.folder = Folder(Path(settings["folder"]), settings.get("format") == "csv", now)
        self.index = Index(self.folder)
        self.batch = int(settings.get("batch") or 200)

    def describe(self) -> Description:
        return Description(title=DECLARATION.title, batch=self.batch)

    def introduce(self) -> Identity:
        path = self.folder.path
        there = next(each for each in (path, *path.absolute().parents) if each.exists())
        return Identity("a folder of the portal", str(path), writes=os.access(there, os.W_OK))

    def missing_schema(self, kinds: Sequence[Kind]) -> list[str]:
        with telling():
            path = self.folder.path / SCHEMA
            known = json.loads(path.read_text()) if path.exists() else {}
        return [
            f"{kind.name}.{each.name}"
            for kind in kinds
            for each in kind.fields
            if known.get(kind.name, {}).get(each.name) != each.type
        ]

    def ensure_schema(self, kinds: Sequence[Kind]) -> list[str]:
        missing = self.missing_schema(kinds)
        if missing:
            types = {kind.name: {each.name: each.type for each in kind.fields} for kind in kinds}
            with telling():
                self.folder.path.mkdir(parents=True, exist_ok=True, mode=0o700)
                replace_whole(self.folder.path / SCHEMA, json.dumps(types, indent=2).encode())
        return missing

    def plan_keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        with telling():
            found = self.index.find(kind, [each.external_id for each in keys])
        return [each.external_id if each.external_id in found else None for each in keys]

    def upsert_many(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        with telling():
            held = self.index.find(kind, [row.ref.external_id for row in rows])
            outcomes = [_outcome(kind, row, held.get(row.ref.external_id)) for row in rows]
            good = [
                (row, each)
                for row, each in zip(rows, outcomes, strict=True)
                if each.status is not Status.GONE
            ]
            self.folder.append([_line(kind, row, held.get(row.ref.external_id)) for row, _ in good])
        return outcomes

    def add_activity(self, activities: Sequence[Activity]) -> list[Outcome]:
        with telling():
            held = self.index.find("activity", [each.ref for each in activities])
            new = [each for each in activities if each.ref not in held]
            self.folder.append([_activity(each) for each in new])
        return [
            Outcome(Status.UPDATED if each.ref in held else Status.CREATED, remote_id=each.ref)
            for each in activities
        ]

    def fetch_changed(self, kind: str, cursor: str, limit: int) -> Changed:
        with telling():
            found = self.index.after(kind, int(cursor or 0), limit)
        return Changed([_held(line) for _, line in found], str(found[-1][0]) if found else cursor)

    def read_many(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        with telling():
            found = self.index.find(kind, [each.external_id for each in refs])
        return [_held(found[each.external_id]) if each.external_id in found else None for each in refs]

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        ids = {each.external_id for each in refs}
        with telling():
            if self.folder.part is None:
                # What a push that was killed left behind may speak of them.
                self.folder.finish()
            there = self.index.find(kind, sorted(ids))
            gone = [(kind, each) for each in there]
            gone += [child for each in there for child in self.index.children(each)]
            # Whoever takes files is told first; a kill before the next line leaves nobody untold.
            self.folder.append([{"op": "erase", "kind": kind, "id": each} for kind, each in gone])
            self._take_out(kind, ids)
        return [Outcome(Status.ERASED, remote_id=ref.remote_id) for ref in refs]

    def close(self) -> None:
        with telling():
            if self.folder.part is not None:
                self.folder.finish()
            self.index.close()

    def _take_out(self, kind: str, ids: set[str]) -> None:
        """Write every file that speaks of these, or of what hangs under them, anew without them. What the index knows no
        more may still stand in a file: the one who told of it last may have been killed."""

        def goes(line: Line) -> bool:
            theirs = (line["kind"] == kind and line["id"] in ids) or line.get("parent") in ids
            return theirs and line["op"] != "erase"

        for path in self.folder.files():
            if self.folder.take_out(path, goes):
                self.index.forget(name_of(path))


def _outcome(kind: str, row: Row, held: Line | None) -> Outcome:
    name = row.ref.external_id
    if row.ref.remote_id is not None and held is None:
        return Outcome(Status.GONE, message=f"No {kind} {row.ref.remote_id}")
    return Outcome(Status.UPDATED if held else Status.CREATED, remote_id=name, version=str(row.seq))


def _line(kind: str, row: Row, held: Line | None) -> Line:
    parent = row.parent.external_id if row.parent else (held or {}).get("parent")
    return {
        "op": "upsert",
        "kind": kind,
        "id": row.ref.external_id,
        "parent": parent,
        "seq": row.seq,
        "fields": {**(held["fields"] if held else {}), **row.fields},
        "records": [{**each, "seq": row.seq} for each in row.records],
    }


def _activity(activity: Activity) -> Line:
    fields = {
        "kind": activity.kind,
        "subject": activity.subject,
        "body": activity.body,
        "occurred_at": activity.occurred_at,
    }
    head = {"op": "upsert", "kind": "activity", "id": activity.ref, "parent": activity.contact.external_id}
    return {**head, "seq": None, "fields": fields, "records": [dict(activity.details)]}


def _held(line: Line) -> Held:
    return Held(Ref(line["id"], line["id"]), dict(line["fields"]), str(line["seq"]))
