"""Dynamics 365 behind the gateway."""

from collections.abc import Mapping, Sequence

from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.dataverse.asking import TOGETHER, Asker
from portal.crm_bridge.dataverse.declaration import DECLARATION
from portal.crm_bridge.dataverse.erasing import Eraser
from portal.crm_bridge.dataverse.finding import Finder
from portal.crm_bridge.dataverse.pulling import Chosen, Puller
from portal.crm_bridge.dataverse.records import Names
from portal.crm_bridge.dataverse.schema import Schema
from portal.crm_bridge.dataverse.writing import Writer
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
)

DEFAULTS = {each.name: each.default for each in DECLARATION.settings if each.default is not None}


class Dataverse:
    """What the settings mean stands in `declaration.py`."""

    def __init__(self, settings: Mapping[str, str], wire: Wire | None = None) -> None:
        given = DEFAULTS | dict(settings)
        names = Names(given["prefix"])
        self.org = Asker(given, wire or Wire())
        self.schema = Schema(self.org, names)
        self.puller = Puller(self.org, names)
        self.finder = Finder(self.org, self.schema, names)
        self.writer = Writer(self.finder)
        self.eraser = Eraser(self.finder)

    def describe(self) -> Description:
        return Description(title=DECLARATION.title, batch=TOGETHER)

    def introduce(self) -> Identity:
        user_id = self.org.call("GET", "WhoAmI").data["UserId"]
        [user] = self.org.rows(
            "systemusers", {"$select": "fullname", "$filter": f"systemuserid eq {user_id}"}
        )
        return Identity(str(user["fullname"]), self.org.address)

    def missing_schema(self, kinds: Sequence[Kind]) -> list[str]:
        return self.schema.missing(kinds)

    def ensure_schema(self, kinds: Sequence[Kind]) -> list[str]:
        return self.schema.ensure(kinds)

    def plan_keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        return self.finder.keys(kind, keys)

    def upsert_many(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        return self.writer.upsert(kind, rows)

    def add_activity(self, activities: Sequence[Activity]) -> list[Outcome]:
        return self.writer.add(activities)

    def fetch_changed(self, kind: str, cursor: str, limit: int) -> Changed:
        return self.finder.changed(kind, cursor, limit)

    def read_many(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        return self.finder.read(kind, refs)

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        return self.eraser.erase(kind, refs)

    def pull(self, kind: str, names: Chosen, cursor: str, limit: int) -> Changed:
        return self.puller.pull(kind, names, cursor, limit)

    def look(self, kind: str, names: Chosen, ids: Sequence[str]) -> list[Held | None]:
        return self.puller.look(kind, names, ids)

    def close(self) -> None:
        self.org.close()
