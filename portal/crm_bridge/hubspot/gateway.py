"""HubSpot behind the gateway."""

from collections.abc import Mapping, Sequence

from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.dividing import Divided
from portal.crm_bridge.gateway import (
    Changed,
    Description,
    Held,
    Identity,
    Key,
    Outcome,
    Ref,
    Row,
)
from portal.crm_bridge.hubspot.asking import TOGETHER, Asker
from portal.crm_bridge.hubspot.assigning import Tasks
from portal.crm_bridge.hubspot.declaration import DECLARATION
from portal.crm_bridge.hubspot.erasing import Eraser
from portal.crm_bridge.hubspot.finding import Finder
from portal.crm_bridge.hubspot.noting import Notes
from portal.crm_bridge.hubspot.pulling import Puller
from portal.crm_bridge.hubspot.schema import Schema
from portal.crm_bridge.hubspot.writing import Writer


class HubSpot(Divided):
    """What the settings mean stands in `declaration.py`. Votes that are notes are written and read as such."""

    schema: Schema

    def __init__(self, settings: Mapping[str, str], wire: Wire | None = None) -> None:
        self.org = Asker(DECLARATION.defaults | dict(settings), wire or Wire())
        self.schema = Schema(self.org)
        self.finder = Finder(self.org, self.schema)
        self.puller = Puller(self.org, self.finder)
        self.notes = Notes(self.org, self.finder)
        tasks = Tasks(self.org, self.finder)
        self.writer = Writer(self.finder, self.notes, tasks)
        self.eraser = Eraser(self.finder, self.notes, tasks)

    def describe(self) -> Description:
        return Description(title=DECLARATION.title, batch=TOGETHER)

    def introduce(self) -> Identity:
        told = self.org.call("GET", self.org.account()).data
        kind = str(told.get("accountType") or "").lower().replace("_", " ")
        place = str(told.get("uiDomain") or self.org.settings["url"])
        return Identity(f"account {told['portalId']}{f' ({kind})' if kind else ''}", place)

    def plan_keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        return self.notes.keys(keys) if self._is_note(kind) else self.finder.keys(kind, keys)

    def upsert_many(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        return self.notes.upsert(rows) if self._is_note(kind) else self.writer.upsert(kind, rows)

    def fetch_changed(self, kind: str, cursor: str, limit: int) -> Changed:
        if self._is_note(kind):
            return self.notes.changed(cursor, limit)
        return self.finder.changed(kind, cursor, limit)

    def read_many(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        return self.notes.read(refs) if self._is_note(kind) else self.finder.read(kind, refs)

    def close(self) -> None:
        self.org.caller.close()

    def _is_note(self, kind: str) -> bool:
        return kind == "vote" and self.schema.votes_are_notes
